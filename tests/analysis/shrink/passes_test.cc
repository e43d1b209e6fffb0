// SPDX-License-Identifier: Apache-2.0
// Goal: each pass proposes what it is named after, and nothing where nothing is left. Method: one
// rich scenario and one that is as small as can be.
#include "analysis/shrink/passes.h"

#include <set>

#include <gtest/gtest.h>

#include "scenarios/schema/parse.h"

namespace faultline::shrink {
namespace {

using scenarios::Scenario;

Scenario parsed(const std::string& text) {
  scenarios::ParseOutcome outcome = scenarios::parse_scenario(text, "test.json");
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  return std::move(outcome.scenario);
}

Scenario rich() {
  return parsed(R"({ "version": 1, "name": "rich", "seed": 9,
    "cluster": { "brokers": ["b1"], "config": { "log.retention.check.interval.ms": "5s" },
                 "clocks": { "skew": "200ms" }, "network": { "latency": "2ms" } },
    "topics": { "a": { "partitions": 3, "config": { "flush.messages": 1, "retention.ms": "1h" } },
                "b": {} },
    "clients": [
      { "id": "p1", "type": "producer", "topics": ["a", "b"], "rate": "200/s",
        "value_size": ["100B", "6KiB"], "config": { "acks": "1" } },
      { "id": "c1", "type": "consumer", "topic": "a" } ],
    "faults": { "timeline": [
      { "at": "3456ms", "kind": "kill", "restart_after": "1234ms" },
      { "at": "7s", "kind": "power_loss", "keep": "1/3" },
      { "at": "9s", "kind": "link_stall", "node": "b1", "peer": "p1", "for": "2s" },
      { "at": "12s", "kind": "fsync_error", "files": ".log", "times": 3, "id": 77 } ] },
    "until": { "time": "30s" } })");
}

Scenario tiny() {
  return parsed(R"({ "version": 1, "name": "tiny", "schedule": "fifo",
    "cluster": { "brokers": ["b1"] }, "topics": { "a": {} },
    "clients": [ { "id": "p1", "type": "producer", "topic": "a", "rate": "1/s", "arrivals": "even" } ],
    "until": { "time": "1s", "settle": "5s" } })");
}

constexpr Pass kAll[] = {
    {"fewer faults", with_fewer_faults},
    {"plainer faults", with_plainer_faults},
    {"earlier", with_earlier_faults},
    {"rounder", with_rounder_faults},
    {"renumbered", with_faults_renumbered},
    {"shorter", with_shorter_time},
    {"clients", with_fewer_clients},
    {"operations", with_fewer_operations},
    {"topics", with_fewer_topics},
    {"schedule", with_plainer_schedule},
    {"configs", with_fewer_configs},
    {"machines", with_plainer_machines},
    {"seed", with_plainer_seed},
};

TEST(Passes, every_pass_finds_something_to_take_from_a_rich_scenario) {
  const std::string before = scenarios::to_json(rich());
  for (const Pass& pass : kAll) {
    const Candidates candidates = pass.make(rich());
    EXPECT_FALSE(candidates.empty()) << pass.name;
    for (const Scenario& candidate : candidates)
      EXPECT_NE(scenarios::to_json(candidate), before) << pass.name;
  }
}

TEST(Passes, they_are_pure) {
  for (const Pass& pass : kAll) {
    const Candidates once = pass.make(rich());
    const Candidates twice = pass.make(rich());
    ASSERT_EQ(once.size(), twice.size()) << pass.name;
    for (size_t i = 0; i < once.size(); ++i)
      EXPECT_EQ(scenarios::to_json(once[i]), scenarios::to_json(twice[i])) << pass.name;
  }
}

TEST(Passes, from_the_smallest_scenario_only_its_client_and_topic_can_go) {
  for (const Pass& pass : kAll) {
    const std::string_view name = pass.name;
    const size_t expected = name == "clients" || name == "topics" ? 1 : 0;
    EXPECT_EQ(pass.make(tiny()).size(), expected) << name;
  }
}

TEST(Passes, faults_go_alone_and_in_all_groups) {
  std::set<std::string> left;
  for (const Scenario& candidate : with_fewer_faults(rich())) {
    std::string kinds;
    for (const scenarios::Fault& fault : candidate.faults.timeline)
      kinds += std::string(scenarios::fault_kind_name(fault.kind)) + " ";
    left.insert(kinds);
  }
  EXPECT_TRUE(left.contains(""));
  EXPECT_TRUE(left.contains("kill power_loss "));
  EXPECT_TRUE(left.contains("power_loss link_stall fsync_error "));
  EXPECT_TRUE(left.contains("kill link_stall fsync_error "));
  EXPECT_TRUE(left.contains("kill power_loss fsync_error "));
  EXPECT_TRUE(left.contains("kill power_loss link_stall "));
}

TEST(Passes, a_client_takes_its_faults_along) {
  const Candidates candidates = with_fewer_clients(rich());
  ASSERT_EQ(candidates.size(), 2u);
  EXPECT_EQ(candidates.back().clients.front().id, "c1");
  EXPECT_EQ(candidates.back().faults.timeline.size(), 3u);  // not the link to p1
}

TEST(Passes, times_become_round_from_the_roundest_on) {
  Candidates candidates = with_rounder_faults(rich());
  EXPECT_EQ(candidates[0].faults.timeline[0].at, seconds(3));
  EXPECT_EQ(candidates[1].faults.timeline[0].at, seconds(4));
  EXPECT_EQ(candidates[2].faults.timeline[0].at, milliseconds(3000));
}

}  // namespace
}  // namespace faultline::shrink
