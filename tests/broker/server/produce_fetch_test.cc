// SPDX-License-Identifier: Apache-2.0
// Goal: what is produced is fetched, in Kafka's terms, across restarts too. Method: a broker on
// ports in memory, spoken to in bytes.
#include "broker/wire/messages_create_topics.h"
#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_produce.h"
#include "tests/broker/server/server_fixture.h"

namespace faultline::server {
namespace {

using wire::KafkaError;

wire::CreateTopicsRequest create(const std::string& name, int32_t partitions = 1,
                                 std::map<std::string, std::string> configs = {}) {
  wire::CreateTopicsRequest request;
  auto& topic = request.topics.emplace_back();
  topic.name = name;
  topic.num_partitions = partitions;
  topic.replication_factor = 1;
  for (const auto& [key, value] : configs) topic.configs.push_back({key, value});
  return request;
}

wire::ProduceRequest produce(const std::string& topic, Slice batch, int16_t acks = -1) {
  wire::ProduceRequest request;
  request.acks = acks;
  request.timeout_ms = 1000;
  auto& data = request.topic_data.emplace_back();
  data.name = topic;
  data.partition_data.push_back({0, std::move(batch)});
  return request;
}

wire::FetchRequest fetch(const std::string& topic, int64_t offset, int32_t wait_ms = 0) {
  wire::FetchRequest request;
  request.max_wait_ms = wait_ms;
  request.min_bytes = 1;
  auto& wanted = request.topics.emplace_back();
  wanted.topic = topic;
  auto& partition = wanted.partitions.emplace_back();
  partition.fetch_offset = offset;
  partition.partition_max_bytes = 1 << 20;
  return request;
}

class ProduceFetch : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(machine_.boot()) << machine_.failure->to_string();
    client_ = std::make_unique<TestClient>(machine_);
  }
  void restart() {
    client_.reset();
    ASSERT_TRUE(machine_.boot()) << machine_.failure->to_string();
    client_ = std::make_unique<TestClient>(machine_);
  }
  void make_topic(const std::string& name, std::map<std::string, std::string> configs = {}) {
    const auto response = client_->call(7, create(name, 1, std::move(configs)));
    ASSERT_EQ(response.topics.at(0).error_code, KafkaError::kNone)
        << response.topics.at(0).error_message.value_or("");
  }
  wire::ProduceResponse::Topic::Partition put(const std::string& topic, Slice batch) {
    return client_->call(12, produce(topic, std::move(batch)))
        .responses.at(0)
        .partition_responses.at(0);
  }
  wire::FetchResponse::Topic::Partition get(const std::string& topic, int64_t offset) {
    return client_->call(12, fetch(topic, offset)).responses.at(0).partitions.at(0);
  }

  TestMachine machine_;
  std::unique_ptr<TestClient> client_;
};

TEST_F(ProduceFetch, what_is_produced_is_fetched) {
  make_topic("t");
  const auto first = put("t", make_batch({"a", "b"}));
  EXPECT_EQ(first.error_code, KafkaError::kNone);
  EXPECT_EQ(first.base_offset, 0);
  EXPECT_EQ(put("t", make_batch({"c"})).base_offset, 2);
  const auto all = get("t", 0);
  EXPECT_EQ(all.error_code, KafkaError::kNone);
  EXPECT_EQ(all.high_watermark, 3);
  EXPECT_EQ(values_in(*all.records), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(values_in(*get("t", 2).records), std::vector<std::string>{"c"});
}

TEST_F(ProduceFetch, records_survive_a_kill_and_an_orderly_stop) {
  make_topic("t");
  put("t", make_batch({"a"}));
  machine_.kill();
  restart();
  EXPECT_EQ(values_in(*get("t", 0).records), std::vector<std::string>{"a"});
  put("t", make_batch({"b"}));
  machine_.stop();
  EXPECT_TRUE(machine_.ended_result->has_value());
  restart();
  EXPECT_EQ(values_in(*get("t", 0).records), (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace faultline::server
