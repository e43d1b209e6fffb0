// SPDX-License-Identifier: Apache-2.0
// Goal: a swarm turns settings and numbers by their own names only, leaves alone what the scenario
// sets, and a plan that has to stay in budget destroys no last copy. Method: draws over many seeds,
// and runs.
#include <gtest/gtest.h>

#include "scenarios/run/derive_plan.h"
#include "scenarios/run/knobs.h"
#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"

namespace faultline::scenarios {
namespace {

Scenario parse(std::string_view text) {
  ParseOutcome outcome = parse_scenario(text, "test.json");
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  return std::move(outcome.scenario);
}

std::string swarm(std::string_view topics, std::string_view random) {
  return std::string(R"({ "name": "swarm", "cluster": { "brokers": ["b1"] }, "topics": )") +
         std::string(topics) + R"(,
  "clients": [ { "id": "p1", "type": "producer", "topics": ["orders"], "rate": "50/s",
                 "config": { "linger.ms": 7, "request.timeout.ms": 2000 } },
               { "id": "c1", "type": "consumer", "topics": ["orders"] } ],
  "faults": { "random": { "profile": "swarm", )" +
         std::string(random) + R"( } }, "until": { "time": "10s", "settle": "10s" } })";
}

constexpr std::string_view kBudget =
    R"("budget": { "kill": 2, "power_loss": 2, "fsync_error": 1, "bit_rot": 1, "disk_stall": 2 })";

TEST(Swarm, each_knob_is_tiny_for_a_quarter_of_the_seeds_and_huge_for_a_quarter) {
  const Scenario scenario = parse(swarm(R"({ "orders": {} })", kBudget));
  std::map<std::string, std::map<std::string, int>> seen;
  for (uint64_t seed = 1; seed <= 1000; ++seed)
    for (const Override& setting : draw_settings(scenario, seed))
      ++seen[setting.path][setting.value];
  EXPECT_GE(seen.size(), 14u);
  for (const auto& [path, values] : seen) {
    ASSERT_EQ(values.size(), 2u) << path;
    for (const auto& [value, count] : values) EXPECT_NEAR(count, 250, 60) << path << "=" << value;
  }
  EXPECT_FALSE(seen.contains("clients[id=p1].config.linger.ms")) << "the scenario sets it";
  EXPECT_TRUE(seen.contains("clients[id=p1].config.batch.size"));
}

TEST(Swarm, every_combination_of_settings_is_a_valid_scenario) {
  const Scenario scenario = parse(swarm(R"({ "orders": {} })", kBudget));
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const std::vector<Override> settings = draw_settings(scenario, seed);
    const ParseOutcome outcome = parse_scenario(to_json(scenario), "test.json", settings);
    ASSERT_TRUE(outcome.ok()) << outcome.to_string();
  }
}

TEST(Swarm, another_topic_or_fault_turns_no_other_knob) {
  const Scenario one = parse(swarm(R"({ "orders": {} })", kBudget));
  const Scenario two = parse(swarm(R"({ "a.b": {}, "orders": {} })", R"("budget": { "kill": 1 })"));
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    std::vector<Override> more = draw_settings(two, seed);
    std::erase_if(more, [](const Override& each) { return each.path.contains("a.b"); });
    const std::vector<Override> less = draw_settings(one, seed);
    ASSERT_EQ(less.size(), more.size());
    for (size_t i = 0; i < less.size(); ++i) {
      EXPECT_EQ(less[i].path, more[i].path);
      EXPECT_EQ(less[i].value, more[i].value);
    }
  }
}

TEST(Swarm, knobs_can_be_switched_off) {
  const std::string random = R"("knobs": false, )" + std::string(kBudget);
  const Scenario scenario = parse(swarm(R"({ "orders": {} })", random));
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    EXPECT_TRUE(draw_settings(scenario, seed).empty());
    for (const sim::PlannedFault& fault : derive_plan(scenario, seed).faults)
      EXPECT_EQ(fault.duration, seconds(1));
  }
}

TEST(Swarm, a_plan_in_budget_destroys_no_last_copy) {
  const std::string random = R"("limit": "in_budget", )" + std::string(kBudget);
  const Scenario cached = parse(swarm(R"({ "orders": {} })", random));
  const Scenario flushed =
      parse(swarm(R"({ "orders": { "config": { "flush.messages": 1 } } })", random));
  std::map<sim::FaultKind, int> of_cached, of_flushed;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const sim::FaultPlan plan = derive_plan(cached, seed);
    EXPECT_NE(classify(cached, plan), PlanClass::kOverBudget);
    for (const sim::PlannedFault& fault : plan.faults) ++of_cached[fault.kind];
    for (const sim::PlannedFault& fault : derive_plan(flushed, seed).faults)
      ++of_flushed[fault.kind];
  }
  EXPECT_EQ(of_cached[sim::FaultKind::kPowerLoss], 0) << "page cache only";
  EXPECT_GT(of_cached[sim::FaultKind::kKill], 50);
  EXPECT_GT(of_flushed[sim::FaultKind::kPowerLoss], 50) << "acks mean fsync";
  EXPECT_EQ(of_flushed[sim::FaultKind::kBitRot], 0) << "damage takes flushed records too";
}

TEST(Swarm, replicas_give_a_plan_something_to_spare_and_the_seed_says_which) {
  Scenario scenario;  // built by hand: a file may name one broker in this version
  for (const char* id : {"b1", "b2", "b3"}) scenario.cluster.brokers.push_back({id, ""});
  scenario.topics.push_back({"orders", 1, 3, {{"min.insync.replicas", "2"}}});
  scenario.clients.push_back({.id = "p1", .topics = {"orders"}});
  EXPECT_EQ(spare_copies(scenario), 1);
  std::map<NodeId, int> chosen;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const std::set<NodeId> expendable = expendable_brokers(scenario, seed);
    ASSERT_EQ(expendable.size(), 1u);
    ++chosen[*expendable.begin()];
  }
  EXPECT_EQ(chosen.size(), 3u);
  scenario.clients[0].config["acks"] = "1";
  EXPECT_EQ(spare_copies(scenario), 0);
  sim::FaultPlan plan;
  EXPECT_EQ(classify(scenario, plan), PlanClass::kFaultFree);
  plan.faults.push_back({.kind = sim::FaultKind::kKill, .node = NodeId{1}});
  EXPECT_EQ(classify(scenario, plan), PlanClass::kInBudget);
  plan.faults.push_back({.kind = sim::FaultKind::kPowerLoss, .node = NodeId{1}});
  EXPECT_EQ(classify(scenario, plan), PlanClass::kOverBudget);
}

TEST(Swarm, a_run_is_judged_by_its_budget) {
  const Scenario scenario = parse(
      swarm(R"({ "orders": {} })",
            R"("budget": { "kill": 2, "power_loss": 2, "fsync_error": 1, "disk_stall": 2 })"));
  std::map<PlanClass, uint64_t> lost;
  std::map<PlanClass, int> runs;
  for (uint64_t seed = 41; seed <= 70; ++seed) {
    const RunResult result = run_scenario(scenario, {.seed = seed});
    ++runs[result.plan_class];
    lost[result.plan_class] += result.ledger.lost;
    ASSERT_NE(result.report.property("B1"), nullptr);
    EXPECT_NE(result.report.verdict, sim::Verdict::kViolated) << "seed " << seed << "\n"
                                                              << sim::report_text(result.report);
  }
  EXPECT_EQ(runs.size(), 3u);
  EXPECT_EQ(lost[PlanClass::kInBudget], 0u);
  EXPECT_GT(lost[PlanClass::kOverBudget], 0u);
}

TEST(Swarm, a_loss_is_held_against_a_plan_in_budget_and_silence_against_one_over_it) {
  sim::LedgerReport ledger{.acked = 10, .lost = 3, .lost_silent = 0};
  EXPECT_EQ(judge_budget(PlanClass::kInBudget, ledger).verdict, sim::Verdict::kViolated);
  EXPECT_EQ(judge_budget(PlanClass::kOverBudget, ledger).verdict, sim::Verdict::kHeld);
  ledger.lost_silent = 1;
  EXPECT_EQ(judge_budget(PlanClass::kOverBudget, ledger).verdict, sim::Verdict::kViolated);
  EXPECT_EQ(judge_budget(PlanClass::kFaultFree, {}).verdict, sim::Verdict::kUnknown);
}

}  // namespace
}  // namespace faultline::scenarios
