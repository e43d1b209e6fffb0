// SPDX-License-Identifier: Apache-2.0
// Folding metadata records into an image, one function for each kind of record.
#include <utility>

#include "broker/base/assert.h"
#include "broker/metadata/image.h"

namespace faultline::metadata {
namespace {

Result<void> fold(MetadataImage& image, const wire::RegisterBrokerRecord& record) {
  BrokerImage& broker = image.brokers[record.broker_id];
  broker.id = record.broker_id;
  broker.epoch = record.broker_epoch;
  broker.incarnation = record.incarnation_id;
  broker.endpoints = record.end_points;
  broker.rack = record.rack;
  broker.log_dirs = record.log_dirs;
  broker.is_fenced = record.fenced;
  broker.in_controlled_shutdown = record.in_controlled_shutdown;
  return {};
}

Result<void> fold(MetadataImage& image, const wire::UnregisterBrokerRecord& record) {
  if (image.brokers.erase(record.broker_id) == 0)
    return fail(ErrorCode::kCorrupt, "unregisters an unknown broker");
  return {};
}

Result<void> fold(MetadataImage& image, const wire::BrokerRegistrationChangeRecord& record) {
  const auto found = image.brokers.find(record.broker_id);
  if (found == image.brokers.end()) return fail(ErrorCode::kCorrupt, "changes an unknown broker");
  BrokerImage& broker = found->second;
  if (broker.epoch != record.broker_epoch)
    return fail(ErrorCode::kCorrupt, "changes another epoch of a broker");
  if (record.fenced != 0) broker.is_fenced = record.fenced > 0;
  if (record.in_controlled_shutdown != 0)
    broker.in_controlled_shutdown = record.in_controlled_shutdown > 0;
  if (!record.log_dirs.empty()) broker.log_dirs = record.log_dirs;
  return {};
}

Result<void> fold(MetadataImage& image, const wire::TopicRecord& record) {
  if (!image.topic_names.emplace(record.topic_id, record.name).second)
    return fail(ErrorCode::kCorrupt, "topic id exists");
  TopicImage topic;
  topic.name = record.name;
  topic.id = record.topic_id;
  if (!image.topics.emplace(record.name, std::move(topic)).second)
    return fail(ErrorCode::kCorrupt, "topic " + record.name + " exists");
  return {};
}

TopicImage* find_topic(MetadataImage& image, const Uuid& id) {
  const auto name = image.topic_names.find(id);
  if (name == image.topic_names.end()) return nullptr;
  const auto topic = image.topics.find(name->second);
  ASSERT(topic != image.topics.end());
  return &topic->second;
}

Result<void> fold(MetadataImage& image, const wire::PartitionRecord& record) {
  TopicImage* topic = find_topic(image, record.topic_id);
  if (topic == nullptr) return fail(ErrorCode::kCorrupt, "partition of an unknown topic");
  PartitionImage& partition = topic->partitions[record.partition_id];
  partition.replicas = record.replicas;
  partition.isr = record.isr;
  partition.directories = record.directories;
  partition.leader = record.leader;
  partition.leader_epoch = record.leader_epoch;
  partition.partition_epoch = record.partition_epoch;
  return {};
}

Result<void> fold(MetadataImage& image, const wire::PartitionChangeRecord& record) {
  TopicImage* topic = find_topic(image, record.topic_id);
  if (topic == nullptr) return fail(ErrorCode::kCorrupt, "change in an unknown topic");
  const auto found = topic->partitions.find(record.partition_id);
  if (found == topic->partitions.end())
    return fail(ErrorCode::kCorrupt, "change of an unknown partition");
  PartitionImage& partition = found->second;
  if (record.isr) partition.isr = *record.isr;
  if (record.replicas) partition.replicas = *record.replicas;
  if (record.directories) partition.directories = *record.directories;
  // Kafka raises the leader epoch on every election, also that of nobody or of the same broker.
  if (record.leader != -2) {
    partition.leader = record.leader;
    ++partition.leader_epoch;
  }
  ++partition.partition_epoch;
  return {};
}

Result<void> fold(MetadataImage& image, const wire::RemoveTopicRecord& record) {
  const auto name = image.topic_names.find(record.topic_id);
  if (name == image.topic_names.end()) return fail(ErrorCode::kCorrupt, "removes an unknown topic");
  image.configs.erase(ConfigResource{ConfigResourceType::kTopic, name->second});
  image.topics.erase(name->second);
  image.topic_names.erase(name);
  return {};
}

Result<void> fold(MetadataImage& image, const wire::ConfigRecord& record) {
  const ConfigResource resource{ConfigResourceType{record.resource_type}, record.resource_name};
  if (record.value) {
    image.configs[resource][record.name] = *record.value;
    return {};
  }
  const auto found = image.configs.find(resource);
  if (found == image.configs.end()) return {};
  found->second.erase(record.name);
  if (found->second.empty()) image.configs.erase(found);
  return {};
}

Result<void> fold(MetadataImage& image, const wire::FeatureLevelRecord& record) {
  if (record.feature_level == 0)
    image.features.erase(record.name);
  else
    image.features[record.name] = record.feature_level;
  return {};
}

Result<void> fold(MetadataImage& image, const wire::ProducerIdsRecord& record) {
  if (record.next_producer_id < image.next_producer_id)
    return fail(ErrorCode::kCorrupt, "producer ids go back");
  image.next_producer_id = record.next_producer_id;
  return {};
}

// What does not change what readers see.
Result<void> fold(MetadataImage&, const wire::NoOpRecord&) { return {}; }
Result<void> fold(MetadataImage&, const wire::BeginTransactionRecord&) { return {}; }
Result<void> fold(MetadataImage&, const wire::EndTransactionRecord&) { return {}; }
Result<void> fold(MetadataImage&, const wire::RegisterControllerRecord&) { return {}; }
Result<void> fold(MetadataImage&, const wire::ClearElrRecord&) { return {}; }

}  // namespace

Result<MetadataImage> apply(MetadataImage image, const MetadataRecord& record) {
  TRY(std::visit([&image](const auto& typed) { return fold(image, typed); }, record));
  ASSERT_OP(image.topics.size(), ==, image.topic_names.size());
  return image;
}

const TopicImage* MetadataImage::find_topic(std::string_view name) const {
  const auto found = topics.find(name);
  return found == topics.end() ? nullptr : &found->second;
}

const TopicImage* MetadataImage::find_topic(const Uuid& id) const {
  const auto found = topic_names.find(id);
  return found == topic_names.end() ? nullptr : find_topic(found->second);
}

const PartitionImage* MetadataImage::find_partition(std::string_view topic, int32_t index) const {
  const TopicImage* image = find_topic(topic);
  if (image == nullptr) return nullptr;
  const auto found = image->partitions.find(index);
  return found == image->partitions.end() ? nullptr : &found->second;
}

const ConfigMap& MetadataImage::configs_of(const ConfigResource& resource) const {
  static const ConfigMap kNone;
  const auto found = configs.find(resource);
  return found == configs.end() ? kNone : found->second;
}

const std::string* MetadataImage::find_config(const ConfigResource& resource,
                                              std::string_view name) const {
  const ConfigMap& map = configs_of(resource);
  const auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace faultline::metadata
