// SPDX-License-Identifier: Apache-2.0
// Goal: a plan is a pure function of scenario and seed, and taking one fault out of a scenario or
// budget leaves every other fault of the plan exactly as it was (design decision D5). Method:
// examples, and the property over 1,000 random scenarios.
#include "scenarios/run/derive_plan.h"

#include <map>

#include <gtest/gtest.h>

#include "broker/base/prng.h"

namespace faultline::scenarios {
namespace {

Scenario with_brokers(int count) {
  Scenario scenario;
  for (int i = 1; i <= count; ++i)
    scenario.cluster.brokers.push_back({"b" + std::to_string(i), ""});
  scenario.clients.push_back({.id = "p1", .topics = {"t"}});
  scenario.faults.random.quiet_after = seconds(60);
  return scenario;
}

Scenario random_scenario(uint64_t seed) {
  Draws draws(seed, stream_id("test.scenario"), 0);
  Scenario scenario = with_brokers(static_cast<int>(draws.between(1, 5)));
  const int64_t entries = draws.between(0, 5);
  for (int64_t i = 0; i < entries; ++i) {
    Fault fault;
    fault.kind = static_cast<FaultKind>(draws.below(kFaultKinds));
    fault.node = "b1";
    fault.at = milliseconds(draws.between(0, 1000));
    fault.at_latest = fault.at + milliseconds(draws.between(0, 5000));
    scenario.faults.timeline.push_back(fault);
  }
  for (int kind = 0; kind < kFaultKinds; ++kind) {
    if (!draws.chance({1, 3})) continue;
    FaultBudget budget;
    budget.count = draws.between(1, 4);
    budget.fault.kind = static_cast<FaultKind>(kind);
    scenario.faults.random.budget.push_back(budget);
  }
  return scenario;
}

using ById = std::map<uint32_t, std::tuple<int, int32_t, int64_t>>;

ById by_id(const sim::FaultPlan& plan) {
  ById all;
  for (const sim::PlannedFault& fault : plan.faults)
    all[fault.id] = {static_cast<int>(fault.kind), fault.node.value, fault.at.ns};
  return all;
}

TEST(DerivePlan, numbers_brokers_from_one_and_then_clients) {
  const auto nodes = number_nodes(with_brokers(2));
  EXPECT_EQ(nodes.at("b1"), NodeId{1});
  EXPECT_EQ(nodes.at("b2"), NodeId{2});
  EXPECT_EQ(nodes.at("p1"), NodeId{3});
}

TEST(DerivePlan, the_same_seed_gives_the_same_plan_and_another_seed_another) {
  const Scenario scenario = random_scenario(3);
  EXPECT_EQ(by_id(derive_plan(scenario, 7)), by_id(derive_plan(scenario, 7)));
  Scenario busy = with_brokers(3);
  busy.faults.random.budget.push_back({.count = 4, .fault = {}});
  EXPECT_NE(by_id(derive_plan(busy, 7)), by_id(derive_plan(busy, 8)));
}

TEST(DerivePlan, is_ordered_by_time) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const sim::FaultPlan plan = derive_plan(random_scenario(seed), seed);
    for (size_t i = 1; i < plan.faults.size(); ++i)
      EXPECT_LE(plan.faults[i - 1].at, plan.faults[i].at);
  }
}

TEST(DerivePlan, a_fault_taken_out_leaves_all_others_as_they_were) {
  int removals = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    const Scenario scenario = random_scenario(seed);
    const ById whole = by_id(derive_plan(scenario, seed));
    Draws draws(seed, stream_id("test.removal"), 0);
    Scenario less = scenario;
    // A timeline entry without an id may only be taken off the end: its place is its identity. One
    // with an id, a kind of the budget, and the last fault of a kind can go from anywhere.
    auto& timeline = less.faults.timeline;
    if (!timeline.empty() && draws.chance({1, 2})) {
      for (size_t i = 0; i < timeline.size(); ++i) timeline[i].id = static_cast<int64_t>(i) + 1;
      timeline.erase(timeline.begin() + static_cast<std::ptrdiff_t>(draws.below(timeline.size())));
    } else if (!less.faults.random.budget.empty()) {
      const size_t index = draws.below(less.faults.random.budget.size());
      if (--less.faults.random.budget[index].count == 0)
        less.faults.random.budget.erase(less.faults.random.budget.begin() +
                                        static_cast<std::ptrdiff_t>(index));
    }
    const ById rest = by_id(derive_plan(less, seed));
    for (const auto& [id, fault] : rest) EXPECT_EQ(whole.at(id), fault) << "seed " << seed;
    if (rest.size() < whole.size()) ++removals;
  }
  EXPECT_GT(removals, 500) << "the property was hardly put to the test";
}

TEST(DerivePlan, swarm_switches_kinds_off_and_leaves_a_tenth_of_the_seeds_without_faults) {
  Scenario scenario = with_brokers(1);
  scenario.faults.random.profile = FaultProfile::kSwarm;
  for (int kind = 0; kind < kFaultKinds; ++kind)
    scenario.faults.random.budget.push_back(
        {.count = 3, .fault = {.kind = static_cast<FaultKind>(kind)}});
  int fault_free = 0;
  std::map<int, int> with_kind;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    const sim::FaultPlan plan = derive_plan(scenario, seed);
    fault_free += plan.faults.empty() ? 1 : 0;
    std::map<int, bool> kinds;
    for (const sim::PlannedFault& fault : plan.faults) kinds[static_cast<int>(fault.kind)] = true;
    for (const auto& [kind, present] : kinds) ++with_kind[kind];
  }
  EXPECT_NEAR(fault_free, 100, 40);
  for (const auto& [kind, count] : with_kind) EXPECT_NEAR(count, 450, 80) << kind;
}

}  // namespace
}  // namespace faultline::scenarios
