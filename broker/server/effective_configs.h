// SPDX-License-Identifier: Apache-2.0
// Configurations as clients are told of them: the value in force, where it comes from, and every
// place that could have said so, in order of precedence (KIP-226).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/metadata/config_defs.h"
#include "broker/metadata/image.h"
#include "broker/server/broker_config.h"

namespace faultline::server {

// Kafka's numbers.
enum class ConfigSource : int8_t {
  kTopic = 1,
  kBroker = 2,
  kAllBrokers = 3,
  kStatic = 4,
  kDefault = 5,
};

struct ConfigOrigin {
  std::string name;
  std::string value;
  ConfigSource source = ConfigSource::kDefault;
};

struct EffectiveConfig {
  const metadata::ConfigDef* def = nullptr;
  std::optional<std::string> value;
  ConfigSource source = ConfigSource::kDefault;
  std::vector<ConfigOrigin> origins;
};

// In the order of the table; internal ones only where they are set.
std::vector<EffectiveConfig> effective_topic_configs(std::string_view topic,
                                                     const metadata::MetadataImage& image,
                                                     const BrokerConfig& broker);
std::vector<EffectiveConfig> effective_broker_configs(const metadata::MetadataImage& image,
                                                      const BrokerConfig& broker);
// Only what is set for all brokers together while they run.
std::vector<EffectiveConfig> effective_cluster_configs(const metadata::MetadataImage& image);

}  // namespace faultline::server
