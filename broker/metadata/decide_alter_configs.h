// SPDX-License-Identifier: Apache-2.0
// IncrementalAlterConfigs and AlterConfigs: which records change the configurations of topics and
// of brokers while they run. See decide.h for what a decision is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/metadata/decide.h"
#include "broker/metadata/refusal.h"

namespace faultline::metadata {

// Kafka's numbers.
enum class ConfigOperation : int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

struct ConfigChange {
  std::string name;
  std::optional<std::string> value;
  ConfigOperation operation = ConfigOperation::kSet;  // as the client sent it: may be none of them
};

struct ConfigsToAlter {
  ConfigResourceType type = ConfigResourceType::kTopic;  // as the client sent it
  std::string name;
  std::vector<ConfigChange> changes;
};

struct AlteredConfigs {
  ConfigResource resource;
  wire::KafkaError error = wire::KafkaError::kNone;
  std::optional<std::string> message;
};

struct AlterConfigsDecision {
  std::vector<MetadataRecord> records;
  std::vector<AlteredConfigs> resources;  // in the order of the request
};

enum class AlterMode : uint8_t {
  kIncremental,
  kReplace,  // what is not named goes back to its default: the old AlterConfigs
};

// `broker_id` is the broker that was asked: it answers for itself and for all brokers together.
// As in Kafka a broker takes names that it does not know, for they may be a plugin's.
AlterConfigsDecision decide_alter_configs(const std::vector<ConfigsToAlter>& resources,
                                          AlterMode mode, int32_t broker_id,
                                          const MetadataImage& image);

// Whether a topic can have this.
Verdict check_topic_config(std::string_view name, std::string_view value);

}  // namespace faultline::metadata
