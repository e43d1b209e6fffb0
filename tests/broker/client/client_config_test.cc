// SPDX-License-Identifier: Apache-2.0
// Goal: Kafka's names mean what they mean in Kafka, and anything else is refused by name. Method:
// examples; every name that scenarios offer, with its default, must be taken.
#include "broker/client/client_config.h"

#include <gtest/gtest.h>

#include "scenarios/schema/description.h"

namespace faultline::client {
namespace {

std::string producer_error(const Properties& properties) {
  const auto parsed = parse_producer_config(properties);
  return parsed ? "" : parsed.error().detail;
}

std::string consumer_error(const Properties& properties) {
  const auto parsed = parse_consumer_config(properties);
  return parsed ? "" : parsed.error().detail;
}

TEST(ClientConfig, defaults_are_those_of_kafka_4) {
  const auto producer = parse_producer_config({});
  ASSERT_TRUE(producer.has_value());
  EXPECT_EQ(producer->acks, -1);
  EXPECT_TRUE(producer->enable_idempotence);
  EXPECT_EQ(producer->linger, milliseconds(5));
  EXPECT_EQ(producer->batch_size, 16384);
  EXPECT_EQ(producer->max_in_flight, 5);
  EXPECT_EQ(producer->delivery_timeout, seconds(120));
  EXPECT_EQ(producer->connection.request_timeout, seconds(30));
  const auto consumer = parse_consumer_config({});
  ASSERT_TRUE(consumer.has_value());
  EXPECT_EQ(consumer->auto_offset_reset, OffsetReset::kLatest);
  EXPECT_EQ(consumer->max_poll_records, 500);
  EXPECT_TRUE(consumer->check_crcs);
}

TEST(ClientConfig, takes_every_name_that_scenarios_offer) {
  for (const auto& def : scenarios::client_config_defs(scenarios::ClientType::kProducer)) {
    const Properties one{{std::string(def.name), std::string(def.default_value.value_or(""))}};
    EXPECT_EQ(producer_error(one), "") << def.name;
  }
  for (const auto& def : scenarios::client_config_defs(scenarios::ClientType::kConsumer)) {
    const Properties one{{std::string(def.name), std::string(def.default_value.value_or(""))}};
    EXPECT_EQ(consumer_error(one), "") << def.name;
  }
}

TEST(ClientConfig, reads_values_of_every_kind) {
  const auto producer = parse_producer_config({{"bootstrap.servers", "a:9092,[::1]:9093"},
                                               {"acks", "1"},
                                               {"compression.type", "zstd"},
                                               {"partitioner.class", "RoundRobinPartitioner"},
                                               {"linger.ms", "0"}});
  ASSERT_TRUE(producer.has_value());
  ASSERT_EQ(producer->connection.bootstrap_servers.size(), 2u);
  EXPECT_EQ(producer->connection.bootstrap_servers[1].port, 9093);
  EXPECT_EQ(producer->acks, 1);
  EXPECT_EQ(producer->compression, wire::Compression::kZstd);
  EXPECT_EQ(producer->partitioner, Partitioner::kRoundRobin);
  EXPECT_EQ(producer->linger, Duration{});
  const auto consumer = parse_consumer_config({{"auto.offset.reset", "none"},
                                               {"isolation.level", "read_committed"},
                                               {"check.crcs", "false"}});
  ASSERT_TRUE(consumer.has_value());
  EXPECT_EQ(consumer->auto_offset_reset, OffsetReset::kNone);
  EXPECT_EQ(consumer->isolation_level, IsolationLevel::kReadCommitted);
  EXPECT_FALSE(consumer->check_crcs);
}

TEST(ClientConfig, refuses_by_name) {
  EXPECT_EQ(producer_error({{"lingerms", "5"}}), "lingerms: unknown property");
  EXPECT_EQ(consumer_error({{"acks", "all"}}), "acks: unknown property");
  EXPECT_TRUE(producer_error({{"acks", "2"}}).starts_with("acks:"));
  EXPECT_TRUE(producer_error({{"batch.size", "16k"}}).starts_with("batch.size:"));
  EXPECT_TRUE(producer_error({{"linger.ms", "-1"}}).starts_with("linger.ms:"));
  EXPECT_TRUE(producer_error({{"retries", "99999999999"}}).starts_with("retries:"));
  EXPECT_TRUE(producer_error({{"compression.type", "rar"}}).starts_with("compression.type:"));
  EXPECT_TRUE(consumer_error({{"max.poll.records", "0"}}).starts_with("max.poll.records:"));
  EXPECT_TRUE(consumer_error({{"check.crcs", "maybe"}}).starts_with("check.crcs:"));
  EXPECT_TRUE(consumer_error({{"auto.offset.reset", "x"}}).starts_with("auto.offset.reset:"));
  for (const char* servers : {"", "host", ":9092", "host:0", "host:99999", "host:12x", "a:1,,b:2"})
    EXPECT_TRUE(consumer_error({{"bootstrap.servers", servers}}).starts_with("bootstrap.servers:"))
        << servers;
}

TEST(ClientConfig, weaker_settings_switch_idempotence_off_but_contradict_a_demand) {
  EXPECT_FALSE(parse_producer_config({{"acks", "1"}})->enable_idempotence);
  EXPECT_FALSE(parse_producer_config({{"retries", "0"}})->enable_idempotence);
  EXPECT_TRUE(producer_error({{"acks", "1"}, {"enable.idempotence", "true"}})
                  .starts_with("enable.idempotence:"));
  EXPECT_TRUE(producer_error(
                  {{"max.in.flight.requests.per.connection", "6"}, {"enable.idempotence", "true"}})
                  .starts_with("enable.idempotence:"));
  EXPECT_FALSE(parse_producer_config({{"enable.idempotence", "false"}})->promises_order());
  EXPECT_TRUE(parse_producer_config(
                  {{"enable.idempotence", "false"}, {"max.in.flight.requests.per.connection", "1"}})
                  ->promises_order());
}

TEST(ClientConfig, a_default_delivery_timeout_grows_and_a_short_demand_is_refused) {
  const auto grown = parse_producer_config({{"request.timeout.ms", "200000"}});
  ASSERT_TRUE(grown.has_value());
  EXPECT_EQ(grown->delivery_timeout, milliseconds(200005));
  EXPECT_TRUE(producer_error({{"delivery.timeout.ms", "30004"}}).starts_with("delivery.timeout"));
  EXPECT_EQ(producer_error({{"delivery.timeout.ms", "30005"}}), "");
}

}  // namespace
}  // namespace faultline::client
