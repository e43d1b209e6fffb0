// SPDX-License-Identifier: Apache-2.0
#include "scenarios/run/budget.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "scenarios/schema/config.h"

namespace faultline::scenarios {
namespace {

bool every_ack_means_fsync(const Scenario& scenario) {
  return std::ranges::all_of(scenario.topics, [&](const Topic& topic) {
    return topic_integer(scenario, topic, "flush.messages") == 1;
  });
}

bool writes_to(const Client& client, const Topic& topic) {
  return client.type == ClientType::kProducer &&
         std::ranges::find(client.topics, topic.name) != client.topics.end();
}

}  // namespace

std::string_view to_string(PlanClass value) {
  switch (value) {
    case PlanClass::kFaultFree: return "fault-free";
    case PlanClass::kInBudget: return "in budget";
    case PlanClass::kOverBudget: return "over budget";
  }
  return "?";
}

bool is_destructive(const Scenario& scenario, FaultKind kind) {
  switch (kind) {
    case FaultKind::kPowerLoss:
    case FaultKind::kFsyncError: return !every_ack_means_fsync(scenario);
    case FaultKind::kLatentSectorError:
    case FaultKind::kBitRot:
    case FaultKind::kMisdirectedWrite: return true;
    default: return false;
  }
}

int64_t spare_copies(const Scenario& scenario) {
  int64_t least = std::numeric_limits<int64_t>::max();
  for (const Topic& topic : scenario.topics)
    for (const Client& client : scenario.clients) {
      if (!writes_to(client, topic)) continue;
      const std::string acks = client_text(client, "acks");
      const bool all = acks == "all" || acks == "-1";
      const int64_t copies = all ? topic_integer(scenario, topic, "min.insync.replicas") : 1;
      least = std::min(least, std::min(copies, topic.replication));
    }
  return least == std::numeric_limits<int64_t>::max() ? 0 : std::max<int64_t>(0, least - 1);
}

std::set<NodeId> expendable_brokers(const Scenario& scenario, uint64_t seed) {
  std::vector<std::pair<uint64_t, NodeId>> order;
  for (int32_t number = 1; number <= static_cast<int32_t>(scenario.cluster.brokers.size());
       ++number) {
    Draws draws(seed, stream_id("fault.expendable"), static_cast<uint64_t>(number));
    order.emplace_back(draws.next(), NodeId{number});
  }
  std::ranges::sort(order);
  std::set<NodeId> chosen;
  const auto count = static_cast<size_t>(spare_copies(scenario));
  for (const auto& [draw, node] : order) {
    if (chosen.size() < count) chosen.insert(node);
  }
  return chosen;
}

sim::PropertyResult judge_budget(PlanClass plan, const sim::LedgerReport& ledger) {
  sim::PropertyResult result;
  result.property = {"B1", "no loss in budget, none in silence",
                     "A plan that destroys fewer copies than the acks are worth loses nothing; one "
                     "that destroys more loses nothing that no fault had hit."};
  result.checks = ledger.acked;
  const bool is_over = plan == PlanClass::kOverBudget;
  result.violations = is_over ? ledger.lost_silent : ledger.lost;
  for (const sim::LedgerLoss& loss : ledger.losses) {
    if (is_over && !loss.is_silent) continue;
    result.findings.push_back(
        {.subject =
             fmt::format("{}-{}@{}..{}", loss.topic, loss.partition, loss.from, loss.end - 1),
         .since_ns = loss.lost_ns,
         .detected_ns = loss.lost_ns,
         .expected = fmt::format("a plan {} keeps what was acknowledged{}", to_string(plan),
                                 is_over ? " where no fault hit every copy" : ""),
         .observed = fmt::format("{} acknowledged records are on no node", loss.end - loss.from),
         .events = {loss.event}});
  }
  result.verdict = result.violations > 0 ? sim::Verdict::kViolated
                   : result.checks > 0   ? sim::Verdict::kHeld
                                         : sim::Verdict::kUnknown;
  return result;
}

PlanClass classify(const Scenario& scenario, const sim::FaultPlan& plan) {
  if (plan.faults.empty()) return PlanClass::kFaultFree;
  std::set<NodeId> destroyed;
  for (const sim::PlannedFault& fault : plan.faults) {
    if (is_destructive(scenario, static_cast<FaultKind>(fault.kind))) destroyed.insert(fault.node);
  }
  const auto spare = static_cast<size_t>(spare_copies(scenario));
  return destroyed.size() > spare ? PlanClass::kOverBudget : PlanClass::kInBudget;
}

}  // namespace faultline::scenarios
