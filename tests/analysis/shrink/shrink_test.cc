// SPDX-License-Identifier: Apache-2.0
// Goal: what shrinking gives fails like what it was given, no step of it can be left out, and it is
// the same each time. Method: scenarios with one safety rule off and more faults than the bug
// needs.
#include "analysis/shrink/shrink.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "analysis/shrink/oracle.h"
#include "analysis/shrink/passes.h"
#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"

namespace faultline::shrink {
namespace {

using scenarios::Scenario;

Scenario parsed(const std::string& text) {
  scenarios::ParseOutcome outcome = scenarios::parse_scenario(text, "test.json");
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  return std::move(outcome.scenario);
}

Scenario noisy(const std::string& rule_off) {
  return parsed(R"({ "version": 1, "name": "noisy", "cluster": { "brokers": ["b1"] },
    "topics": { "orders": { "partitions": 2, "config": { "flush.messages": 1 } }, "other": {} },
    "clients": [
      { "id": "p1", "type": "producer", "topics": ["orders", "other"], "rate": "200/s", "linger": 0 },
      { "id": "c1", "type": "consumer", "topic": "orders",
        "config": { "auto.offset.reset": "earliest" } } ],
    "until": { "time": "14s", "settle": "5s" },
    "faults": { "timeline": [
      { "at": "1500ms", "kind": "connection_reset" },
      { "at": "2500ms", "kind": "clock_step", "by": "-3s" },
      { "at": "3141ms", "kind": "fsync_error", "files": ".log" },
      { "at": "5s", "kind": "kill" },
      { "at": "7s", "kind": "link_slow", "peer": "c1" },
      { "at": "9s", "kind": "power_loss", "keep": "1/3" } ] },
    "rules_off": [")" +
                rule_off + R"("] })");
}

Shrunk shrunk_of(const Scenario& scenario, uint64_t seed = 1) {
  const Result<Shrunk> shrunk = shrink(scenario, seed, {});
  EXPECT_TRUE(shrunk.has_value()) << (shrunk ? "" : shrunk.error().to_string());
  return shrunk ? *shrunk : Shrunk{.scenario = scenario};
}

TEST(Shrink, the_smallest_scenario_fails_alike_and_every_step_of_it_is_necessary) {
  const Shrunk shrunk = shrunk_of(noisy("fence_on_fsync_error"));
  EXPECT_TRUE(shrunk.is_minimal);
  EXPECT_EQ(shrunk.faults_before, 6u);
  const Scenario again = parsed(to_text(shrunk.scenario));
  EXPECT_TRUE(has_signature(again, shrunk.signature)) << to_text(shrunk.scenario);
  EXPECT_LE(again.faults.timeline.size(), 2u) << to_text(shrunk.scenario);
  for (size_t i = 0; i < again.faults.timeline.size(); ++i) {
    Scenario without = again;
    without.faults.timeline.erase(without.faults.timeline.begin() + static_cast<std::ptrdiff_t>(i));
    const scenarios::RunResult run = scenarios::run_scenario(without, {.seed = without.seed});
    EXPECT_NE(run.report.verdict, sim::Verdict::kViolated)
        << scenarios::fault_kind_name(again.faults.timeline[i].kind) << " is not needed in\n"
        << to_text(shrunk.scenario);
  }
}

TEST(Shrink, nothing_else_can_go_either) {
  const Shrunk shrunk = shrunk_of(noisy("fence_on_fsync_error"));
  for (const auto make : {with_fewer_clients, with_fewer_topics, with_fewer_configs}) {
    for (const Scenario& candidate : make(shrunk.scenario)) {
      const auto legal = scenarios::parse_scenario(scenarios::to_json(candidate), "candidate");
      if (legal.ok())
        EXPECT_FALSE(has_signature(legal.scenario, shrunk.signature)) << to_text(candidate);
    }
  }
}

TEST(Shrink, a_person_reads_the_result) {
  const std::string text = to_text(shrunk_of(noisy("fence_on_fsync_error")).scenario);
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 20) << text;
  EXPECT_EQ(text.find("\"id\": 3"), std::string::npos) << text;
  EXPECT_EQ(text.find("3141ms"), std::string::npos) << text;
  EXPECT_EQ(text.find("clock_step"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("violated": "acked-durable")"), std::string::npos) << text;
}

TEST(Shrink, it_is_the_same_each_time) {
  const Shrunk once = shrunk_of(noisy("fence_on_fsync_error"));
  const Shrunk twice = shrunk_of(noisy("fence_on_fsync_error"));
  EXPECT_EQ(to_text(once.scenario), to_text(twice.scenario));
  EXPECT_EQ(once.runs, twice.runs);
}

TEST(Shrink, drawn_faults_keep_their_character_when_others_go) {
  const Scenario drawn = parsed(R"({ "version": 1, "name": "drawn",
    "cluster": { "brokers": ["b1"] }, "topics": { "orders": {} },
    "clients": [ { "id": "p1", "type": "producer", "topic": "orders", "rate": "200/s", "linger": 0 },
                 { "id": "c1", "type": "consumer", "topic": "orders" } ],
    "until": { "time": "14s", "settle": "5s" },
    "faults": { "random": { "budget": { "connection_reset": 10, "kill": 1 } } },
    "rules_off": ["deduplicate"] })");
  uint64_t seed = 1;
  while (seed < 20 &&
         scenarios::run_scenario(drawn, {.seed = seed}).report.verdict != sim::Verdict::kViolated)
    ++seed;
  const Shrunk shrunk = shrunk_of(drawn, seed);
  EXPECT_EQ(shrunk.faults_before, 11u);
  EXPECT_EQ(shrunk.scenario.faults.timeline.size(), 1u) << to_text(shrunk.scenario);
  EXPECT_TRUE(has_signature(parsed(to_text(shrunk.scenario)), shrunk.signature));
}

TEST(Shrink, a_run_that_held_is_nothing_to_shrink) {
  Scenario healthy = noisy("fence_on_fsync_error");
  healthy.rules_off.clear();
  const Result<Shrunk> shrunk = shrink(healthy, 1, {});
  ASSERT_FALSE(shrunk);
  EXPECT_EQ(shrunk.error().code, ErrorCode::kInvalidArgument);
}

TEST(Shrink, what_is_permitted_can_be_shrunk_by_its_property) {
  Scenario permitted = noisy("fence_on_fsync_error");
  permitted.rules_off.clear();
  for (scenarios::Topic& topic : permitted.topics) topic.config.clear();
  const Result<Shrunk> shrunk = shrink(permitted, 1, {.property = "H2"});
  ASSERT_TRUE(shrunk) << shrunk.error().to_string();
  EXPECT_EQ(shrunk->scenario.faults.timeline.size(), 1u);
  EXPECT_EQ(shrunk->scenario.expect.verdict, scenarios::Verdict::kHeld);
}

TEST(Shrink, when_the_time_is_up_it_gives_what_it_has) {
  int questions = 0;
  ShrinkOptions options;
  options.keep_going = [&] { return ++questions <= 4; };
  const Result<Shrunk> shrunk = shrink(noisy("fence_on_fsync_error"), 1, options);
  ASSERT_TRUE(shrunk) << shrunk.error().to_string();
  EXPECT_FALSE(shrunk->is_minimal);
  EXPECT_LE(shrunk->runs, 4u);
  EXPECT_TRUE(has_signature(parsed(to_text(shrunk->scenario)), shrunk->signature));
}

}  // namespace
}  // namespace faultline::shrink
