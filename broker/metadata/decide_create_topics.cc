// SPDX-License-Identifier: Apache-2.0
// CreateTopics: names, counts, manual assignments and configs are judged in Kafka's order, so that
// a request with several faults gets the same answer.
#include <algorithm>
#include <set>

#include "broker/base/assert.h"
#include "broker/metadata/config_defs.h"
#include "broker/metadata/decide.h"
#include "broker/metadata/topic_name.h"

namespace faultline::metadata {
namespace {

using wire::KafkaError;

struct Refusal {
  KafkaError error = KafkaError::kNone;
  std::string message;
};
using Verdict = std::optional<Refusal>;

Verdict refuse(KafkaError error, std::string message) { return Refusal{error, std::move(message)}; }

Verdict check_name(const NewTopic& topic, const MetadataImage& image) {
  if (topic.name == kClusterMetadataTopic)
    return refuse(KafkaError::kTopicAuthorizationFailed, "Authorization failed.");
  const std::string problem = topic_name_problem(topic.name);
  if (!problem.empty())
    return refuse(KafkaError::kInvalidTopicException, "Topic name is invalid: " + problem);
  if (image.find_topic(topic.name) != nullptr)
    return refuse(KafkaError::kTopicAlreadyExists, "Topic '" + topic.name + "' already exists.");
  const bool may_collide = topic.name.find_first_of("._") != std::string::npos;
  if (!may_collide) return std::nullopt;
  for (const auto& [name, other] : image.topics) {
    if (topic_names_collide(name, topic.name))
      return refuse(KafkaError::kInvalidTopicException,
                    "Topic '" + topic.name + "' collides with existing topic: " + name);
  }
  return std::nullopt;
}

Verdict check_configs(const NewTopic& topic) {
  std::set<std::string_view> names;
  for (const ConfigSetting& config : topic.configs) {
    if (!config.value)
      return refuse(KafkaError::kInvalidConfig,
                    "Null value not supported for topic configs: " + config.name);
    if (!names.insert(config.name).second)
      return refuse(KafkaError::kInvalidRequest, "Duplicate config name: " + config.name);
    const ConfigDef* def = find_config(topic_config_defs(), config.name);
    if (def == nullptr)
      return refuse(KafkaError::kInvalidConfig, "Unknown topic config name: " + config.name);
    const Result<std::string> checked = check_config(*def, *config.value);
    if (!checked) return refuse(KafkaError::kInvalidConfig, checked.error().detail);
  }
  return std::nullopt;
}

bool is_active(const MetadataImage& image, int32_t broker_id) {
  const auto found = image.brokers.find(broker_id);
  return found != image.brokers.end() && !found->second.is_fenced &&
         !found->second.in_controlled_shutdown;
}

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

Verdict check_assignments(const NewTopic& topic, const MetadataImage& image) {
  constexpr auto kError = KafkaError::kInvalidReplicaAssignment;
  if (topic.replication_factor != -1)
    return refuse(KafkaError::kInvalidRequest,
                  "A manual partition assignment was specified, but replication factor was not "
                  "set to -1.");
  if (topic.partition_count != -1)
    return refuse(KafkaError::kInvalidRequest,
                  "A manual partition assignment was specified, but numPartitions was not set to "
                  "-1.");
  std::set<int32_t> indexes;
  const size_t replicas = topic.assignments.front().brokers.size();
  for (const Assignment& assignment : topic.assignments) {
    const std::string index = std::to_string(assignment.partition);
    if (!indexes.insert(assignment.partition).second)
      return refuse(kError, "Found multiple manual partition assignments for partition " + index);
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
                        index + " are fenced or in controlled shutdown.");
  }
  const bool is_gapless = *indexes.begin() == 0 && *indexes.rbegin() + 1 == int64_t(indexes.size());
  if (!is_gapless)
    return refuse(kError, "partitions should be a consecutive 0-based integer sequence");
  return std::nullopt;
}

Verdict check_counts(const NewTopic& topic) {
  if (topic.replication_factor < -1 || topic.replication_factor == 0)
    return refuse(KafkaError::kInvalidReplicationFactor,
                  "Replication factor must be larger than 0, or -1 to use the default value.");
  if (topic.partition_count < -1 || topic.partition_count == 0)
    return refuse(KafkaError::kInvalidPartitions,
                  "Number of partitions was set to an invalid non-positive value.");
  return std::nullopt;
}

struct Placement {
  Verdict refusal;
  std::vector<Assignment> assignments;
};

// Leaders go round the brokers that are up; the topic's place in the image staggers the start.
// Racks are not looked at yet.
Placement place(const NewTopic& topic, const MetadataImage& image, const ControllerView& view) {
  Placement placement;
  const int32_t count =
      topic.partition_count == -1 ? view.partition_count_default : topic.partition_count;
  const int16_t factor =
      topic.replication_factor == -1 ? view.replication_factor_default : topic.replication_factor;
  std::vector<int32_t> up;
  for (const auto& [id, broker] : image.brokers)
    if (is_active(image, id)) up.push_back(id);
  const size_t replicas = static_cast<size_t>(factor);
  const std::string start =
      "Unable to replicate the partition " + std::to_string(factor) + " time(s): ";
  if (up.empty()) {
    placement.refusal =
        refuse(KafkaError::kInvalidReplicationFactor, start + "All brokers are currently fenced.");
  } else if (replicas > image.brokers.size() || replicas > up.size()) {
    placement.refusal = refuse(KafkaError::kInvalidReplicationFactor,
                               start + "The target replication factor of " +
                                   std::to_string(factor) + " cannot be reached because only " +
                                   std::to_string(up.size()) + " broker(s) are registered.");
  }
  if (placement.refusal) return placement;
  const size_t first = image.topics.size() % up.size();
  for (int32_t index = 0; index < count; ++index) {
    Assignment assignment;
    assignment.partition = index;
    for (size_t i = 0; i < replicas; ++i)
      assignment.brokers.push_back(up[(first + static_cast<size_t>(index) + i) % up.size()]);
    placement.assignments.push_back(std::move(assignment));
  }
  return placement;
}

Uuid log_dir_of(const MetadataImage& image, int32_t broker_id) {
  const auto found = image.brokers.find(broker_id);
  if (found == image.brokers.end() || found->second.log_dirs.empty()) return {};
  return found->second.log_dirs.front();
}

wire::PartitionRecord new_partition(const Assignment& assignment, const Uuid& topic_id,
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

Verdict check(const NewTopic& topic, const MetadataImage& image) {
  if (Verdict verdict = check_name(topic, image)) return verdict;
  if (Verdict verdict = check_configs(topic)) return verdict;
  return topic.assignments.empty() ? check_counts(topic) : check_assignments(topic, image);
}

void write_records(const NewTopic& topic, const CreatedTopic& answer,
                   const std::vector<Assignment>& assignments, const MetadataImage& image,
                   std::vector<MetadataRecord>& records) {
  for (const ConfigSetting& config : topic.configs) {
    wire::ConfigRecord record;
    record.resource_type = static_cast<int8_t>(ConfigResourceType::kTopic);
    record.resource_name = topic.name;
    record.name = config.name;
    record.value = config.value;
    records.emplace_back(std::move(record));
  }
  records.emplace_back(wire::TopicRecord{topic.name, answer.id});
  for (const Assignment& assignment : assignments)
    records.emplace_back(new_partition(assignment, answer.id, image));
}

int64_t partitions_asked(const NewTopic& topic, const ControllerView& view) {
  if (!topic.assignments.empty()) return static_cast<int64_t>(topic.assignments.size());
  return topic.partition_count == -1 ? view.partition_count_default : topic.partition_count;
}

CreatedTopic refused(const NewTopic& topic, Refusal refusal) {
  CreatedTopic answer;
  answer.name = topic.name;
  answer.error = refusal.error;
  answer.message = std::move(refusal.message);
  return answer;
}

CreatedTopic decide_one(const NewTopic& topic, const Uuid& id, const MetadataImage& image,
                        const ControllerView& view, std::vector<MetadataRecord>& records) {
  if (Verdict verdict = check(topic, image)) return refused(topic, std::move(*verdict));
  Placement placement;
  if (topic.assignments.empty())
    placement = place(topic, image, view);
  else
    placement.assignments = topic.assignments;
  if (placement.refusal) return refused(topic, std::move(*placement.refusal));
  CreatedTopic answer;
  answer.name = topic.name;
  answer.id = id;
  answer.partition_count = static_cast<int32_t>(placement.assignments.size());
  answer.replication_factor = static_cast<int16_t>(placement.assignments.front().brokers.size());
  write_records(topic, answer, placement.assignments, image, records);
  return answer;
}

}  // namespace

CreateTopicsDecision decide_create_topics(const std::vector<NewTopic>& topics,
                                          const MetadataImage& image, const ControllerView& view) {
  ASSERT_OP(view.topic_ids.size(), >=, topics.size());
  CreateTopicsDecision decision;
  std::map<std::string_view, int> times;
  int64_t partitions = 0;
  for (const NewTopic& topic : topics) {
    ++times[topic.name];
    if (!check(topic, image)) partitions += partitions_asked(topic, view);
  }
  const bool is_excessive = partitions > kPartitionsPerRequestMax;
  for (size_t i = 0; i < topics.size(); ++i) {
    const NewTopic& topic = topics[i];
    int& occurrences = times[topic.name];
    if (occurrences < 0) continue;  // answered already
    if (occurrences > 1) {
      occurrences = -1;
      decision.topics.push_back(
          refused(topic, {KafkaError::kInvalidRequest, "Duplicate topic name."}));
    } else if (is_excessive) {
      decision.topics.push_back(refused(
          topic,
          {KafkaError::kPolicyViolation, "Excessively large number of partitions per request."}));
    } else {
      decision.topics.push_back(
          decide_one(topic, view.topic_ids[i], image, view, decision.records));
    }
  }
  return decision;
}

}  // namespace faultline::metadata
