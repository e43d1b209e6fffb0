// SPDX-License-Identifier: Apache-2.0
// Metadata (3): brokers, and topics by name or id, made on demand where that is allowed. Null
// topics mean all and an empty list none, except in version 0, where an empty list means all. A
// topic that is made on demand is reported as unknown this once, as Kafka does: the client asks
// again.
#include "broker/metadata/topic_name.h"
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::MetadataRequest;
using Response = wire::MetadataResponse;

Response::Topic describe(const metadata::TopicImage& topic, bool with_operations) {
  Response::Topic answer;
  answer.name = topic.name;
  answer.topic_id = topic.id;
  answer.is_internal = metadata::is_internal_topic(topic.name);
  if (with_operations) answer.topic_authorized_operations = kTopicOperations;
  for (const auto& [index, partition] : topic.partitions) {
    Response::Topic::Partition& entry = answer.partitions.emplace_back();
    entry.error_code = partition.leader < 0 ? KafkaError::kLeaderNotAvailable : KafkaError::kNone;
    entry.partition_index = index;
    entry.leader_id = partition.leader;
    entry.leader_epoch = partition.leader_epoch;
    entry.replica_nodes = partition.replicas;
    entry.isr_nodes = partition.isr;
  }
  return answer;
}

Response::Topic unknown(const Request::Topic& topic, KafkaError error) {
  Response::Topic answer;
  answer.error_code = error;
  answer.name = topic.name;
  answer.topic_id = topic.topic_id;
  answer.is_internal = metadata::is_internal_topic(topic.name.value_or(""));
  return answer;
}

Response::Topic answer_topic(const metadata::MetadataImage& image, const Request::Topic& topic,
                             bool with_operations) {
  if (!topic.topic_id.is_zero()) {
    const metadata::TopicImage* by_id = image.find_topic(topic.topic_id);
    if (by_id == nullptr) return unknown({topic.topic_id, {}}, KafkaError::kUnknownTopicId);
    return describe(*by_id, with_operations);
  }
  if (!topic.name) return unknown(topic, KafkaError::kInvalidRequest);
  const metadata::TopicImage* found = image.find_topic(*topic.name);
  if (found != nullptr) return describe(*found, with_operations);
  const bool is_legal = metadata::topic_name_problem(*topic.name).empty();
  return unknown(
      topic, is_legal ? KafkaError::kUnknownTopicOrPartition : KafkaError::kInvalidTopicException);
}

std::vector<metadata::NewTopic> missing_topics(const metadata::MetadataImage& image,
                                               const std::vector<Request::Topic>& topics) {
  std::vector<metadata::NewTopic> missing;
  for (const Request::Topic& topic : topics) {
    const bool is_missing = topic.name && image.find_topic(*topic.name) == nullptr &&
                            metadata::topic_name_problem(*topic.name).empty();
    if (!is_missing) continue;
    metadata::NewTopic wanted;
    wanted.name = *topic.name;
    missing.push_back(std::move(wanted));
  }
  return missing;
}

void describe_cluster(BrokerContext& broker, const Request& request, Response& response) {
  for (const auto& [id, image] : broker.metadata.image().brokers) {
    if (image.is_fenced || image.endpoints.empty()) continue;
    Response::Broker& entry = response.brokers.emplace_back();
    entry.node_id = id;
    entry.host = image.endpoints.front().host;
    entry.port = image.endpoints.front().port;
    entry.rack = image.rack;
  }
  response.cluster_id = broker.cluster_id;
  response.controller_id = broker.config.node_id;
  if (request.include_cluster_authorized_operations)
    response.cluster_authorized_operations = kClusterOperations;
}

// Versions 10 and 11 have ids in their requests, but no broker takes them: the whole request is
// bad.
bool has_illegal_ids(const Request& request, int version) {
  if (version >= 12 || !request.topics) return false;
  for (const Request::Topic& topic : *request.topics)
    if (!topic.topic_id.is_zero() || !topic.name) return true;
  return false;
}

Response refuse_all(const Request& request) {
  Response response;
  if (!request.topics) return response;
  for (const Request::Topic& topic : *request.topics)
    response.topics.push_back(unknown(topic, KafkaError::kInvalidRequest));
  return response;
}

}  // namespace

Task<Response> handle_metadata(BrokerContext& broker, RequestInfo info, Request request) {
  if (has_illegal_ids(request, info.version)) co_return refuse_all(request);
  Response response;
  const bool wants_all = !request.topics || (info.version == 0 && request.topics->empty());
  const bool with_operations = request.include_topic_authorized_operations;
  const metadata::MetadataImage& image = broker.metadata.image();
  if (wants_all) {
    for (const auto& [name, topic] : image.topics)
      response.topics.push_back(describe(topic, with_operations));
    describe_cluster(broker, request, response);
    co_return response;
  }
  for (const Request::Topic& topic : *request.topics)
    response.topics.push_back(answer_topic(image, topic, with_operations));
  describe_cluster(broker, request, response);
  const bool may_create = request.allow_auto_topic_creation && broker.settings.auto_create_topics;
  std::vector<metadata::NewTopic> missing;
  if (may_create) missing = missing_topics(image, *request.topics);
  if (!missing.empty()) {
    const auto created = co_await broker.controller.create_topics(std::move(missing), false);
    if (!created) {
      const KafkaError error = to_kafka_error(broker, created.error());
      note_refusal(broker, "Metadata", "", -1, error, created.error().to_string());
    } else {
      co_await await_logs(broker);
    }
  }
  co_return response;
}

}  // namespace faultline::server
