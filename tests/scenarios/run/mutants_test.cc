// SPDX-License-Identifier: Apache-2.0
// Goal: the checkers see the bugs that real systems had. Method: each case switches one safety rule
// of the broker off and searches seeds of a scenario for a violation, which a named property must
// report; with the rule on, the same seeds hold.
#include <gtest/gtest.h>

#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"

namespace faultline::scenarios {
namespace {

struct Mutant {
  const char* rule;
  const char* property;  // one that must be violated
  uint64_t seeds;        // at most so many are searched
  const char* topic_config;
  const char* faults;
};

// Short runs of one producer and one consumer; the faults are what the bug needs to show.
Scenario scenario_of(const Mutant& mutant, bool is_off) {
  std::string text = R"({ "version": 1, "name": "mutant", "cluster": { "brokers": ["b1"] },
    "topics": { "orders": { "partitions": 1, "config": { )";
  text += mutant.topic_config;
  text += R"( } } },
    "clients": [
      { "id": "p1", "type": "producer", "topic": "orders", "rate": "200/s", "linger": 0, "value_size": ["100B", "6KiB"],
        "config": { "request.timeout.ms": 2000 } },
      { "id": "c1", "type": "consumer", "topic": "orders", "config": { "auto.offset.reset": "earliest", "request.timeout.ms": 2000 } } ],
    "until": { "time": "14s", "settle": "4s" }, "faults": )";
  text += mutant.faults;
  if (is_off) text += std::string(", \"rules_off\": [\"") + mutant.rule + "\"]";
  text += " }";
  ParseOutcome outcome = parse_scenario(text, mutant.rule);
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  return std::move(outcome.scenario);
}

constexpr const char* kFsyncThenPower = R"({ "timeline": [
  { "between": ["4s", "8s"], "kind": "fsync_error", "files": ".log" },
  { "between": ["9s", "12s"], "kind": "power_loss", "keep": 0 } ] })";
constexpr const char* kFsyncKillPower = R"({ "timeline": [
  { "between": ["3s", "6s"], "kind": "fsync_error", "files": ".log", "times": 3 },
  { "at": "7s", "kind": "kill" },
  { "between": ["10s", "12s"], "kind": "power_loss", "keep": 0 } ] })";
constexpr const char* kKeepNothing = R"({ "random": { "from": "2s", "quiet_after": "12s",
  "budget": { "power_loss": { "count": 2, "keep": 0 } } } })";
constexpr const char* kResets = R"({ "random": { "from": "1s", "quiet_after": "13s",
  "budget": { "connection_reset": 8, "kill": 2 } } })";

constexpr const char* kTornTails = R"({ "random": { "from": "2s", "quiet_after": "12s",
  "budget": { "power_loss": { "count": 3, "keep": "1/2", "reorder": 1, "torn": 1 } } } })";

constexpr Mutant kMutants[] = {
    {"fence_on_fsync_error", "S1", 20, R"("flush.messages": 1)", kFsyncThenPower},  // B31
    {"distrust_cache_after_fsync_error", "S1", 40, R"("flush.messages": 1)",
     kFsyncKillPower},                                                                  // B31
    {"verify_crc_on_recovery", "L1", 20, R"("flush.messages": 50)", kTornTails},        // B33
    {"stop_at_first_bad_batch", "L1", 20, R"("flush.messages": 50)", kTornTails},       // B33
    {"sync_directory_after_create", "S1", 40, R"("flush.messages": 1)", kKeepNothing},  // B34
    {"deduplicate", "H3", 40, R"("flush.messages": 1)", kResets},                       // B70
};

class Mutants : public testing::TestWithParam<Mutant> {};

TEST_P(Mutants, are_found_and_hold_with_the_rule_on) {
  const Mutant& mutant = GetParam();
  const Scenario broken = scenario_of(mutant, true);
  const Scenario sound = scenario_of(mutant, false);
  uint64_t found = 0;
  std::string last;
  for (uint64_t seed = 1; seed <= mutant.seeds && found == 0; ++seed) {
    const RunResult good = run_scenario(sound, {.seed = seed});
    ASSERT_NE(good.report.verdict, sim::Verdict::kViolated) << "seed " << seed << "\n"
                                                            << sim::report_text(good.report);
    const RunResult bad = run_scenario(broken, {.seed = seed});
    last = sim::report_text(bad.report);
    const sim::PropertyResult* property = bad.report.property(mutant.property);
    ASSERT_NE(property, nullptr);
    if (property->verdict == sim::Verdict::kViolated) found = seed;
  }
  EXPECT_GT(found, 0u) << mutant.rule << " off was not noticed by " << mutant.property << "\n"
                       << last;
}

INSTANTIATE_TEST_SUITE_P(Rules, Mutants, testing::ValuesIn(kMutants),
                         [](const testing::TestParamInfo<Mutant>& info) {
                           return std::string(info.param.rule);
                         });

}  // namespace
}  // namespace faultline::scenarios
