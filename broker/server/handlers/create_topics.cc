// SPDX-License-Identifier: Apache-2.0
// CreateTopics (19): judged by decide_create_topics, written, and answered when the logs are there
// or take too long.
// From version 5 on the answer tells how the topic is configured.
#include <algorithm>

#include "broker/server/effective_configs.h"
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::CreateTopicsRequest;
using Response = wire::CreateTopicsResponse;

metadata::NewTopic to_new_topic(const Request::Topic& topic) {
  metadata::NewTopic wanted;
  wanted.name = topic.name;
  wanted.partition_count = topic.num_partitions;
  wanted.replication_factor = topic.replication_factor;
  for (const auto& assignment : topic.assignments)
    wanted.assignments.push_back({assignment.partition_index, assignment.broker_ids});
  for (const auto& config : topic.configs) wanted.configs.push_back({config.name, config.value});
  return wanted;
}

// A topic that was only validated is not in the image: its configs are those it asked for.
metadata::MetadataImage image_with(BrokerContext& broker, const Request::Topic& topic) {
  metadata::MetadataImage image;
  const std::string own = std::to_string(broker.config.node_id);
  for (const std::string& name : {std::string(), own}) {
    const metadata::ConfigResource resource{metadata::ConfigResourceType::kBroker, name};
    const metadata::ConfigMap& set = broker.metadata.image().configs_of(resource);
    if (!set.empty()) image.configs[resource] = set;
  }
  metadata::ConfigMap configs;
  for (const auto& config : topic.configs)
    if (config.value) configs[config.name] = *config.value;
  if (!configs.empty())
    image.configs[{metadata::ConfigResourceType::kTopic, topic.name}] = std::move(configs);
  return image;
}

std::vector<Response::Topic::Config> configs_of(BrokerContext& broker,
                                                const Request::Topic& topic) {
  std::vector<Response::Topic::Config> configs;
  for (const EffectiveConfig& config :
       effective_topic_configs(topic.name, image_with(broker, topic), broker.config)) {
    Response::Topic::Config& entry = configs.emplace_back();
    entry.name = config.def->name;
    entry.value = config.value;
    entry.config_source = static_cast<int8_t>(config.source);
  }
  std::sort(configs.begin(), configs.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return configs;
}

Response::Topic describe(BrokerContext& broker, const metadata::CreatedTopic& created,
                         const Request& request) {
  Response::Topic topic;
  topic.name = created.name;
  topic.error_code = created.error;
  topic.error_message = created.message;
  if (created.error != KafkaError::kNone) {
    note_refusal(broker, "CreateTopics", created.name, -1, created.error,
                 created.message.value_or(""));
    topic.configs.emplace();
    return topic;
  }
  topic.num_partitions = created.partition_count;
  topic.replication_factor = created.replication_factor;
  if (!request.validate_only) topic.topic_id = created.id;
  for (const Request::Topic& wanted : request.topics)
    if (wanted.name == created.name) topic.configs = configs_of(broker, wanted);
  return topic;
}

Response refuse_all(BrokerContext& broker, const Request& request, const Error& error) {
  Response response;
  const KafkaError code = to_kafka_error(broker, error);
  for (const Request::Topic& wanted : request.topics) {
    Response::Topic& topic = response.topics.emplace_back();
    topic.name = wanted.name;
    topic.error_code = code;
    note_refusal(broker, "CreateTopics", wanted.name, -1, code, error.to_string());
  }
  return response;
}

}  // namespace

Task<Response> handle_create_topics(BrokerContext& broker, RequestInfo, Request request) {
  std::vector<metadata::NewTopic> wanted;
  for (const Request::Topic& topic : request.topics) wanted.push_back(to_new_topic(topic));
  const Result<metadata::CreateTopicsDecision> decision =
      co_await broker.controller.create_topics(std::move(wanted), request.validate_only);
  if (!decision) co_return refuse_all(broker, request, decision.error());
  co_await await_logs(broker);
  Response response;
  for (const metadata::CreatedTopic& created : decision->topics)
    response.topics.push_back(describe(broker, created, request));
  co_return response;
}

}  // namespace faultline::server
