// SPDX-License-Identifier: Apache-2.0
// DeleteRecords (21): all before an offset is gone at once for readers; -1 means all that there is.
// As in Kafka the new start is written down with the next checkpoint of log starts, and segments go
// with the next check of retention: a crash before may bring records back.
#include "broker/metadata/topic_name.h"
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::DeleteRecordsRequest;
using Response = wire::DeleteRecordsResponse;
using PartitionAnswer = Response::Topic::Partition;

constexpr Offset kHighWatermark = -1;

PartitionAnswer refuse(BrokerContext& broker, std::string_view topic, int32_t index,
                       KafkaError error) {
  note_refusal(broker, "DeleteRecords", topic, index, error);
  return {index, -1, error};
}

Task<PartitionAnswer> cut(BrokerContext& broker, std::string topic, int32_t index, Offset offset) {
  const PartitionLookup lookup = find_leader(broker, topic, index);
  if (lookup.partition == nullptr) co_return refuse(broker, topic, index, lookup.error);
  if (metadata::is_internal_topic(topic))
    co_return refuse(broker, topic, index, KafkaError::kInvalidTopicException);
  const PartitionPin partition(*lookup.partition);
  log::Log& log = *partition->log;
  if (!log.config().delete_by_retention)
    co_return refuse(broker, topic, index, KafkaError::kPolicyViolation);
  const Offset start = offset == kHighWatermark ? log.high_watermark() : offset;
  const Result<void> deleted = co_await log.delete_records_before(start);
  if (!deleted) {
    const KafkaError error = to_kafka_error(broker, deleted.error());
    co_return refuse(broker, topic, index, error);
  }
  PartitionAnswer answer;
  answer.partition_index = index;
  answer.low_watermark = log.log_start_offset();
  co_return answer;
}

}  // namespace

Task<Response> handle_delete_records(BrokerContext& broker, RequestInfo, Request request) {
  Response response;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic answers;
    answers.name = topic.name;
    for (const Request::Topic::Partition& partition : topic.partitions) {
      PartitionAnswer answer =
          co_await cut(broker, topic.name, partition.partition_index, partition.offset);
      answers.partitions.push_back(answer);
    }
    response.topics.push_back(std::move(answers));
  }
  co_return response;
}

}  // namespace faultline::server
