// SPDX-License-Identifier: Apache-2.0
// What a controller decides: a request and an image in, the records to write and the answer out.
// Pure: no clock, no chance (fresh ids are handed in), no await. The caller writes the records
// durably, applies them, and only then answers. Messages are Kafka's.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/metadata/image.h"
#include "broker/metadata/records.h"
#include "broker/wire/error_codes.h"

namespace faultline::metadata {

constexpr int32_t kPartitionsPerRequestMax = 10'000;
constexpr int32_t kProducerIdBlockSize = 1'000;

struct Assignment {
  int32_t partition = 0;
  std::vector<int32_t> brokers;
};

struct ConfigSetting {
  std::string name;
  std::optional<std::string> value;
};

struct NewTopic {
  std::string name;
  int32_t partition_count = -1;     // -1: the default
  int16_t replication_factor = -1;  // -1: the default
  std::vector<Assignment> assignments;
  std::vector<ConfigSetting> configs;
};

// What a controller knows besides the image.
struct ControllerView {
  int32_t partition_count_default = 1;
  int16_t replication_factor_default = 1;
  // One fresh id for each topic of the request, in order.
  std::vector<Uuid> topic_ids;
};

struct CreatedTopic {
  std::string name;
  wire::KafkaError error = wire::KafkaError::kNone;
  std::optional<std::string> message;
  Uuid id;
  int32_t partition_count = -1;
  int16_t replication_factor = -1;
};

struct CreateTopicsDecision {
  std::vector<MetadataRecord> records;
  std::vector<CreatedTopic> topics;  // in the order of the request, each name once
};

// The records are given for validate-only requests too: the caller drops them.
CreateTopicsDecision decide_create_topics(const std::vector<NewTopic>& topics,
                                          const MetadataImage& image, const ControllerView& view);

// By name, or by id where the name is absent.
struct TopicToDelete {
  std::optional<std::string> name;
  Uuid id;
};

struct DeletedTopic {
  std::optional<std::string> name;
  Uuid id;
  wire::KafkaError error = wire::KafkaError::kNone;
  std::optional<std::string> message;
};

struct DeleteTopicsDecision {
  std::vector<MetadataRecord> records;
  std::vector<DeletedTopic> topics;
};

DeleteTopicsDecision decide_delete_topics(const std::vector<TopicToDelete>& topics,
                                          const MetadataImage& image);

// The next ids [first, first + kProducerIdBlockSize) for one broker.
struct ProducerIdBlock {
  wire::ProducerIdsRecord record;
  ProducerId first = 0;
};
Result<ProducerIdBlock> decide_producer_ids(int32_t broker_id, const MetadataImage& image);

// The election of a replica whose log was last written in `log_epoch` (-1: never). The new epoch
// tells clients that the tail may have been lost (KIP-101, KIP-320). It is above the log's also
// where this log of metadata lost its end to a bad disk: a leader below it could not append.
MetadataRecord decide_election(const TopicImage& topic, int32_t partition, int32_t leader,
                               LeaderEpoch log_epoch);

// The first records of a new cluster: features. Empty when the image has them already.
std::vector<MetadataRecord> decide_bootstrap(const MetadataImage& image);

}  // namespace faultline::metadata
