// SPDX-License-Identifier: Apache-2.0
// Draws the times, nodes and numbers that a scenario leaves open.
#include "scenarios/run/derive_plan.h"

#include <algorithm>

#include "broker/base/assert.h"
#include "scenarios/run/budget.h"
#include "scenarios/run/knobs.h"

namespace faultline::scenarios {
namespace {

constexpr uint64_t kTimelineEntity = uint64_t{1} << 32;
// Ids of kind k: kBudgetIds * (k + 1) + number. Beyond those of a timeline without ids.
constexpr uint32_t kBudgetIds = 100'000;
constexpr Ratio kFaultFreeSeeds{1, 10};
constexpr Ratio kSwarmOff{1, 2};

using Nodes = std::map<std::string, NodeId>;

NodeId node_of(const Nodes& nodes, const std::string& name) {
  const auto found = nodes.find(name);
  ASSERT(found != nodes.end());  // the validator has checked all references
  return found->second;
}

Duration between(Draws& draws, Duration low, Duration high) {
  return Duration{draws.between(low.ns, std::max(low.ns, high.ns))};
}

sim::PlannedFault concrete(const Fault& fault, const Nodes& nodes, uint32_t id, NodeId node,
                           Instant at) {
  sim::PlannedFault planned;
  planned.id = id;
  planned.kind = static_cast<sim::FaultKind>(fault.kind);
  planned.node = node;
  planned.peer = fault.peer.empty() ? NodeId{} : node_of(nodes, fault.peer);
  planned.at = at;
  planned.duration = fault.duration;
  planned.restart_after = fault.restart_after;
  planned.keep = fault.keep;
  planned.reorder = fault.reorder;
  planned.torn = fault.torn;
  planned.times = fault.times;
  planned.files = fault.files;
  planned.after_bytes = fault.after_bytes;
  planned.by = fault.by;
  planned.ppm = fault.ppm;
  planned.latency_p50 = fault.latency.p50;
  planned.latency_p99 = fault.latency.p99;
  planned.direction = static_cast<sim::LinkDirection>(fault.direction);
  planned.hang = fault.hang;
  return planned;
}

// The inverse of concrete().
Fault described(const sim::PlannedFault& planned, const std::map<NodeId, std::string>& names) {
  Fault fault;
  fault.id = planned.id;
  fault.kind = static_cast<FaultKind>(planned.kind);
  fault.node = names.at(planned.node);
  if (planned.peer.value >= 0) fault.peer = names.at(planned.peer);
  fault.at = fault.at_latest = planned.at - Instant{};
  fault.duration = planned.duration;
  fault.restart_after = planned.restart_after;
  fault.keep = planned.keep;
  fault.reorder = planned.reorder;
  fault.torn = planned.torn;
  fault.times = planned.times;
  fault.files = planned.files;
  fault.after_bytes = planned.after_bytes;
  fault.by = planned.by;
  fault.ppm = planned.ppm;
  fault.latency = {planned.latency_p50, planned.latency_p99};
  fault.direction = static_cast<Direction>(planned.direction);
  fault.hang = planned.hang;
  return fault;
}

void add_timeline(const Scenario& scenario, uint64_t seed, const Nodes& nodes,
                  sim::FaultPlan& plan) {
  uint32_t place = 0;
  for (const Fault& fault : scenario.faults.timeline) {
    ++place;
    const uint32_t id = fault.id != 0 ? static_cast<uint32_t>(fault.id) : place;
    Draws draws(seed, stream_id("fault.timeline"), kTimelineEntity + id - 1);
    const Duration at = between(draws, fault.at, fault.at_latest);
    plan.faults.push_back(concrete(fault, nodes, id, node_of(nodes, fault.node), Instant{} + at));
  }
}

void add_random(const Scenario& scenario, uint64_t seed, const Nodes& nodes, sim::FaultPlan& plan) {
  const RandomFaults& random = scenario.faults.random;
  Draws swarm(seed, stream_id("fault.swarm"), 0);
  const bool is_swarm = random.profile == FaultProfile::kSwarm;
  if (is_swarm && swarm.chance(kFaultFreeSeeds)) return;
  const bool in_budget = random.limit == FaultLimit::kInBudget;
  const std::set<NodeId> expendable =
      in_budget ? expendable_brokers(scenario, seed) : std::set<NodeId>{};
  for (const FaultBudget& budget : random.budget) {
    const auto kind = static_cast<uint32_t>(budget.fault.kind);
    Draws kind_draws(seed, stream_id("fault.kind"), kind);
    const bool is_off = kind_draws.chance(kSwarmOff);
    const int64_t swarm_count = kind_draws.between(1, std::max<int64_t>(1, budget.count));
    if (is_swarm && is_off) continue;
    const int64_t count = is_swarm ? std::min(swarm_count, budget.count) : budget.count;
    const bool keeps_copies = in_budget && is_destructive(scenario, budget.fault.kind);
    const Fault fault = is_swarm && random.knobs ? draw_numbers(budget.fault, seed) : budget.fault;
    for (int64_t number = 0; number < count; ++number) {
      const uint32_t id = kBudgetIds * (kind + 1) + static_cast<uint32_t>(number);
      Draws draws(seed, stream_id("fault.random"), id);
      const Duration drawn = between(draws, random.from, random.quiet_after);
      const Duration at = std::min(drawn, scenario.time - nanoseconds(1));  // before the heal
      const uint64_t broker = draws.below(scenario.cluster.brokers.size());
      const NodeId node = fault.node.empty() ? NodeId{static_cast<int32_t>(broker) + 1}
                                             : node_of(nodes, fault.node);
      if (keeps_copies && !expendable.contains(node)) continue;
      plan.faults.push_back(concrete(fault, nodes, id, node, Instant{} + at));
    }
  }
}

}  // namespace

Nodes number_nodes(const Scenario& scenario) {
  Nodes nodes;
  int32_t number = 0;
  for (const Broker& broker : scenario.cluster.brokers) nodes[broker.id] = NodeId{++number};
  for (const Client& client : scenario.clients) nodes[client.id] = NodeId{++number};
  return nodes;
}

std::string plan_file(const Scenario& scenario, uint64_t seed) {
  return to_plan_json(make_concrete(scenario, seed), seed, draw_settings(scenario, seed));
}

sim::FaultPlan derive_plan(const Scenario& scenario, uint64_t seed) {
  static_assert(kFaultKinds == sim::kFaultKinds);
  const Nodes nodes = number_nodes(scenario);
  sim::FaultPlan plan;
  add_timeline(scenario, seed, nodes, plan);
  add_random(scenario, seed, nodes, plan);
  std::sort(plan.faults.begin(), plan.faults.end(), [](const auto& a, const auto& b) {
    return std::pair(a.at, a.id) < std::pair(b.at, b.id);
  });
  return plan;
}

Scenario make_concrete(const Scenario& scenario, uint64_t seed) {
  std::map<NodeId, std::string> names;
  for (const auto& [name, node] : number_nodes(scenario)) names[node] = name;
  Scenario made = with_settings(scenario, draw_settings(scenario, seed));
  made.seed = seed;
  const sim::FaultPlan plan = derive_plan(made, seed);
  made.faults = {};
  made.faults.random.quiet_after = made.time;
  for (const sim::PlannedFault& planned : plan.faults)
    made.faults.timeline.push_back(described(planned, names));
  return made;
}

}  // namespace faultline::scenarios
