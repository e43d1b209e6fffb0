// SPDX-License-Identifier: Apache-2.0
// Topics and their configurations.
#include "broker/wire/messages_change_configs.h"
#include "broker/wire/messages_change_topics.h"
#include "broker/wire/messages_cluster.h"
#include "broker/wire/messages_configs.h"
#include "broker/wire/messages_create_topics.h"
#include "broker/wire/messages_delete_topics.h"
#include "broker/wire/messages_log_dirs.h"
#include "broker/wire/messages_metadata.h"
#include "broker/wire/messages_topic_partitions.h"
#include "tests/kafka/operations.h"

namespace faultline::differential {
namespace {

using wire::ApiKey;
using wire::KafkaError;

constexpr int8_t kTopicResource = 2;
constexpr int8_t kBrokerResource = 4;

struct Config {
  const char* name;
  const char* value;
};
constexpr Config kLegal[] = {
    {"cleanup.policy", "compact"},
    {"cleanup.policy", "delete,compact"},
    {"compression.type", "gzip"},
    {"compression.type", "producer"},
    {"max.message.bytes", "2000"},
    {"message.timestamp.type", "LogAppendTime"},
    {"retention.ms", "-1"},
    {"retention.bytes", "1000000000"},
    {"segment.bytes", "1048576"},
    {"min.insync.replicas", "2"},
    {"segment.ms", "100000000"},
    {"flush.messages", "1"},
    {"message.timestamp.after.max.ms", "1000"},
};
constexpr Config kIllegal[] = {
    {"cleanup.policy", "keep"},
    {"compression.type", "rar"},
    {"max.message.bytes", "-5"},
    {"retention.ms", "soon"},
    {"segment.bytes", "1"},
    {"no.such.config", "1"},
    {"flush.messages", ""},
    {"min.insync.replicas", "0"},
    {"unclean.leader.election.enable", "maybe"},
};

wire::CreateTopicsRequest create_request(const std::string& name, int32_t partitions) {
  wire::CreateTopicsRequest request;
  request.timeout_ms = 30'000;
  auto& topic = request.topics.emplace_back();
  topic.name = name;
  topic.num_partitions = partitions;
  topic.replication_factor = 1;
  return request;
}

}  // namespace

void Operations::create_topic() {
  if (topics_.size() > 12) return;
  const std::string name = "topic-" + std::to_string(topics_made_++);
  wire::CreateTopicsRequest request =
      create_request(name, static_cast<int32_t>(draws_.between(1, 4)));
  if (one_in(2)) {
    const Config& config = kLegal[draws_.below(std::size(kLegal))];
    request.topics[0].configs.push_back({config.name, config.value});
  }
  Question<wire::CreateTopicsRequest> question;
  question.version = version_of<wire::CreateTopicsRequest>();
  question.make = [&](const Ids&) { return request; };
  const auto response = differential_.ask(question);
  differential_.settle();
  if (response.topics.empty() || response.topics[0].error_code != KafkaError::kNone) return;
  topics_[name].partitions = request.topics[0].num_partitions;
  // Older versions do not tell the id.
  Question<wire::MetadataRequest> metadata;
  metadata.version = 12;
  metadata.make = [&](const Ids&) {
    wire::MetadataRequest ask;
    ask.topics.emplace();
    ask.topics->push_back({Uuid{}, name});
    ask.allow_auto_topic_creation = false;
    return ask;
  };
  metadata.learn = [&](Ids& ids, const wire::MetadataResponse& answer) {
    ids.topics[name] = answer.topics.at(0).topic_id;
  };
  differential_.ask(metadata);
}

void Operations::create_illegal_topic() {
  wire::CreateTopicsRequest request = create_request("illegal", 1);
  auto& topic = request.topics[0];
  switch (draws_.below(9)) {
    case 0: topic.name = pick<std::string>({"", ".", "..", "a b", std::string(250, 'x')}); break;
    case 1: topic.num_partitions = pick({0, -2}); break;
    case 2: topic.replication_factor = pick<int16_t>({0, 2, -3}); break;
    case 3: {
      const Config& config = kIllegal[draws_.below(std::size(kIllegal))];
      topic.configs.push_back({config.name, config.value});
      break;
    }
    case 4: topic.name = real_topic(); break;
    case 5: request.topics.push_back(topic); break;
    case 6: topic.assignments.push_back({0, {1}}); break;
    case 7:
      topic.num_partitions = -1;
      topic.replication_factor = -1;
      topic.assignments.push_back({pick({0, 1}), {pick({1, 7})}});
      break;
    default: topic.configs.push_back({"retention.ms", std::nullopt}); break;
  }
  request.validate_only = true;
  Question<wire::CreateTopicsRequest> question;
  question.version = version_of<wire::CreateTopicsRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::delete_topic() {
  const std::string name = topics_.size() < 4 ? "nowhere" : some_topic();
  Question<wire::DeleteTopicsRequest> question;
  question.version = version_of<wire::DeleteTopicsRequest>();
  question.make = [&](const Ids& ids) {
    wire::DeleteTopicsRequest request;
    request.timeout_ms = 30'000;
    if (question.version < 6) {
      request.topic_names.push_back(name);
    } else if (topics_.contains(name) && name.size() % 2 == 0) {
      request.topics.push_back({std::nullopt, ids.topic(name)});
    } else {
      request.topics.push_back({name, Uuid{}});
    }
    return request;
  };
  const auto response = differential_.ask(question);
  differential_.settle();
  if (!response.responses.empty() && response.responses[0].error_code == KafkaError::kNone)
    topics_.erase(name);
}

void Operations::create_partitions() {
  if (!differential_.serves(ApiKey::kCreatePartitions)) return;
  const std::string name = some_topic();
  const int32_t before = topics_.contains(name) ? topics_.at(name).partitions : 1;
  wire::CreatePartitionsRequest request;
  request.timeout_ms = 30'000;
  auto& topic = request.topics.emplace_back();
  topic.name = name;
  topic.count = before + pick({0, -1, 1, 1, 2});
  if (one_in(4)) topic.assignments.emplace().push_back({{pick({1, 9})}});
  if (one_in(8)) request.topics.push_back(topic);
  request.validate_only = one_in(3);
  Question<wire::CreatePartitionsRequest> question;
  question.version = version_of<wire::CreatePartitionsRequest>();
  question.make = [&](const Ids&) { return request; };
  const auto response = differential_.ask(question);
  differential_.settle();
  const bool is_done = response.results.size() == 1 && !request.validate_only &&
                       response.results[0].error_code == KafkaError::kNone;
  if (is_done) topics_.at(name).partitions = request.topics[0].count;
}

void Operations::alter_configs() {
  if (!differential_.serves(ApiKey::kAlterConfigs)) return;
  const Config& config = one_in(3) ? kIllegal[draws_.below(std::size(kIllegal))]
                                   : kLegal[draws_.below(std::size(kLegal))];
  wire::AlterConfigsRequest request;
  auto& resource = request.resources.emplace_back();
  resource.resource_type = one_in(10) ? pick<int8_t>({0, 3}) : kTopicResource;
  resource.resource_name = some_topic();
  resource.configs.push_back({config.name, config.value});
  if (one_in(8)) resource.configs.back().value.reset();
  request.validate_only = one_in(3);
  Question<wire::AlterConfigsRequest> question;
  question.version = version_of<wire::AlterConfigsRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
  differential_.settle();
}

void Operations::alter_configs_incrementally() {
  if (!differential_.serves(ApiKey::kIncrementalAlterConfigs)) return;
  const Config& config = one_in(3) ? kIllegal[draws_.below(std::size(kIllegal))]
                                   : kLegal[draws_.below(std::size(kLegal))];
  wire::IncrementalAlterConfigsRequest request;
  auto& resource = request.resources.emplace_back();
  resource.resource_type = one_in(10) ? pick<int8_t>({0, 3}) : kTopicResource;
  resource.resource_name = some_topic();
  auto& change = resource.configs.emplace_back();
  change.name = config.name;
  change.config_operation = pick<int8_t>({0, 0, 0, 1, 2, 3, 9});
  change.value = config.value;
  if (change.config_operation == 1) change.value.reset();
  if (one_in(10)) resource.configs.push_back(change);
  request.validate_only = one_in(4);
  Question<wire::IncrementalAlterConfigsRequest> question;
  question.version = version_of<wire::IncrementalAlterConfigsRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
  differential_.settle();
}

void Operations::describe_configs() {
  wire::DescribeConfigsRequest request;
  auto& resource = request.resources.emplace_back();
  resource.resource_type = one_in(12) ? pick<int8_t>({0, 3, 99}) : kTopicResource;
  resource.resource_name = some_topic();
  if (one_in(2))
    resource.configuration_keys = std::vector<std::string>{pick<std::string>(
        {"retention.ms", "cleanup.policy", "max.message.bytes", "no.such.config"})};
  if (one_in(6)) {
    resource.resource_type = kBrokerResource;
    resource.resource_name = pick<std::string>({"1", "7", "one"});
    resource.configuration_keys = std::vector<std::string>{"num.partitions", "log.retention.ms"};
  }
  request.include_synonyms = one_in(2);
  Question<wire::DescribeConfigsRequest> question;
  question.version = version_of<wire::DescribeConfigsRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::ask_metadata() {
  std::set<std::string> names;  // of one named twice Kafka tells once
  for (uint64_t i = draws_.below(4); i > 0; --i) names.insert(some_topic());
  const bool asks_by_id = one_in(3);
  const bool asks_all = one_in(6);
  Question<wire::MetadataRequest> question;
  question.version = version_of<wire::MetadataRequest>();
  question.make = [&](const Ids& ids) {
    wire::MetadataRequest request;
    request.allow_auto_topic_creation = false;
    if (asks_all && question.version > 0) return request;
    request.topics.emplace();
    for (const std::string& name : names) {
      if (asks_by_id && question.version >= 12)
        request.topics->push_back({ids.topic(name), std::nullopt});
      else
        request.topics->push_back({Uuid{}, name});
    }
    return request;
  };
  differential_.ask(question);
}

void Operations::describe_cluster() {
  if (!differential_.serves(ApiKey::kDescribeCluster)) return;
  wire::DescribeClusterRequest request;
  request.include_cluster_authorized_operations = one_in(2);
  if (one_in(4)) request.endpoint_type = pick<int8_t>({0, 2, 5});
  Question<wire::DescribeClusterRequest> question;
  question.version = version_of<wire::DescribeClusterRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::describe_topic_partitions() {
  if (!differential_.serves(ApiKey::kDescribeTopicPartitions)) return;
  wire::DescribeTopicPartitionsRequest request;
  for (uint64_t i = draws_.below(4); i > 0; --i)
    request.topics.push_back({one_in(6) ? "nowhere" : real_topic()});
  request.response_partition_limit = pick({1, 3, 2000});
  if (one_in(4)) request.cursor = {real_topic(), pick({0, 1, -1})};
  Question<wire::DescribeTopicPartitionsRequest> question;
  question.version = version_of<wire::DescribeTopicPartitionsRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

void Operations::describe_log_dirs() {
  if (!differential_.serves(ApiKey::kDescribeLogDirs)) return;
  wire::DescribeLogDirsRequest request;
  auto& topic = request.topics.emplace().emplace_back();
  topic.topic = some_topic();
  topic.partitions = {0, pick({1, 17})};
  Question<wire::DescribeLogDirsRequest> question;
  question.version = version_of<wire::DescribeLogDirsRequest>();
  question.make = [&](const Ids&) { return request; };
  differential_.ask(question);
}

}  // namespace faultline::differential
