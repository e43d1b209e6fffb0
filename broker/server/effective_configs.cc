// SPDX-License-Identifier: Apache-2.0
// Where the value of a configuration comes from.
#include "broker/server/effective_configs.h"

#include "broker/base/assert.h"
#include "broker/server/settings.h"

namespace faultline::server {
namespace {

using metadata::ConfigDef;
using metadata::ConfigResource;
using metadata::ConfigResourceType;
using metadata::MetadataImage;

// What a broker's configuration of this name is, from the one in force to the default.
void add_broker_origins(const ConfigDef& def, const MetadataImage& image,
                        const BrokerConfig& broker, std::vector<ConfigOrigin>& origins) {
  const std::string name(def.name);
  const ConfigResource own{ConfigResourceType::kBroker, std::to_string(broker.node_id)};
  const std::string* here = image.find_config(own, name);
  if (here != nullptr) origins.push_back({name, *here, ConfigSource::kBroker});
  const std::string* everywhere = image.find_config({ConfigResourceType::kBroker, ""}, name);
  if (everywhere != nullptr) origins.push_back({name, *everywhere, ConfigSource::kAllBrokers});
  const auto set = broker.configs.find(def.name);
  if (set != broker.configs.end()) origins.push_back({name, set->second, ConfigSource::kStatic});
  if (def.default_value)
    origins.push_back({name, std::string(*def.default_value), ConfigSource::kDefault});
}

// The first origin that somebody set decides, else the default.
void take_source(EffectiveConfig& config) {
  for (const ConfigOrigin& origin : config.origins) {
    if (origin.source == ConfigSource::kDefault) continue;
    config.source = origin.source;
    return;
  }
}

}  // namespace

std::vector<EffectiveConfig> effective_topic_configs(std::string_view topic,
                                                     const MetadataImage& image,
                                                     const BrokerConfig& broker) {
  const StaticConfigs configs = configs_in_force(broker, image);
  const metadata::ConfigMap& own =
      image.configs_of({ConfigResourceType::kTopic, std::string(topic)});
  const auto lookup_own = [&own](std::string_view name) -> std::optional<std::string_view> {
    const auto found = own.find(name);
    if (found == own.end()) return std::nullopt;
    return found->second;
  };
  const auto lookup_broker = [&configs](std::string_view name) -> std::optional<std::string_view> {
    const auto found = configs.find(name);
    if (found == configs.end()) return std::nullopt;
    return found->second;
  };
  std::vector<EffectiveConfig> result;
  for (const ConfigDef& def : metadata::topic_config_defs()) {
    const auto set = own.find(def.name);
    if (def.internal && set == own.end()) continue;
    EffectiveConfig& config = result.emplace_back();
    config.def = &def;
    config.value = metadata::topic_config(def, lookup_own, lookup_broker);
    if (set != own.end())
      config.origins.push_back({std::string(def.name), set->second, ConfigSource::kTopic});
    for (const metadata::ConfigSynonym& synonym : def.synonyms) {
      if (synonym.name.empty()) break;
      // It stands in for log.flush.interval.ms, but Kafka does not tell.
      if (synonym.name == "log.flush.scheduler.interval.ms") continue;
      const ConfigDef* other = metadata::find_config(metadata::broker_config_defs(), synonym.name);
      ASSERT(other != nullptr);
      add_broker_origins(*other, image, broker, config.origins);
    }
    take_source(config);
  }
  return result;
}

std::vector<EffectiveConfig> effective_broker_configs(const MetadataImage& image,
                                                      const BrokerConfig& broker) {
  std::vector<EffectiveConfig> result;
  for (const ConfigDef& def : metadata::broker_config_defs()) {
    if (def.internal && !broker.configs.contains(def.name)) continue;
    EffectiveConfig& config = result.emplace_back();
    config.def = &def;
    add_broker_origins(def, image, broker, config.origins);
    if (!config.origins.empty()) config.value = config.origins.front().value;
    take_source(config);
  }
  return result;
}

std::vector<EffectiveConfig> effective_cluster_configs(const MetadataImage& image) {
  std::vector<EffectiveConfig> result;
  for (const ConfigDef& def : metadata::broker_config_defs()) {
    const std::string name(def.name);
    const std::string* set = image.find_config({ConfigResourceType::kBroker, ""}, name);
    if (set == nullptr) continue;
    EffectiveConfig& config = result.emplace_back();
    config.def = &def;
    config.value = *set;
    config.origins.push_back({name, *set, ConfigSource::kAllBrokers});
    take_source(config);
  }
  return result;
}

}  // namespace faultline::server
