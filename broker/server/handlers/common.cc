// SPDX-License-Identifier: Apache-2.0
// Lookups and error codes.
#include "broker/server/handlers/common.h"

#include "broker/env/history_events.h"
#include "broker/server/server_events.h"

namespace faultline::server {

using wire::KafkaError;

PartitionLookup find_leader(BrokerContext& broker, std::string_view topic, int32_t index,
                            LeaderEpoch current_leader_epoch) {
  const metadata::PartitionImage* image = broker.metadata.image().find_partition(topic, index);
  if (image == nullptr) return {nullptr, KafkaError::kUnknownTopicOrPartition};
  if (broker.health.has_failed()) return {nullptr, KafkaError::kKafkaStorageError};
  Partition* partition = broker.partitions.find(topic, index);
  if (partition == nullptr) return {nullptr, KafkaError::kNotLeaderOrFollower};
  if (current_leader_epoch >= 0 && current_leader_epoch < partition->leader_epoch)
    return {nullptr, KafkaError::kFencedLeaderEpoch};
  if (current_leader_epoch > partition->leader_epoch)
    return {nullptr, KafkaError::kUnknownLeaderEpoch};
  if (!partition->is_leader) return {nullptr, KafkaError::kNotLeaderOrFollower};
  return {partition, KafkaError::kNone, image};
}

log::EpochEnd end_of_epoch(const Partition& partition, LeaderEpoch epoch) {
  const Offset log_end = partition.log->log_end_offset();
  log::LeaderEpochCache epochs = partition.log->leader_epochs();
  epochs.assign_if_newer(partition.leader_epoch, log_end);
  return epochs.end_of(epoch, log_end);
}

const std::string* topic_name_of(BrokerContext& broker, const Uuid& id) {
  const metadata::TopicImage* topic = broker.metadata.image().find_topic(id);
  return topic == nullptr ? nullptr : &topic->name;
}

Task<void> await_logs(BrokerContext& broker) {
  constexpr Duration kPatience = milliseconds(1000);
  const Instant deadline = broker.env.clock.now() + kPatience;
  const Result<void> settled = co_await broker.controller.settled(deadline);
  (void)settled;
}

KafkaError to_kafka_error(BrokerContext& broker, const Error& error) {
  broker.health.report(error);
  switch (error.code) {
    case ErrorCode::kOutOfRange: return KafkaError::kOffsetOutOfRange;
    case ErrorCode::kCorrupt:
    case ErrorCode::kTruncated: return KafkaError::kCorruptMessage;
    case ErrorCode::kTooLarge: return KafkaError::kMessageTooLarge;
    case ErrorCode::kTimedOut: return KafkaError::kRequestTimedOut;
    case ErrorCode::kClosed:  // deleted meanwhile
      return KafkaError::kNotLeaderOrFollower;
    case ErrorCode::kIo:
    case ErrorCode::kNoSpace:
    case ErrorCode::kReadOnly:
    case ErrorCode::kFenced: return KafkaError::kKafkaStorageError;
    default: return KafkaError::kUnknownServerError;
  }
}

// NOLINTNEXTLINE(readability-function-size): the fields of the event
void note_refusal(BrokerContext& broker, std::string_view api, std::string_view topic,
                  int32_t partition, KafkaError error, std::string detail) {
  RequestRefused event;
  event.api = api;
  event.topic = topic;
  event.partition = partition;
  event.error_code = static_cast<int16_t>(error);
  event.error = wire::to_string(error);
  event.detail = std::move(detail);
  emit(broker.env.probe, history::partition_entity(topic, partition), event);
}

}  // namespace faultline::server
