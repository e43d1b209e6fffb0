// SPDX-License-Identifier: Apache-2.0
// Decisions besides the creation of topics: their deletion, producer ids, elections, a new
// cluster.
#include "broker/metadata/decide.h"

#include <limits>
#include <set>

namespace faultline::metadata {
namespace {

using wire::KafkaError;

DeletedTopic refuse(const TopicToDelete& topic, KafkaError error, std::string message) {
  DeletedTopic answer;
  answer.name = topic.name;
  answer.id = topic.id;
  answer.error = error;
  answer.message = std::move(message);
  return answer;
}

// Kafka's sentences are the defaults of its exceptions.
DeletedTopic decide_delete(const TopicToDelete& topic, const MetadataImage& image) {
  if (topic.name && !topic.id.is_zero())
    return refuse(topic, KafkaError::kInvalidRequest,
                  "You may not specify both topic name and topic id.");
  if (!topic.name && topic.id.is_zero())
    return refuse(topic, KafkaError::kInvalidRequest, "Neither topic name nor id were specified.");
  const TopicImage* found = topic.name ? image.find_topic(*topic.name) : image.find_topic(topic.id);
  if (found == nullptr && topic.name)
    return refuse(topic, KafkaError::kUnknownTopicOrPartition,
                  "This server does not host this topic-partition.");
  if (found == nullptr)
    return refuse(topic, KafkaError::kUnknownTopicId, "This server does not host this topic ID.");
  DeletedTopic answer;
  answer.name = found->name;
  answer.id = found->id;
  return answer;
}

}  // namespace

DeleteTopicsDecision decide_delete_topics(const std::vector<TopicToDelete>& topics,
                                          const MetadataImage& image) {
  DeleteTopicsDecision decision;
  std::set<Uuid> removed;
  for (const TopicToDelete& topic : topics) {
    DeletedTopic answer = decide_delete(topic, image);
    if (answer.error == KafkaError::kNone) {
      if (removed.insert(answer.id).second)
        decision.records.emplace_back(wire::RemoveTopicRecord{answer.id});
      else
        answer = refuse(topic, KafkaError::kInvalidRequest,
                        topic.name ? "Duplicate topic name." : "Duplicate topic id.");
    }
    decision.topics.push_back(std::move(answer));
  }
  return decision;
}

Result<ProducerIdBlock> decide_producer_ids(int32_t broker_id, const MetadataImage& image) {
  const auto broker = image.brokers.find(broker_id);
  if (broker == image.brokers.end())
    return fail(ErrorCode::kNotFound, "broker " + std::to_string(broker_id) + " is unknown");
  if (image.next_producer_id > INT64_MAX - kProducerIdBlockSize)
    return fail(ErrorCode::kOutOfRange, "producer ids are used up");
  ProducerIdBlock block;
  block.first = image.next_producer_id;
  block.record.broker_id = broker_id;
  block.record.broker_epoch = broker->second.epoch;
  block.record.next_producer_id = image.next_producer_id + kProducerIdBlockSize;
  return block;
}

MetadataRecord decide_election(const TopicImage& topic, int32_t partition, int32_t leader,
                               LeaderEpoch log_epoch) {
  const PartitionImage& now = topic.partitions.at(partition);
  const bool is_behind =
      log_epoch > now.leader_epoch && log_epoch < std::numeric_limits<LeaderEpoch>::max();
  if (!is_behind) {
    wire::PartitionChangeRecord change;  // raises the epoch by one
    change.partition_id = partition;
    change.topic_id = topic.id;
    change.leader = leader;
    return change;
  }
  wire::PartitionRecord record;
  record.partition_id = partition;
  record.topic_id = topic.id;
  record.replicas = now.replicas;
  record.isr = now.isr;
  record.directories = now.directories;
  record.leader = leader;
  record.leader_epoch = log_epoch + 1;
  record.partition_epoch = now.partition_epoch + 1;
  return record;
}

std::vector<MetadataRecord> decide_bootstrap(const MetadataImage& image) {
  std::vector<MetadataRecord> records;
  if (image.features.contains("metadata.version")) return records;
  records.emplace_back(wire::BeginTransactionRecord{"Bootstrap records"});
  records.emplace_back(wire::FeatureLevelRecord{"metadata.version", kMetadataVersion});
  records.emplace_back(wire::EndTransactionRecord{});
  return records;
}

}  // namespace faultline::metadata
