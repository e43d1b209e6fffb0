// SPDX-License-Identifier: Apache-2.0
// Goal: an outcome says what the run said, and survives its way as a line of JSON. Method: a run of
// a broker without a safety rule and one of a sound broker; made-up outcomes there and back.
#include "analysis/search/outcome.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "scenarios/schema/parse.h"
#include "sim/trace/run_file.h"

namespace faultline::search {
namespace {

scenarios::Scenario scenario(std::string_view more) {
  std::string text = R"({ "name": "fsync", "cluster": { "brokers": ["b1"] },
    "topics": { "orders": { "config": { "flush.messages": 1 } } },
    "clients": [
      { "id": "p1", "type": "producer", "topic": "orders", "rate": "100/s", "value_size": "6KiB" },
      { "id": "c1", "type": "consumer", "topic": "orders" } ],
    "faults": { "timeline": [ { "at": "2s", "kind": "fsync_error", "files": ".log" },
                              { "at": "3s", "kind": "power_loss", "keep": 0 } ] },
    "until": { "time": "4s", "settle": "4s" })";
  text += std::string(more) + "}";
  scenarios::ParseOutcome outcome = scenarios::parse_scenario(text, "test.json");
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  return std::move(outcome.scenario);
}

constexpr std::string_view kBroken =
    R"(, "rules_off": ["fence_on_fsync_error", "distrust_cache_after_fsync_error"])";

TEST(Outcome, of_a_sound_run_counts_what_happened) {
  const Outcome outcome = play(scenario(""), 3, {}).outcome;
  EXPECT_EQ(outcome.seed, 3u);
  EXPECT_EQ(outcome.verdict, sim::Verdict::kHeld);
  EXPECT_FALSE(outcome.is_failure());
  EXPECT_EQ(outcome.signature, "");
  EXPECT_EQ(outcome.fingerprint.size(), 32u);
  EXPECT_EQ(outcome.faults.at("power_loss").planned, 1u);
  EXPECT_EQ(outcome.faults.at("fsync_error").felt, 1u);
  EXPECT_TRUE(outcome.marks.contains("ack: after fsync"));
  EXPECT_TRUE(outcome.marks.contains("node.crashed"));
  EXPECT_GE(outcome.log_states.size(), 3u);
}

TEST(Outcome, of_a_violation_has_a_signature_without_numbers) {
  const Outcome outcome = play(scenario(kBroken), 3, {}).outcome;
  ASSERT_TRUE(outcome.is_failure());
  EXPECT_EQ(outcome.verdict, sim::Verdict::kViolated);
  EXPECT_FALSE(outcome.signature.empty());
  const std::string shape = outcome.signature.substr(outcome.signature.find(':') + 1);
  EXPECT_EQ(shape.find_first_of("0123456789"), std::string::npos) << outcome.signature;
  EXPECT_NE(outcome.detail.find("orders-0@"), std::string::npos) << outcome.detail;
  const Outcome expected =
      play(scenario(std::string(kBroken) + R"(, "expect": "violated")"), 3, {}).outcome;
  EXPECT_FALSE(expected.is_failure());
}

TEST(Outcome, of_two_equal_runs_has_not_diverged) {
  const Outcome once = play(scenario(""), 5, {}).outcome;
  const Outcome twice = play(scenario(""), 5, {.twice = true, .coverage = false}).outcome;
  EXPECT_FALSE(twice.diverged);
  EXPECT_TRUE(twice.marks.empty());
  EXPECT_TRUE(once.same_run(twice)) << "watching a run changes nothing in it";
}

TEST(Outcome, a_failure_is_written_as_a_run_file) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / "faultline-outcome-test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  const auto read = [&] {
    std::ifstream file(folder / run_file_name("fsync", 3), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    return sim::decode_run(as_bytes(bytes));
  };
  const Outcome outcome = play(scenario(kBroken), 3, {.runs_dir = folder}).outcome;
  const auto bare = read();
  ASSERT_TRUE(bare.has_value()) << bare.error().detail;
  EXPECT_EQ(bare->info.fingerprint.to_string(), outcome.fingerprint);
  EXPECT_FALSE(bare->is_complete());
  record_failure(scenario(kBroken), 3, folder);
  const auto whole = read();
  ASSERT_TRUE(whole.has_value()) << whole.error().detail;
  EXPECT_EQ(whole->info.fingerprint.to_string(), outcome.fingerprint);
  EXPECT_TRUE(whole->is_complete());
  play(scenario(""), 4, {.runs_dir = folder});
  EXPECT_FALSE(std::filesystem::exists(folder / run_file_name("fsync", 4)));
  std::filesystem::remove_all(folder);
}

TEST(Outcome, comes_back_from_json_as_it_was) {
  Outcome outcome;
  outcome.seed = UINT64_MAX;
  outcome.verdict = sim::Verdict::kViolated;
  outcome.is_expected = false;
  outcome.diverged = true;
  outcome.fingerprint = "00ff";
  outcome.why_unknown = "a \"quoted\"\nreason";
  outcome.signature = "S1: x";
  outcome.detail = "y";
  outcome.plan_class = scenarios::PlanClass::kOverBudget;
  outcome.lost_permitted = 7;
  outcome.events = 9;
  outcome.wall_us = 11;
  outcome.faults["kill"] = {4, 3, 2, 1};
  outcome.marks = {"a", "b"};
  outcome.log_states = {"c"};
  const std::string line = to_json(outcome);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Result<Outcome> again = outcome_from_json(line);
  ASSERT_TRUE(again.has_value()) << again.error().detail;
  EXPECT_EQ(to_json(*again), line);
  EXPECT_EQ(again->seed, UINT64_MAX);
  EXPECT_EQ(again->faults, outcome.faults);
  EXPECT_EQ(again->plan_class, outcome.plan_class);
  EXPECT_TRUE(again->is_failure());
}

TEST(Outcome, what_is_no_outcome_is_refused) {
  for (const char* line : {"", "{", "[]", "7", "{}", R"({"seed":"x"})", R"({"seed":1,"marks":7})",
                           R"({"seed":1,"faults":{"kill":[1]}})", R"({"seed":1,"verdict":3})"})
    EXPECT_FALSE(outcome_from_json(line).has_value()) << line;
}

}  // namespace
}  // namespace faultline::search
