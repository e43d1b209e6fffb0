// SPDX-License-Identifier: Apache-2.0
// Placing partitions, with Kafka's sentences where that is impossible.
#include "broker/metadata/placement.h"

#include <algorithm>

#include "broker/base/assert.h"

namespace faultline::metadata {
namespace {

using wire::KafkaError;

Verdict check_brokers(const Assignment& assignment, const MetadataImage& image) {
  constexpr auto kError = KafkaError::kInvalidReplicaAssignment;
  if (assignment.brokers.empty())
    return refuse(kError, "The manual partition assignment includes an empty replica list.");
  std::vector<int32_t> sorted = assignment.brokers;
  std::sort(sorted.begin(), sorted.end());
  for (size_t i = 0; i < sorted.size(); ++i) {
    const std::string id = std::to_string(sorted[i]);
    if (!image.brokers.contains(sorted[i]))
      return refuse(kError, "The manual partition assignment includes broker " + id +
                                ", but no such broker is registered.");
    if (i > 0 && sorted[i] == sorted[i - 1])
      return refuse(
          kError, "The manual partition assignment includes the broker " + id + " more than once.");
  }
  return std::nullopt;
}

Uuid log_dir_of(const MetadataImage& image, int32_t broker_id) {
  const auto found = image.brokers.find(broker_id);
  if (found == image.brokers.end() || found->second.log_dirs.empty()) return {};
  return found->second.log_dirs.front();
}

}  // namespace

bool is_active(const MetadataImage& image, int32_t broker_id) {
  const auto found = image.brokers.find(broker_id);
  return found != image.brokers.end() && !found->second.is_fenced &&
         !found->second.in_controlled_shutdown;
}

Verdict check_assignment(const Assignment& assignment, size_t replicas,
                         const MetadataImage& image) {
  constexpr auto kError = KafkaError::kInvalidReplicaAssignment;
  if (Verdict verdict = check_brokers(assignment, image)) return verdict;
  if (assignment.brokers.size() != replicas)
    return refuse(kError, "The manual partition assignment includes a partition with " +
                              std::to_string(assignment.brokers.size()) +
                              " replica(s), but this is not consistent with previous partitions, "
                              "which have " +
                              std::to_string(replicas) + " replica(s).");
  const auto active = [&image](int32_t broker) { return is_active(image, broker); };
  if (std::none_of(assignment.brokers.begin(), assignment.brokers.end(), active))
    return refuse(kError,
                  "All brokers specified in the manual partition assignment for partition " +
                      std::to_string(assignment.partition) +
                      " are fenced or in controlled shutdown.");
  return std::nullopt;
}

Placement place_partitions(const PlacementSpec& spec, const MetadataImage& image) {
  Placement placement;
  std::vector<int32_t> up;
  for (const auto& [id, broker] : image.brokers)
    if (is_active(image, id)) up.push_back(id);
  const size_t replicas = static_cast<size_t>(spec.replication_factor);
  const std::string factor = std::to_string(spec.replication_factor);
  const std::string start = "Unable to replicate the partition " + factor + " time(s): ";
  if (up.empty()) {
    placement.refusal =
        refuse(KafkaError::kInvalidReplicationFactor, start + "All brokers are currently fenced.");
  } else if (replicas > image.brokers.size() || replicas > up.size()) {
    placement.refusal = refuse(KafkaError::kInvalidReplicationFactor,
                               start + "The target replication factor of " + factor +
                                   " cannot be reached because only " + std::to_string(up.size()) +
                                   " broker(s) are registered.");
  }
  if (placement.refusal) return placement;
  const size_t first = spec.start % up.size();
  for (int32_t i = 0; i < spec.count; ++i) {
    Assignment assignment;
    assignment.partition = spec.first_partition + i;
    const auto index = static_cast<size_t>(assignment.partition);
    for (size_t replica = 0; replica < replicas; ++replica)
      assignment.brokers.push_back(up[(first + index + replica) % up.size()]);
    placement.assignments.push_back(std::move(assignment));
  }
  return placement;
}

wire::PartitionRecord partition_record(const Assignment& assignment, const Uuid& topic_id,
                                       const MetadataImage& image) {
  wire::PartitionRecord record;
  record.partition_id = assignment.partition;
  record.topic_id = topic_id;
  record.replicas = assignment.brokers;
  for (int32_t broker : assignment.brokers) {
    if (is_active(image, broker)) record.isr.push_back(broker);
    record.directories.push_back(log_dir_of(image, broker));
  }
  ASSERT(!record.isr.empty());
  record.leader = record.isr.front();
  record.leader_epoch = 0;
  record.partition_epoch = 0;
  return record;
}

}  // namespace faultline::metadata
