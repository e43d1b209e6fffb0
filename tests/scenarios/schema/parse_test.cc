// SPDX-License-Identifier: Apache-2.0
// Goal: a scenario file means what it says, all that it leaves out has its default, and no file
// crashes the parser. Method: a full example, the shipped files, random mutations of them.
#include "scenarios/schema/parse.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "broker/client/client_config.h"
#include "scenarios/schema/config.h"
#include "scenarios/schema/description.h"

namespace faultline::scenarios {
namespace {

const std::vector<std::string> kShipped = {"first-light", "flush-every-message", "page-cache-only",
                                           "fsync-gate",  "disk-full",           "torn-tail",
                                           "clock-jump",  "bad-network",         "bad-disk"};

std::string shipped(const std::string& name) {
  std::ifstream file(FAULTLINE_SOURCE_DIR "/scenarios/" + name + ".json");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Scenario parsed(std::string_view text) {
  ParseOutcome outcome = parse_scenario(text, "dir/test-name.json");
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  return std::move(outcome.scenario);
}

TEST(ParseScenario, the_shipped_scenarios_are_valid_and_big_enough) {
  for (const std::string& name : kShipped) {
    const ParseOutcome outcome = parse_scenario(shipped(name), name + ".json");
    EXPECT_EQ(outcome.to_string(), "") << name;
    EXPECT_EQ(outcome.scenario.name, name);
    EXPECT_GE(outcome.scenario.time, seconds(60)) << name;
    int64_t per_second = 0;
    for (const Client& client : outcome.scenario.clients) {
      if (client.type == ClientType::kProducer) {
        per_second += client.rate.count * seconds(1).ns / client.rate.per.ns;
      }
    }
    EXPECT_GE(per_second, 100) << name;
  }
}

TEST(ParseScenario, first_light_is_short) {
  const std::string text = shipped("first-light");
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 25);
  const Scenario scenario = parsed(text);
  EXPECT_EQ(scenario.cluster.brokers.size(), 1u);
  EXPECT_EQ(scenario.clients.size(), 3u);
}

TEST(ParseScenario, what_is_left_out_has_its_default) {
  const Scenario scenario = parsed(R"({ "version": 1, "cluster": { "brokers": ["b1"] } })");
  EXPECT_EQ(scenario.name, "test-name");
  EXPECT_EQ(scenario.seed, 1u);
  EXPECT_EQ(scenario.time, seconds(60));
  EXPECT_EQ(scenario.faults.random.quiet_after, seconds(60));
  EXPECT_EQ(scenario.cluster.disk.capacity, int64_t{1} << 40);
  EXPECT_EQ(scenario.expect.verdict, Verdict::kHeld);
  EXPECT_EQ(scenario.expect.unknown_share_max.denominator, 100u);
}

TEST(ParseScenario, every_part_arrives) {
  const Scenario scenario = parsed(R"({
    "version": 1, "name": "n", "seed": 5, "schedule": "fifo",
    "cluster": { "brokers": [{ "id": "b1", "rack": "r1" }],
      "config": { "log.retention.ms": "1h", "auto.create.topics.enable": false },
      "disk": { "capacity": "1GiB", "fsync": "2ms", "read": { "p50": "1ms", "p99": "5ms" } },
      "network": { "bandwidth": "10MB" }, "clocks": { "skew": "5ms", "drift_ppm": 20 },
      "cpu": { "speed": "1/4" } },
    "topics": { "b": { "partitions": 3 }, "a": { "config": { "segment.bytes": "1MiB" } } },
    "clients": [
      { "id": "p", "type": "producer", "topics": ["b", "a"], "rate": "5/m", "start": "1s",
        "stop": "50s", "keys": { "distribution": "zipf", "count": 7 },
        "value_size": ["50B", "1KiB"], "acks": 1, "linger": "20ms", "batch_size": "32KiB",
        "compression": "lz4", "config": { "retries": 3 } },
      { "id": "c", "type": "consumer", "topic": "b", "assignment": ["b-2", "b-0"] }],
    "faults": { "timeline": [
        { "kind": "power_loss", "between": ["2s", "3s"], "keep": "25%", "restart_after": "never" },
        { "kind": "link_stall", "at": "4s", "peer": "c", "direction": "in", "for": "2s" },
        { "kind": "clock_step", "at": 5000, "node": "c", "by": "-2h" }],
      "random": { "profile": "swarm", "from": "3s", "quiet_after": "9s",
        "budget": { "kill": 2, "bit_rot": { "count": 1, "times": 5, "files": ".log" } } } },
    "properties": ["no-duplicates"], "rules_off": ["verify_crc_on_recovery"],
    "until": { "time": "1m", "settle": "9s" },
    "expect": { "verdict": "violated", "violated": "no-duplicates", "unknown_share_max": "1%" } })");
  EXPECT_EQ(scenario.schedule, Schedule::kFifo);
  EXPECT_EQ(scenario.cluster.brokers[0].rack, "r1");
  EXPECT_EQ(scenario.cluster.config.at("log.retention.ms"), "3600000");
  EXPECT_EQ(scenario.cluster.config.at("auto.create.topics.enable"), "false");
  EXPECT_EQ(scenario.cluster.disk.fsync, (Latency{milliseconds(2), milliseconds(2)}));
  EXPECT_EQ(scenario.cluster.disk.read.p99, milliseconds(5));
  EXPECT_EQ(scenario.cluster.network.bandwidth, 10'000'000);
  EXPECT_EQ(scenario.cluster.cpu.speed.denominator, 4u);
  EXPECT_EQ(scenario.topics[0].name, "a");  // by name
  EXPECT_EQ(topic_integer(scenario, scenario.topics[0], "segment.bytes"), 1 << 20);
  EXPECT_EQ(topic_integer(scenario, scenario.topics[0], "retention.ms"), 3'600'000);
  const Client& producer = scenario.clients[0];
  EXPECT_EQ(producer.topics, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(producer.rate, (Rate{5, seconds(60)}));
  EXPECT_EQ(producer.stop, seconds(50));
  EXPECT_EQ(producer.keys.distribution, KeyDistribution::kZipf);
  EXPECT_EQ(producer.value_size, (SizeRange{50, 1024}));
  EXPECT_EQ(client_integer(producer, "linger.ms"), 20);
  EXPECT_EQ(client_integer(producer, "batch.size"), 32'768);
  EXPECT_EQ(client_text(producer, "compression.type"), "lz4");
  EXPECT_FALSE(is_idempotent(producer));  // acks=1 switches the default off
  EXPECT_EQ(scenario.clients[1].assignment[0], (AssignedPartition{"b", 2}));
  const auto& timeline = scenario.faults.timeline;
  EXPECT_EQ(timeline[0].at, seconds(2));
  EXPECT_EQ(timeline[0].at_latest, seconds(3));
  EXPECT_EQ(timeline[0].restart_after, std::nullopt);
  EXPECT_EQ(timeline[0].keep.denominator, 4u);
  EXPECT_EQ(timeline[0].node, "b1");
  EXPECT_EQ(timeline[1].direction, Direction::kIn);
  EXPECT_EQ(timeline[2].at, seconds(5));
  EXPECT_EQ(timeline[2].by, seconds(-7200));
  const RandomFaults& random = scenario.faults.random;
  ASSERT_EQ(random.budget.size(), 2u);
  EXPECT_EQ(random.budget[0].fault.kind, FaultKind::kKill);
  EXPECT_EQ(random.budget[0].count, 2);
  EXPECT_EQ(random.budget[1].fault.files, ".log");
  EXPECT_EQ(random.budget[1].fault.at_latest, seconds(9));
  EXPECT_EQ(scenario.expect.violated, "no-duplicates");
}

TEST(ParseScenario, the_clients_obey_every_config_that_a_scenario_can_set) {
  for (const ClientType type : {ClientType::kProducer, ClientType::kConsumer}) {
    for (const metadata::ConfigDef& def : client_config_defs(type)) {
      if (def.default_value->empty()) continue;
      const client::Properties properties{{"bootstrap.servers", "b1:9092"},
                                          {std::string(def.name), std::string(*def.default_value)}};
      const bool accepted = type == ClientType::kProducer
                                ? client::parse_producer_config(properties).has_value()
                                : client::parse_consumer_config(properties).has_value();
      EXPECT_TRUE(accepted) << def.name;
    }
  }
}

// Everything that the broker is made of in a run, but the tables that only define names.
std::string broker_sources() {
  std::string text;
  namespace fs = std::filesystem;
  for (const auto& entry : fs::recursive_directory_iterator(FAULTLINE_SOURCE_DIR "/broker")) {
    const std::string path = entry.path().string();
    if (!entry.is_regular_file() || path.ends_with("_configs.cc") || path.contains("/client/") ||
        path.contains("/runtime/")) {
      continue;
    }
    std::ifstream file(entry.path());
    text.append(std::istreambuf_iterator<char>(file), {});
  }
  return text;
}

TEST(ParseScenario, a_config_without_effect_is_warned_of) {
  const std::string sources = broker_sources();
  for (const auto defs : {metadata::topic_config_defs(), metadata::broker_config_defs()}) {
    for (const metadata::ConfigDef& def : defs) {
      bool is_read = sources.contains("\"" + std::string(def.name) + "\"");
      for (const metadata::ConfigDef& topic : metadata::topic_config_defs()) {
        for (const metadata::ConfigSynonym& synonym : topic.synonyms) {
          if (synonym.name != def.name) continue;
          is_read = is_read || sources.contains("\"" + std::string(topic.name) + "\"");
        }
      }
      EXPECT_EQ(is_obeyed(def.name), is_read)
          << def.name << ": mend kObeyed in scenarios/schema/config.cc";
    }
  }
  const ParseOutcome outcome = parse_scenario(
      R"({"version": 1, "cluster": {"brokers": ["b1"], "config": {"num.io.threads": 2}},
          "clients": [{"id": "p", "type": "producer", "topic": "t"}], "topics": {"t": {}}})",
      "w.json");
  EXPECT_TRUE(outcome.ok());
  ASSERT_EQ(outcome.diagnostics.size(), 1u);
  EXPECT_EQ(outcome.diagnostics[0].severity, Severity::kWarning);
  EXPECT_EQ(outcome.diagnostics[0].path, "cluster.config.num.io.threads");
}

RC_GTEST_PROP(ParseScenario, no_mutation_of_a_file_crashes, ()) {
  std::string text = shipped(*rc::gen::elementOf(kShipped));
  for (int i = *rc::gen::inRange(1, 8); i > 0; --i) {
    const size_t at = *rc::gen::inRange<size_t>(0, text.size() + 1);
    const size_t count = *rc::gen::inRange<size_t>(0, 12);
    text.replace(at, count,
                 *rc::gen::element<std::string>("", "\"", "{", "}", "[", "]", ":", ",", "-1", "0",
                                                "null", "true", "1.5", "\"b1\"", "{}", "[]",
                                                "\"x\": 1,", "\"9999999999d\"", "\xff\xfe"));
  }
  const ParseOutcome outcome = parse_scenario(text, "m.json");
  RC_ASSERT(outcome.diagnostics.size() <= kDiagnosticsMax);
  (void)outcome.to_string();
  if (outcome.ok()) RC_ASSERT(!to_json(outcome.scenario).empty());
}

// Replaces whole values, so that most of the text stays valid and the mistake is in the meaning.
RC_GTEST_PROP(ParseScenario, no_value_in_the_wrong_place_crashes, ()) {
  const std::vector<std::string> paths = {"seed",
                                          "cluster",
                                          "cluster.brokers",
                                          "cluster.disk",
                                          "cluster.disk.capacity",
                                          "cluster.config.flush",
                                          "topics",
                                          "topics.orders",
                                          "topics.orders.partitions",
                                          "topics.orders.config.flush.messages",
                                          "clients",
                                          "clients[0]",
                                          "clients[0].topic",
                                          "clients[0].acks",
                                          "clients[1].assignment",
                                          "faults",
                                          "faults.timeline",
                                          "faults.random",
                                          "faults.random.budget",
                                          "faults.random.budget.kill",
                                          "faults.random.quiet_after",
                                          "properties",
                                          "rules_off",
                                          "until",
                                          "until.time",
                                          "expect",
                                          "expect.violated"};
  const std::vector<std::string> values = {"null",
                                           "true",
                                           "-1",
                                           "0",
                                           "1",
                                           "9223372036854775807",
                                           "-9223372036854775808",
                                           "1.5",
                                           "\"\"",
                                           "\"5s\"",
                                           "\"kill\"",
                                           "\"b1\"",
                                           "[]",
                                           "[[]]",
                                           "[null]",
                                           "[\"b1\"]",
                                           "{}",
                                           "{\"id\": 1}",
                                           "{\"count\": -1}",
                                           "[{\"kind\": \"kill\"}]",
                                           "{\"kill\": null}",
                                           "all"};
  std::vector<Override> overrides;
  for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
    overrides.push_back({*rc::gen::elementOf(paths), *rc::gen::elementOf(values)});
  }
  const ParseOutcome outcome = parse_scenario(shipped("first-light"), "m.json", overrides);
  (void)outcome.to_string();
  if (outcome.ok()) RC_ASSERT(!to_json(outcome.scenario).empty());
}

}  // namespace
}  // namespace faultline::scenarios
