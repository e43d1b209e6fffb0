// SPDX-License-Identifier: Apache-2.0
// Goal: --set reaches every part of a scenario and its mistakes point at the flag. Method: examples
// of each form of a path.
#include "scenarios/schema/override.h"

#include <gtest/gtest.h>

#include "scenarios/schema/parse.h"

namespace faultline::scenarios {
namespace {

constexpr std::string_view kText = R"({
  "version": 1,
  "cluster": { "brokers": ["b1"] },
  "topics": { "orders": {}, "a.b": {} },
  "clients": [{ "id": "p1", "type": "producer", "topic": "orders" }]
})";

ParseOutcome parse(std::vector<std::string> sets) {
  std::vector<Override> overrides;
  for (const std::string& set : sets) overrides.push_back(parse_override(set));
  return parse_scenario(kText, "s.json", overrides);
}

std::string errors(std::string set) {
  const ParseOutcome outcome = parse({std::move(set)});
  EXPECT_FALSE(outcome.ok());
  return outcome.to_string();
}

TEST(Override, a_path_makes_what_is_missing) {
  const auto outcome = parse({"until.time=5s", "seed=9", "clients[0].keys.count=3",
                              "faults.timeline=[{\"at\": \"1s\", \"kind\": \"kill\"}]"});
  ASSERT_TRUE(outcome.ok()) << outcome.to_string();
  EXPECT_EQ(outcome.scenario.time, seconds(5));
  EXPECT_EQ(outcome.scenario.seed, 9u);
  EXPECT_EQ(outcome.scenario.clients[0].keys.count, 3);
  ASSERT_EQ(outcome.scenario.faults.timeline.size(), 1u);
  EXPECT_EQ(outcome.scenario.faults.timeline[0].node, "b1");
}

TEST(Override, a_kafka_name_after_config_keeps_its_dots) {
  const auto outcome = parse({"topics.orders.config.flush.messages=1"});
  ASSERT_TRUE(outcome.ok()) << outcome.to_string();
  EXPECT_EQ(outcome.scenario.topics[1].config.at("flush.messages"), "1");
}

TEST(Override, an_item_is_found_by_a_key_and_a_key_may_be_quoted) {
  const auto outcome = parse({"clients[id=p1].acks=1", "topics[\"a.b\"].partitions=3"});
  ASSERT_TRUE(outcome.ok()) << outcome.to_string();
  EXPECT_EQ(outcome.scenario.clients[0].config.at("acks"), "1");
  EXPECT_EQ(outcome.scenario.topics[0].partitions, 3);
}

TEST(Override, the_last_one_wins) { EXPECT_EQ(parse({"seed=1", "seed=2"}).scenario.seed, 2u); }

TEST(Override, a_mistake_points_into_the_flag) {
  EXPECT_EQ(errors("clients[id=p2].acks=1"),
            "--set error  clients: the list has no item with id \"p2\"; did you mean \"p1\"?\n"
            "       | clients[id=p2].acks=1\n"
            "       |        ^\n"
            "       = valid values: p1\n");
  EXPECT_EQ(errors("topics.orders.partitions=0"),
            "--set error  topics.orders.partitions: must be at least 1\n"
            "       | topics.orders.partitions=0\n"
            "       |                          ^\n");
  EXPECT_EQ(errors("topics.orders.partitons=2"),
            "--set error  topics.orders: unknown key \"partitons\"; did you mean \"partitions\"?\n"
            "       | topics.orders.partitons=2\n"
            "       |               ^\n"
            "       = valid keys: partitions, replication, config\n");
}

TEST(Override, a_path_that_leads_nowhere_is_refused) {
  EXPECT_NE(errors("clients[3].acks=1").find("the list has 1 items"), std::string::npos);
  EXPECT_NE(errors("cluster[0]=1").find("an object is no list"), std::string::npos);
  EXPECT_NE(errors("seed").find("expected PATH=VALUE"), std::string::npos);
  EXPECT_NE(errors("clients[0=1").find("expected PATH=VALUE"), std::string::npos);
  EXPECT_NE(errors("clients[x]=1").find("expected [NUMBER]"), std::string::npos);
  EXPECT_NE(errors("a..b=1").find("expected a key"), std::string::npos);
}

}  // namespace
}  // namespace faultline::scenarios
