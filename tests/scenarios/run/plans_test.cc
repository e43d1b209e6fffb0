// SPDX-License-Identifier: Apache-2.0
// Goal: the plan of a seed, written to a file and run again, is the same run, bit for bit; and a
// plan is data: a fault taken out of it leaves what the others do and draw as it was. Method: a
// scenario with every kind of fault over several seeds.
#include <gtest/gtest.h>

#include "scenarios/run/derive_plan.h"
#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"

namespace faultline::scenarios {
namespace {

constexpr std::string_view kAllKinds = R"({
  "name": "all-kinds", "cluster": { "brokers": ["b1"] }, "topics": { "orders": {} },
  "clients": [ { "id": "p1", "type": "producer", "topic": "orders", "rate": "50/s" },
               { "id": "c1", "type": "consumer", "topic": "orders" } ],
  "faults": {
    "timeline": [ { "between": ["1s", "9s"], "kind": "kill" } ],
    "random": { "profile": "swarm", "budget": {
      "kill": 1, "power_loss": { "count": 2, "keep": "1/3" }, "fsync_error": 1, "read_error": 1,
      "write_error": 1, "disk_full": { "count": 1, "after_bytes": 100 }, "disk_stall": 2,
      "clock_step": { "count": 2, "by": "-3s" }, "clock_drift": { "count": 1, "ppm": 90000 },
      "clock_freeze": 1, "connection_reset": { "count": 2, "peer": "p1" }, "link_stall": 1,
      "link_slow": 2, "refuse_connections": { "count": 1, "hang": true }, "half_open": 1 } } },
  "until": { "time": "10s", "settle": "5s" } })";

Scenario parse(std::string_view text, const PlanText* plan = nullptr) {
  ParseOutcome outcome = parse_scenario(text, "test.json", {}, plan);
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  return std::move(outcome.scenario);
}

TEST(Plans, a_plan_that_is_printed_and_run_again_is_the_same_run) {
  const Scenario scenario = parse(kAllKinds);
  size_t faults = 0;
  for (uint64_t seed = 1; seed <= 15; ++seed) {
    const RunResult original = run_scenario(scenario, {.seed = seed});
    faults += original.plan.faults.size();
    const PlanText plan{plan_file(scenario, seed), "plan.json"};
    const Scenario planned = parse(kAllKinds, &plan);
    const RunResult again = run_scenario(planned, {.seed = planned.seed});
    EXPECT_EQ(again.recorder->fingerprint(), original.recorder->fingerprint())
        << "seed " << seed << "\n"
        << plan.text;
    EXPECT_EQ(again.report.verdict, original.report.verdict) << "seed " << seed;
  }
  EXPECT_GT(faults, 60u) << "hardly any fault was in these plans";
}

TEST(Plans, a_concrete_scenario_stays_the_same_run_as_a_file_of_its_own) {
  const Scenario scenario = parse(kAllKinds);
  const Scenario concrete = make_concrete(scenario, 3);
  const RunResult original = run_scenario(scenario, {.seed = 3});
  const RunResult direct = run_scenario(concrete, {.seed = 3});
  const RunResult from_text = run_scenario(parse(to_json(concrete)), {.seed = 3});
  EXPECT_EQ(direct.recorder->fingerprint(), original.recorder->fingerprint());
  EXPECT_EQ(from_text.recorder->fingerprint(), original.recorder->fingerprint());
}

TEST(Plans, a_fault_that_is_taken_out_leaves_the_others_their_identity) {
  const Scenario scenario = parse(kAllKinds);
  for (uint64_t seed = 1; seed <= 15; ++seed) {
    const Scenario whole = make_concrete(scenario, seed);
    for (size_t gone = 0; gone < whole.faults.timeline.size(); ++gone) {
      Scenario less = whole;
      less.faults.timeline.erase(less.faults.timeline.begin() + static_cast<std::ptrdiff_t>(gone));
      std::vector<sim::PlannedFault> left = derive_plan(whole, seed).faults;
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(gone));
      const std::vector<sim::PlannedFault> rest = derive_plan(less, seed).faults;
      ASSERT_EQ(rest.size(), left.size());
      for (size_t i = 0; i < rest.size(); ++i) {
        EXPECT_EQ(rest[i].id, left[i].id);
        EXPECT_EQ(rest[i].at, left[i].at);
        EXPECT_EQ(rest[i].node, left[i].node);
      }
    }
  }
}

}  // namespace
}  // namespace faultline::scenarios
