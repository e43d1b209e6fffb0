// SPDX-License-Identifier: Apache-2.0
// Goal: a plan file says what a run suffers, and a mistake in it is explained with its own line and
// column. Method: examples; what is written is read back to the same.
#include "scenarios/schema/plan_file.h"

#include <gtest/gtest.h>

#include "scenarios/schema/parse.h"

namespace faultline::scenarios {
namespace {

constexpr std::string_view kScenario = R"({
  "cluster": { "brokers": ["b1"] },
  "topics": { "orders": {} },
  "clients": [ { "id": "p1", "type": "producer", "topic": "orders" } ],
  "faults": { "timeline": [ { "at": "1s", "kind": "kill" } ],
              "random": { "budget": { "power_loss": 3 } } } })";

ParseOutcome parse(std::string_view plan, std::span<const Override> overrides = {}) {
  const PlanText text{.text = std::string(plan), .file_name = "plan.json"};
  return parse_scenario(kScenario, "s.json", overrides, &text);
}

TEST(PlanFile, takes_the_place_of_every_fault_of_the_scenario) {
  const ParseOutcome outcome = parse(R"({ "seed": 41,
    "timeline": [ { "id": 7, "at": "3s", "kind": "disk_stall", "for": "2s" },
                  { "at": "2s", "kind": "kill" } ] })");
  ASSERT_TRUE(outcome.ok()) << outcome.to_string();
  const Scenario& scenario = outcome.scenario;
  EXPECT_EQ(scenario.seed, 41u);
  EXPECT_TRUE(scenario.faults.random.budget.empty());
  ASSERT_EQ(scenario.faults.timeline.size(), 2u);
  EXPECT_EQ(scenario.faults.timeline[0].id, 7);
  EXPECT_EQ(scenario.faults.timeline[0].kind, FaultKind::kDiskStall);
  EXPECT_EQ(scenario.faults.timeline[1].id, 0);
}

TEST(PlanFile, sets_values_by_path_and_an_override_still_wins) {
  constexpr std::string_view kPlan = R"({ "timeline": [],
    "set": { "topics.orders.partitions": 4, "clients[id=p1].config.batch.size": 1 } })";
  const ParseOutcome plain = parse(kPlan);
  ASSERT_TRUE(plain.ok()) << plain.to_string();
  EXPECT_EQ(plain.scenario.topics[0].partitions, 4);
  EXPECT_EQ(plain.scenario.clients[0].config.at("batch.size"), "1");
  const Override change = parse_override("topics.orders.partitions=2");
  const ParseOutcome changed = parse(kPlan, {&change, 1});
  ASSERT_TRUE(changed.ok()) << changed.to_string();
  EXPECT_EQ(changed.scenario.topics[0].partitions, 2);
}

TEST(PlanFile, mistakes_are_shown_where_they_stand_in_the_plan) {
  const auto message = [](std::string_view plan) {
    const ParseOutcome outcome = parse(plan);
    EXPECT_FALSE(outcome.ok()) << plan;
    return outcome.to_string();
  };
  EXPECT_EQ(message("[]"),
            "plan.json:1:1 error  a plan is a JSON object: { \"timeline\": [..] }\n"
            "     1 | []\n"
            "       | ^\n");
  EXPECT_NE(message("{").find("plan.json:1:"), std::string::npos);
  EXPECT_NE(message("{}").find("missing key \"timeline\""), std::string::npos);
  EXPECT_NE(message("{\"timelin\": []}").find("did you mean \"timeline\""), std::string::npos);
  EXPECT_NE(message("{\"timeline\": [], \"timeline\": []}").find("appears twice"),
            std::string::npos);
  EXPECT_NE(message("{\"timeline\": [], \"set\": []}").find("an object of paths and values"),
            std::string::npos);
  EXPECT_EQ(message("{\n  \"timeline\": [{ \"at\": \"1s\", \"kind\": \"kil\" }]\n}"),
            "plan.json:2:38 error  faults.timeline[0].kind: unknown value \"kil\"; did you mean "
            "\"kill\"?\n"
            "     2 |   \"timeline\": [{ \"at\": \"1s\", \"kind\": \"kil\" }]\n"
            "       |                                      ^\n"
            "       = valid values: kill, power_loss, fsync_error, read_error, write_error, "
            "latent_sector_error, bit_rot, misdirected_write, disk_full, disk_stall, clock_step, "
            "clock_drift, clock_freeze, connection_reset, link_stall, link_slow, "
            "refuse_connections, half_open, stop\n");
  const std::string path = message("{\"timeline\": [],\n \"set\": {\"clients[id=p9].acks\": 1}}");
  EXPECT_TRUE(
      path.starts_with("plan.json:2:18 error  clients: the list has no item with id \"p9\""))
      << path;
}

TEST(PlanFile, two_faults_cannot_share_an_id) {
  const ParseOutcome outcome = parse(R"({ "timeline": [
    { "at": "1s", "kind": "kill" }, { "id": 1, "at": "2s", "kind": "kill" } ] })");
  EXPECT_FALSE(outcome.ok());
  EXPECT_NE(outcome.to_string().find("1 is already the id of faults.timeline[0]"),
            std::string::npos)
      << outcome.to_string();
}

TEST(PlanFile, what_is_written_is_read_back) {
  const ParseOutcome first = parse(R"({ "seed": 9, "timeline": [
    { "id": 12, "at": "6.219024881s", "kind": "power_loss", "keep": "1/3", "restart_after": "never" },
    { "id": 3, "at": "7s", "kind": "link_slow", "peer": "p1", "latency": "1ms", "for": "1500us" } ] })");
  ASSERT_TRUE(first.ok()) << first.to_string();
  const std::string text = to_plan_json(first.scenario, 9);
  const ParseOutcome again = parse(text);
  ASSERT_TRUE(again.ok()) << again.to_string();
  EXPECT_EQ(to_json(again.scenario), to_json(first.scenario));
  EXPECT_NE(text.find("\"at\": \"6.219024881s\""), std::string::npos) << text;
}

}  // namespace
}  // namespace faultline::scenarios
