// SPDX-License-Identifier: Apache-2.0
// CreateTopics: names, counts, manual assignments and configs are judged in Kafka's order, so that
// a request with several faults gets the same answer.
#include <algorithm>
#include <set>

#include "broker/base/assert.h"
#include "broker/metadata/decide.h"
#include "broker/metadata/decide_alter_configs.h"
#include "broker/metadata/placement.h"
#include "broker/metadata/topic_name.h"

namespace faultline::metadata {
namespace {

using wire::KafkaError;

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
    if (Verdict verdict = check_topic_config(config.name, *config.value)) return verdict;
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
    if (Verdict verdict = check_assignment(assignment, replicas, image)) return verdict;
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

Placement place(const NewTopic& topic, const MetadataImage& image, const ControllerView& view) {
  PlacementSpec spec;
  spec.count = topic.partition_count == -1 ? view.partition_count_default : topic.partition_count;
  spec.replication_factor =
      topic.replication_factor == -1 ? view.replication_factor_default : topic.replication_factor;
  spec.start = image.topics.size();
  return place_partitions(spec, image);
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
    records.emplace_back(partition_record(assignment, answer.id, image));
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
