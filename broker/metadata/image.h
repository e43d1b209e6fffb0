// SPDX-License-Identifier: Apache-2.0
// MetadataImage: what a cluster's metadata log says up to one offset: brokers, topics, configs,
// features and producer ids. A value: it changes only by apply(), which takes an image and a record
// and gives the next image. Readers must not keep references into it across an await.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/ids.h"
#include "broker/base/result.h"
#include "broker/metadata/records.h"

namespace faultline::metadata {

struct PartitionImage {
  std::vector<int32_t> replicas;
  std::vector<int32_t> isr;
  std::vector<Uuid> directories;  // of each replica, in the order of `replicas`
  int32_t leader = -1;            // -1 none
  LeaderEpoch leader_epoch = 0;
  int32_t partition_epoch = 0;

  bool operator==(const PartitionImage&) const = default;
};

struct TopicImage {
  std::string name;
  Uuid id;
  std::map<int32_t, PartitionImage> partitions;

  bool operator==(const TopicImage&) const = default;
};

struct BrokerImage {
  int32_t id = -1;
  int64_t epoch = -1;
  Uuid incarnation;
  std::vector<wire::RegisterBrokerRecord::EndPoint> endpoints;
  std::optional<std::string> rack;
  std::vector<Uuid> log_dirs;
  bool is_fenced = true;
  bool in_controlled_shutdown = false;

  bool operator==(const BrokerImage&) const = default;
};

// Kafka's numbers of the kinds of things that have configs.
enum class ConfigResourceType : int8_t { kTopic = 2, kBroker = 4, kBrokerLogger = 8, kGroup = 32 };

struct ConfigResource {
  ConfigResourceType type = ConfigResourceType::kTopic;
  std::string name;  // "" is the cluster-wide default of brokers

  auto operator<=>(const ConfigResource&) const = default;
};

using ConfigMap = std::map<std::string, std::string, std::less<>>;

struct MetadataImage {
  std::map<std::string, TopicImage, std::less<>> topics;
  std::map<Uuid, std::string> topic_names;  // exactly the topics above, by id
  std::map<int32_t, BrokerImage> brokers;
  std::map<ConfigResource, ConfigMap> configs;  // no entry is empty
  std::map<std::string, int16_t, std::less<>> features;
  int64_t next_producer_id = 0;

  bool operator==(const MetadataImage&) const = default;

  const TopicImage* find_topic(std::string_view name) const;
  const TopicImage* find_topic(const Uuid& id) const;
  const PartitionImage* find_partition(std::string_view topic, int32_t index) const;
  // The configs set on one resource; empty when none are.
  const ConfigMap& configs_of(const ConfigResource& resource) const;
  const std::string* find_config(const ConfigResource& resource, std::string_view name) const;
};

// kCorrupt for a record that cannot follow this image (a partition of no topic, ...).
Result<MetadataImage> apply(MetadataImage image, const MetadataRecord& record);

}  // namespace faultline::metadata
