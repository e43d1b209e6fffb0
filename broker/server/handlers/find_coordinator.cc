// SPDX-License-Identifier: Apache-2.0
// FindCoordinator (10): which broker keeps a group. On one node it is always this one, once the
// topic that keeps groups is there; the first request makes it. Transactions have no coordinator
// yet.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Response = wire::FindCoordinatorResponse;
constexpr const char* kMalformed =
    "This most likely occurs because of a request being malformed by the client library or the "
    "message was sent to an incompatible broker. See the broker logs for more details.";
constexpr int8_t kGroupKey = 0;
constexpr int8_t kTransactionKey = 1;

Task<KafkaError> make_offsets_topic(BrokerContext& broker) {
  std::vector<metadata::NewTopic> wanted(1);
  wanted[0].name = kOffsetsTopic;
  wanted[0].partition_count = broker.groups.config().partitions;
  wanted[0].configs = {{"cleanup.policy", "compact"},
                       {"compression.type", "producer"},
                       {"segment.bytes", "104857600"}};
  const auto created = co_await broker.controller.create_topics(std::move(wanted), false);
  if (!created) {
    const KafkaError error = to_kafka_error(broker, created.error());
    note_refusal(broker, "FindCoordinator", kOffsetsTopic, -1, error, created.error().to_string());
    co_return KafkaError::kCoordinatorNotAvailable;
  }
  co_await await_logs(broker);
  co_return KafkaError::kNone;
}

Task<Response::Coordinator> find(BrokerContext& broker, std::string key, int8_t key_type) {
  Response::Coordinator found;
  found.key = key;
  found.node_id = -1;
  found.port = -1;
  const bool is_group = key_type == kGroupKey;
  if (!is_group) {
    const bool is_transaction = key_type == kTransactionKey;
    found.error_code =
        is_transaction ? KafkaError::kCoordinatorNotAvailable : KafkaError::kInvalidRequest;
    found.error_message = is_transaction ? "transactions are not served" : kMalformed;
    co_return found;
  }
  if (broker.partitions.find_topic(kOffsetsTopic) == nullptr) {
    found.error_code = co_await make_offsets_topic(broker);
    if (found.error_code != KafkaError::kNone) co_return found;
  }
  const metadata::MetadataImage& image = broker.metadata.image();
  const int32_t partition = groups::partition_of_group(key, broker.groups.config().partitions);
  const metadata::PartitionImage* place = image.find_partition(kOffsetsTopic, partition);
  const auto leader = place == nullptr ? image.brokers.end() : image.brokers.find(place->leader);
  const bool is_there = leader != image.brokers.end() && !leader->second.endpoints.empty();
  if (!is_there) {
    found.error_code = KafkaError::kCoordinatorNotAvailable;
    co_return found;
  }
  found.error_message = "";
  found.node_id = leader->first;
  found.host = leader->second.endpoints.front().host;
  found.port = leader->second.endpoints.front().port;
  co_return found;
}

}  // namespace

Task<Response> handle_find_coordinator(BrokerContext& broker, RequestInfo info,
                                       wire::FindCoordinatorRequest request) {
  Response response;
  if (info.version < 4) request.coordinator_keys = {request.key};
  for (const std::string& key : request.coordinator_keys) {
    Response::Coordinator found = co_await find(broker, key, request.key_type);
    response.coordinators.push_back(std::move(found));
  }
  if (info.version >= 4) co_return response;
  const Response::Coordinator& only = response.coordinators.front();
  response.error_code = only.error_code;
  const bool is_found = only.error_code == KafkaError::kNone;
  response.error_message = is_found ? "NONE" : only.error_message;  // as Kafka says it
  response.node_id = only.node_id;
  response.host = only.host;
  response.port = only.port;
  co_return response;
}

}  // namespace faultline::server
