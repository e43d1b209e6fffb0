// SPDX-License-Identifier: Apache-2.0
// Goal: an explanation names the step that decided a run and the one that shows it, and says
// something true of runs that held. Method: runs with one safety rule switched off, whose story is
// known beforehand.
#include "analysis/why/explain.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "analysis/why/recorded_run.h"
#include "analysis/why/why_text.h"
#include "scenarios/schema/parse.h"

namespace faultline::why {
namespace {

scenarios::Scenario scenario_with(const std::string& topic_config, const std::string& faults,
                                  const std::string& rules_off) {
  std::string text = R"({ "version": 1, "name": "story", "cluster": { "brokers": ["b1"] },
    "topics": { "orders": { "partitions": 1, "config": {)" +
                     topic_config + R"(} } },
    "clients": [
      { "id": "p1", "type": "producer", "topic": "orders", "rate": "200/s", "linger": 0,
        "value_size": ["100B", "6KiB"], "config": { "request.timeout.ms": 2000 } },
      { "id": "c1", "type": "consumer", "topic": "orders",
        "config": { "auto.offset.reset": "earliest", "request.timeout.ms": 2000 } } ],
    "until": { "time": "8s", "settle": "4s" }, "faults": )" +
                     faults;
  if (!rules_off.empty()) text += ", \"rules_off\": [\"" + rules_off + "\"]";
  scenarios::ParseOutcome outcome = scenarios::parse_scenario(text + " }", "story.json");
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  return std::move(outcome.scenario);
}

constexpr const char* kFlush = R"("flush.messages": 1)";
constexpr const char* kFsyncError =
    R"({ "timeline": [ { "at": "4s", "kind": "fsync_error", "files": ".log" } ] })";
constexpr const char* kPowerLoss =
    R"({ "timeline": [ { "at": "4s", "kind": "power_loss", "keep": 0 } ] })";
constexpr const char* kResets = R"({ "random": { "from": "1s", "quiet_after": "7s",
  "budget": { "connection_reset": 20 } } })";

sim::RunFile run_of(const scenarios::Scenario& scenario, uint64_t seed = 1) {
  return record_run(scenario, {.seed = seed});
}

Explanation explanation_of(const sim::RunFile& run) {
  const Result<Explanation> told = explain(run, {});
  EXPECT_TRUE(told.has_value());
  return told ? *told : Explanation{};
}

const Step* step_like(const Explanation& told, const std::string& text) {
  for (const Step& step : told.steps)
    if (step.what.find(text) != std::string::npos) return &step;
  return nullptr;
}

const Step* decision_of(const Explanation& told) {
  for (const Step& step : told.steps)
    if (step.is_decision) return &step;
  return nullptr;
}

// What is true of every explanation.
void expect_sound(const Explanation& told, const sim::RunFile& run) {
  const std::string text = why_text(told, {});
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 20) << text;
  EXPECT_TRUE(std::is_sorted(told.steps.begin(), told.steps.end(),
                             [](const Step& a, const Step& b) { return a.index < b.index; }));
  const auto symptoms = std::count_if(told.steps.begin(), told.steps.end(),
                                      [](const Step& step) { return step.is_symptom; });
  EXPECT_EQ(symptoms, told.has_finding ? 1 : 0) << text;
  for (const Step& step : told.steps) {
    ASSERT_LT(step.index, run.events.end_index());
    EXPECT_EQ(run.events.at(step.index).header.id, step.id);
  }
}

TEST(Explain, a_believed_fsync_is_the_step_that_decided) {
  const sim::RunFile run = run_of(scenario_with(kFlush, kFsyncError, "fence_on_fsync_error"));
  const Explanation told = explanation_of(run);
  ASSERT_EQ(told.verdict, sim::Verdict::kViolated);
  EXPECT_EQ(told.property_id, "S1");
  expect_sound(told, run);
  const std::string text = why_text(told, {});
  EXPECT_NE(step_like(told, "fsync_error on b1"), nullptr) << text;
  EXPECT_NE(step_like(told, "drops"), nullptr) << text;
  ASSERT_NE(decision_of(told), nullptr) << text;
  EXPECT_NE(decision_of(told)->what.find("durable"), std::string::npos) << text;
  ASSERT_FALSE(told.disk.empty()) << text;
  EXPECT_EQ(told.disk.back().platter, "nothing of it") << text;
  EXPECT_NE(text.find("fence_on_fsync_error"), std::string::npos);
}

TEST(Explain, a_lost_name_is_told_beside_the_ack_that_promised_too_much) {
  const sim::RunFile run =
      run_of(scenario_with(kFlush, kPowerLoss, "sync_directory_after_create"), 2);
  const Explanation told = explanation_of(run);
  ASSERT_EQ(told.verdict, sim::Verdict::kViolated);
  EXPECT_EQ(told.property_id, "H2");
  expect_sound(told, run);
  const std::string text = why_text(told, {});
  EXPECT_NE(step_like(told, "never got the name"), nullptr) << text;
  ASSERT_NE(decision_of(told), nullptr) << text;
  EXPECT_NE(decision_of(told)->what.find("promises that it is on the platter"), std::string::npos)
      << text;
  ASSERT_FALSE(told.disk.empty()) << text;
  EXPECT_EQ(told.disk.front().where, "the name") << text;
}

TEST(Explain, a_duplicate_shows_both_appends_and_blames_the_second) {
  const sim::RunFile run = run_of(scenario_with("", kResets, "deduplicate"));
  const Explanation told = explanation_of(run);
  ASSERT_EQ(told.verdict, sim::Verdict::kViolated);
  EXPECT_EQ(told.property_id, "H3");
  expect_sound(told, run);
  const std::string text = why_text(told, {});
  const auto appends = std::count_if(told.steps.begin(), told.steps.end(), [](const Step& step) {
    return step.what.find("appends at") != std::string::npos;
  });
  EXPECT_EQ(appends, 2) << text;
  ASSERT_NE(decision_of(told), nullptr) << text;
  EXPECT_NE(decision_of(told)->what.find("appends at"), std::string::npos) << text;
  EXPECT_NE(step_like(told, "connection_reset"), nullptr) << text;
}

TEST(Explain, a_permitted_loss_is_explained_without_blame) {
  const sim::RunFile run = run_of(scenario_with("", kPowerLoss, ""));
  const Explanation told = explanation_of(run);
  ASSERT_EQ(told.verdict, sim::Verdict::kHeld);
  ASSERT_TRUE(told.has_finding);
  EXPECT_EQ(told.finding.kind, sim::Finding::Kind::kPermittedLoss);
  expect_sound(told, run);
  const std::string text = why_text(told, {});
  EXPECT_NE(step_like(told, "promises no fsync"), nullptr) << text;
  EXPECT_FALSE(told.disk.empty()) << text;
  EXPECT_NE(text.find("HELD"), std::string::npos);
}

TEST(Explain, a_run_that_held_says_what_it_tested) {
  const sim::RunFile run = run_of(scenario_with(kFlush, R"({ "timeline": [] })", ""));
  const Explanation told = explanation_of(run);
  EXPECT_EQ(told.verdict, sim::Verdict::kHeld);
  EXPECT_FALSE(told.has_finding);
  EXPECT_TRUE(told.steps.empty());
  expect_sound(told, run);
  const std::string text = why_text(told, {});
  EXPECT_NE(text.find("No fault had any effect"), std::string::npos) << text;
  EXPECT_NE(text.find("Never put to the test"), std::string::npos) << text;
}

TEST(Explain, a_property_without_finding_is_an_error) {
  const sim::RunFile run = run_of(scenario_with(kFlush, R"({ "timeline": [] })", ""));
  const Result<Explanation> told = explain(run, {.property = "H4"});
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().code, ErrorCode::kInvalidArgument);
}

TEST(Explain, a_run_without_events_gets_them_back) {
  const scenarios::Scenario scenario = scenario_with(kFlush, kFsyncError, "fence_on_fsync_error");
  const sim::RunFile whole = run_of(scenario);
  sim::RunFile bare = run_of(scenario);
  bare.events = sim::EventLog();
  ASSERT_FALSE(bare.is_complete());
  const Result<sim::RunFile> again = with_events(std::move(bare));
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(why_text(explanation_of(*again), {}), why_text(explanation_of(whole), {}));
}

TEST(Explain, a_run_of_another_program_is_refused) {
  sim::RunFile run = run_of(scenario_with(kFlush, kFsyncError, ""));
  run.events = sim::EventLog();
  run.info.fingerprint = Fingerprint{};
  const Result<sim::RunFile> again = with_events(std::move(run));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kCorrupt);
}

TEST(Explain, equal_runs_are_explained_equally) {
  const scenarios::Scenario scenario = scenario_with("", kResets, "deduplicate");
  EXPECT_EQ(why_json(explanation_of(run_of(scenario))), why_json(explanation_of(run_of(scenario))));
}

}  // namespace
}  // namespace faultline::why
