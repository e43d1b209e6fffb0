// SPDX-License-Identifier: Apache-2.0
// Goal: topics are made, described and deleted as in Kafka, and what was promised survives a
// restart. Method: requests to a broker in memory; the decisions themselves are tested in
// tests/broker/metadata.
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

class Topics : public BrokerTest {
 protected:
  void SetUp() override { start(); }
  wire::MetadataResponse::Topic describe(const std::string& name, bool may_create = false) {
    return client_->call(13, metadata_request(name, may_create)).topics.at(0);
  }
  KafkaError remove(const std::string& name) {
    wire::DeleteTopicsRequest request;
    request.topic_names = {name};
    return client_->call(5, request).responses.at(0).error_code;
  }
  std::map<std::string, wire::DescribeConfigsResponse::Result::Config> configs(
      int8_t type, const std::string& name, bool with_synonyms = false) {
    wire::DescribeConfigsRequest request;
    request.resources.push_back({type, name, std::nullopt});
    request.include_synonyms = with_synonyms;
    std::map<std::string, wire::DescribeConfigsResponse::Result::Config> found;
    for (auto& config : client_->call(4, request).results.at(0).configs)
      found[config.name] = config;
    return found;
  }
};

TEST_F(Topics, a_topic_is_described_as_it_was_created) {
  const auto created = client_->call(7, create_request("t", 3, {{"retention.ms", "5000"}}));
  const auto& answer = created.topics.at(0);
  EXPECT_EQ(answer.error_code, KafkaError::kNone);
  EXPECT_EQ(answer.num_partitions, 3);
  EXPECT_EQ(answer.replication_factor, 1);
  EXPECT_FALSE(answer.topic_id.is_zero());
  EXPECT_EQ(answer.configs->size(), 33u);
  for (int restarts = 0; restarts < 2; ++restarts) {
    const auto topic = describe("t");
    EXPECT_EQ(topic.error_code, KafkaError::kNone);
    EXPECT_EQ(topic.topic_id, answer.topic_id);
    ASSERT_EQ(topic.partitions.size(), 3u);
    EXPECT_EQ(topic.partitions[2].leader_id, 1);
    EXPECT_EQ(topic.partitions[2].leader_epoch, restarts);
    EXPECT_EQ(configs(2, "t")["retention.ms"].value, "5000");
    EXPECT_EQ(configs(2, "t")["retention.ms"].config_source, 1);
    EXPECT_EQ(configs(2, "t")["segment.bytes"].config_source, 5);
    kill_and_start();
  }
}

TEST_F(Topics, metadata_tells_of_the_cluster_and_of_topics_by_name_and_id) {
  make_topic("a");
  make_topic("b");
  wire::MetadataRequest all;
  const auto response = client_->call(13, all);
  ASSERT_EQ(response.brokers.size(), 1u);
  EXPECT_EQ(response.brokers[0].host, "localhost");
  EXPECT_EQ(response.brokers[0].port, 9092);
  EXPECT_EQ(response.cluster_id, machine_.config.cluster_id);
  EXPECT_EQ(response.controller_id, 1);
  EXPECT_EQ(response.topics.size(), 2u);
  wire::MetadataRequest none;
  none.topics.emplace();
  EXPECT_EQ(client_->call(0, none).topics.size(), 2u);
  EXPECT_EQ(client_->call(1, none).topics.size(), 0u);
  wire::MetadataRequest by_id;
  by_id.topics.emplace();
  by_id.topics->push_back({response.topics[1].topic_id, std::nullopt});
  by_id.topics->push_back({Uuid::from_words(8, 8), std::nullopt});
  const auto found = client_->call(12, by_id);
  EXPECT_EQ(found.topics.at(0).name, "b");
  EXPECT_EQ(found.topics.at(1).error_code, KafkaError::kUnknownTopicId);
  EXPECT_EQ(client_->call(11, by_id).topics.at(0).error_code, KafkaError::kInvalidRequest);
}

TEST_F(Topics, operations_are_told_when_asked_for) {
  make_topic("a");
  wire::MetadataRequest request = metadata_request("a");
  request.include_cluster_authorized_operations = true;
  request.include_topic_authorized_operations = true;
  const auto response = client_->call(8, request);
  EXPECT_EQ(response.cluster_authorized_operations, 8096);
  EXPECT_EQ(response.topics[0].topic_authorized_operations, 3576);
}

TEST_F(Topics, a_topic_is_made_on_demand_only_where_that_is_allowed) {
  EXPECT_EQ(describe("no", false).error_code, KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(describe("no", false).error_code, KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(describe("yes", true).error_code, KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(describe("yes", true).error_code, KafkaError::kNone);
  EXPECT_EQ(describe("no/way", true).error_code, KafkaError::kInvalidTopicException);
  client_.reset();
  machine_.stop();
  machine_.config.configs["auto.create.topics.enable"] = "false";
  machine_.config.configs["num.partitions"] = "4";
  start();
  EXPECT_EQ(describe("later", true).error_code, KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(describe("later", true).error_code, KafkaError::kUnknownTopicOrPartition);
  make_topic("four", {}, -1);
  EXPECT_EQ(describe("four").partitions.size(), 4u);
}

TEST_F(Topics, validation_alone_makes_nothing) {
  wire::CreateTopicsRequest request = create_request("t", 2);
  request.validate_only = true;
  EXPECT_EQ(client_->call(7, request).topics[0].error_code, KafkaError::kNone);
  EXPECT_EQ(describe("t").error_code, KafkaError::kUnknownTopicOrPartition);
  request = create_request("t", 0);
  request.validate_only = true;
  EXPECT_EQ(client_->call(7, request).topics[0].error_code, KafkaError::kInvalidPartitions);
}

TEST_F(Topics, refusals_carry_kafkas_code_and_words) {
  make_topic("t");
  const auto again = client_->call(7, create_request("t")).topics.at(0);
  EXPECT_EQ(again.error_code, KafkaError::kTopicAlreadyExists);
  EXPECT_EQ(again.error_message, "Topic 't' already exists.");
  const auto config = client_->call(7, create_request("u", 1, {{"flush.messages", "0"}}));
  EXPECT_EQ(config.topics[0].error_code, KafkaError::kInvalidConfig);
  EXPECT_EQ(remove("none"), KafkaError::kUnknownTopicOrPartition);
}

TEST_F(Topics, a_deleted_topic_is_gone_and_a_new_one_starts_from_nothing) {
  make_topic("t", {}, 2);
  put("t", make_batch({"old"}));
  const Uuid old_id = describe("t").topic_id;
  wire::DeleteTopicsRequest by_id;
  by_id.topics.push_back({std::nullopt, old_id});
  EXPECT_EQ(client_->call(6, by_id).responses.at(0).name, "t");
  EXPECT_EQ(get("t", 0).error_code, KafkaError::kUnknownTopicOrPartition);
  EXPECT_FALSE(machine_.disk.exists("kafka/t-0"));
  make_topic("t");
  EXPECT_NE(describe("t").topic_id, old_id);
  EXPECT_EQ(get("t", 0).high_watermark, 0);
  EXPECT_EQ(put("t", make_batch({"new"})).base_offset, 0);
  kill_and_start();
  EXPECT_EQ(values_in(*get("t", 0).records), std::vector<std::string>{"new"});
  EXPECT_EQ(get("t", 1).error_code, KafkaError::kNone);
}

TEST_F(Topics, deletion_can_be_forbidden) {
  make_topic("t");
  client_.reset();
  machine_.stop();
  machine_.config.configs["delete.topic.enable"] = "false";
  start();
  EXPECT_EQ(remove("t"), KafkaError::kTopicDeletionDisabled);
  wire::DeleteTopicsRequest request;
  request.topic_names = {"t"};
  EXPECT_EQ(client_->call(1, request).responses[0].error_code, KafkaError::kInvalidRequest);
}

TEST_F(Topics, producer_ids_are_never_given_twice) {
  std::set<int64_t> ids;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 700; ++i) {
      const auto answer = client_->call(4, wire::InitProducerIdRequest{});
      EXPECT_EQ(answer.error_code, KafkaError::kNone);
      EXPECT_EQ(answer.producer_epoch, 0);
      EXPECT_TRUE(ids.insert(answer.producer_id).second) << answer.producer_id;
    }
    kill_and_start();
  }
  wire::InitProducerIdRequest transactional;
  transactional.transactional_id = "tx";
  EXPECT_EQ(client_->call(4, transactional).error_code, KafkaError::kNotCoordinator);
  transactional.transactional_id = "";
  EXPECT_EQ(client_->call(4, transactional).error_code, KafkaError::kInvalidRequest);
}

TEST_F(Topics, configs_say_where_they_come_from) {
  client_.reset();
  machine_.stop();
  machine_.config.configs["log.retention.ms"] = "9000";
  start();
  make_topic("t", {{"max.message.bytes", "2000000"}});
  auto topic = configs(2, "t", true);
  EXPECT_EQ(topic["retention.ms"].value, "9000");
  EXPECT_EQ(topic["retention.ms"].config_source, 4);
  ASSERT_EQ(topic["retention.ms"].synonyms.size(), 2u);
  EXPECT_EQ(topic["retention.ms"].synonyms[1].name, "log.retention.hours");
  EXPECT_EQ(topic["retention.ms"].synonyms[1].value, "168");
  ASSERT_EQ(topic["max.message.bytes"].synonyms.size(), 2u);
  EXPECT_EQ(topic["max.message.bytes"].synonyms[0].source, 1);
  EXPECT_EQ(topic["flush.ms"].synonyms.size(), 0u);
  auto broker = configs(4, "1");
  EXPECT_EQ(broker["log.retention.ms"].config_source, 4);
  EXPECT_EQ(broker["num.partitions"].value, "1");
  EXPECT_TRUE(configs(4, "").empty());
  wire::DescribeConfigsRequest request;
  request.resources.push_back({2, "none", std::nullopt});
  request.resources.push_back({4, "9", std::nullopt});
  request.resources.push_back({77, "x", std::nullopt});
  request.resources.push_back({2, "t", std::vector<std::string>{"retention.ms"}});
  const auto answer = client_->call(1, request);
  EXPECT_EQ(answer.results[0].error_code, KafkaError::kUnknownTopicOrPartition);
  EXPECT_EQ(answer.results[1].error_code, KafkaError::kInvalidRequest);
  EXPECT_EQ(answer.results[2].error_code, KafkaError::kInvalidRequest);
  EXPECT_EQ(answer.results[3].configs.size(), 1u);
}

TEST_F(Topics, a_configuration_that_is_not_one_stops_the_start) {
  client_.reset();
  machine_.stop();
  machine_.config.configs["num.partitions"] = "many";
  EXPECT_FALSE(machine_.boot());
  EXPECT_EQ(machine_.failure->code, ErrorCode::kInvalidArgument);
  machine_.config.configs = {{"nonsense", "1"}};
  EXPECT_FALSE(machine_.boot());
}

}  // namespace
}  // namespace faultline::server
