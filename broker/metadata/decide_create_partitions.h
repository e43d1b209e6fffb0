// SPDX-License-Identifier: Apache-2.0
// CreatePartitions: how topics grow. See decide.h for what a decision is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/metadata/decide.h"

namespace faultline::metadata {

struct TopicToGrow {
  std::string name;
  int32_t count = 0;  // partitions that it shall have
  // The brokers of each new partition, where they are given by hand.
  std::optional<std::vector<std::vector<int32_t>>> assignments;
};

struct GrownTopic {
  std::string name;
  wire::KafkaError error = wire::KafkaError::kNone;
  std::optional<std::string> message;
};

struct CreatePartitionsDecision {
  std::vector<MetadataRecord> records;
  std::vector<GrownTopic> topics;  // in the order of the request, each name once
};

// __consumer_offsets cannot grow: each group would move to another partition and lose its offsets
// (Kafka's tools refuse it, Kafka's controller does not).
CreatePartitionsDecision decide_create_partitions(const std::vector<TopicToGrow>& topics,
                                                  const MetadataImage& image);

}  // namespace faultline::metadata
