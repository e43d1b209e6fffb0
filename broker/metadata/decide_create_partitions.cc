// SPDX-License-Identifier: Apache-2.0
// CreatePartitions, judged in Kafka's order and with its sentences.
#include "broker/metadata/decide_create_partitions.h"

#include <map>

#include "broker/metadata/placement.h"
#include "broker/metadata/topic_name.h"

namespace faultline::metadata {
namespace {

using wire::KafkaError;

Verdict check_count(const TopicToGrow& wanted, int32_t present) {
  const std::string count = std::to_string(present);
  if (wanted.count == present)
    return refuse(KafkaError::kInvalidPartitions, "Topic already has " + count + " partition(s).");
  if (wanted.count < present)
    return refuse(KafkaError::kInvalidPartitions,
                  "The topic " + wanted.name + " currently has " + count + " partition(s); " +
                      std::to_string(wanted.count) + " would not be an increase.");
  const int32_t added = wanted.count - present;
  if (wanted.assignments && wanted.assignments->size() != static_cast<size_t>(added))
    return refuse(
        KafkaError::kInvalidReplicaAssignment,
        "Attempted to add " + std::to_string(added) + " additional partition(s), but only " +
            std::to_string(wanted.assignments->size()) + " assignment(s) were specified.");
  if (added > kPartitionsPerRequestMax)
    return refuse(KafkaError::kPolicyViolation,
                  "Unable to perform excessively large batch operation.");
  if (wanted.name == kOffsetsTopicName)
    return refuse(KafkaError::kInvalidPartitions,
                  "The number of partitions for the offsets topic cannot be changed.");
  return std::nullopt;
}

Placement place_by_hand(const std::vector<std::vector<int32_t>>& by_hand, int32_t first,
                        size_t replicas, const MetadataImage& image) {
  Placement placement;
  for (const std::vector<int32_t>& brokers : by_hand) {
    const Assignment assignment{first++, brokers};
    placement.refusal = check_assignment(assignment, replicas, image);
    if (placement.refusal) return placement;
    placement.assignments.push_back(assignment);
  }
  return placement;
}

Verdict grow(const TopicToGrow& wanted, const MetadataImage& image,
             std::vector<MetadataRecord>& records) {
  const TopicImage* topic = image.find_topic(wanted.name);
  if (topic == nullptr || topic->partitions.empty())
    return refuse(KafkaError::kUnknownTopicOrPartition, "");
  const auto present = static_cast<int32_t>(topic->partitions.size());
  if (Verdict verdict = check_count(wanted, present)) return verdict;
  const size_t replicas = topic->partitions.begin()->second.replicas.size();
  Placement placement;
  if (wanted.assignments) {
    placement = place_by_hand(*wanted.assignments, present, replicas, image);
  } else {
    PlacementSpec spec;
    spec.first_partition = present;
    spec.count = wanted.count - present;
    spec.replication_factor = static_cast<int16_t>(replicas);
    placement = place_partitions(spec, image);
  }
  if (placement.refusal) return placement.refusal;
  for (const Assignment& assignment : placement.assignments)
    records.emplace_back(partition_record(assignment, topic->id, image));
  return std::nullopt;
}

}  // namespace

CreatePartitionsDecision decide_create_partitions(const std::vector<TopicToGrow>& topics,
                                                  const MetadataImage& image) {
  CreatePartitionsDecision decision;
  std::map<std::string_view, int> times;
  for (const TopicToGrow& topic : topics) ++times[topic.name];
  for (const TopicToGrow& topic : topics) {
    int& occurrences = times[topic.name];
    if (occurrences < 0) continue;  // answered already
    GrownTopic& answer = decision.topics.emplace_back();
    answer.name = topic.name;
    Verdict verdict;
    if (occurrences > 1) {
      occurrences = -1;
      verdict = refuse(KafkaError::kInvalidRequest, "Duplicate topic name.");
    } else {
      verdict = grow(topic, image, decision.records);
    }
    if (!verdict) continue;
    answer.error = verdict->error;
    if (!verdict->message.empty()) answer.message = std::move(verdict->message);
  }
  return decision;
}

}  // namespace faultline::metadata
