// SPDX-License-Identifier: Apache-2.0
// Reading the configuration table.
#include "broker/server/settings.h"

#include "broker/base/assert.h"

namespace faultline::server {
namespace {

using metadata::ConfigDef;
using metadata::ConfigLookup;

ConfigLookup lookup_in(const StaticConfigs& configs) {
  return [&configs](std::string_view name) -> std::optional<std::string_view> {
    const auto found = configs.find(name);
    if (found == configs.end()) return std::nullopt;
    return found->second;
  };
}

// Typed values of one resource, by name.
class Reader {
 public:
  using Lookup = std::optional<std::string> (*)(const ConfigDef&, const ConfigLookup&,
                                                const ConfigLookup&);

  Reader(std::span<const ConfigDef> defs, ConfigLookup own, ConfigLookup broker, Lookup lookup)
      : defs_(defs), own_(std::move(own)), broker_(std::move(broker)), lookup_(lookup) {}

  std::optional<std::string> text(std::string_view name) const {
    return lookup_(def(name), own_, broker_);
  }
  std::optional<int64_t> integer_if_set(std::string_view name) const {
    const std::optional<std::string> value = text(name);
    if (!value) return std::nullopt;
    return metadata::config_integer(def(name), *value);
  }
  int64_t integer(std::string_view name) const {
    const std::optional<int64_t> value = integer_if_set(name);
    ASSERT(value.has_value());
    return *value;
  }
  bool boolean(std::string_view name) const {
    return metadata::config_boolean(def(name), text(name).value_or("false"));
  }
  Duration duration(std::string_view name) const {
    constexpr int64_t kLongest = INT64_MAX / 1'000'000 / 4;
    return milliseconds(std::min(integer(name), kLongest));
  }
  bool contains(std::string_view name, std::string_view word) const {
    return text(name).value_or("").find(word) != std::string::npos;
  }

 private:
  const ConfigDef& def(std::string_view name) const {
    const ConfigDef* found = metadata::find_config(defs_, name);
    ASSERT(found != nullptr);
    return *found;
  }

  std::span<const ConfigDef> defs_;
  ConfigLookup own_;
  ConfigLookup broker_;
  Lookup lookup_;
};

Reader broker_reader(const StaticConfigs& configs) {
  const auto lookup = [](const ConfigDef& def, const ConfigLookup&, const ConfigLookup& broker) {
    return metadata::broker_config(def, broker);
  };
  return Reader(metadata::broker_config_defs(), lookup_in(configs), lookup_in(configs), lookup);
}

log::LogConfig log_config(const Reader& topic, const Reader& broker) {
  log::LogConfig log;
  log.segment_bytes =
      topic.integer_if_set("internal.segment.bytes").value_or(topic.integer("segment.bytes"));
  log.segment_ms = topic.integer("segment.ms");
  log.segment_index_bytes = topic.integer("segment.index.bytes");
  log.index_interval_bytes = topic.integer("index.interval.bytes");
  log.flush_messages = topic.integer("flush.messages");
  log.flush_ms = topic.integer("flush.ms");
  log.retention_ms = topic.integer("retention.ms");
  log.retention_bytes = topic.integer("retention.bytes");
  log.delete_by_retention = topic.contains("cleanup.policy", "delete");
  log.producer_id_expiration_ms = broker.integer("producer.id.expiration.ms");
  return log;
}

}  // namespace

Result<void> check_configs(const StaticConfigs& configs) {
  for (const auto& [name, value] : configs) {
    const ConfigDef* def = metadata::find_config(metadata::broker_config_defs(), name);
    if (def == nullptr) return fail(ErrorCode::kInvalidArgument, "unknown configuration " + name);
    TRY(metadata::check_config(*def, value));
  }
  return {};
}

StaticConfigs configs_in_force(const BrokerConfig& broker, const metadata::MetadataImage& image) {
  constexpr auto kBroker = metadata::ConfigResourceType::kBroker;
  StaticConfigs configs = broker.configs;
  for (const std::string& name : {std::string(), std::to_string(broker.node_id)}) {
    for (const auto& [config, value] : image.configs_of({kBroker, name})) {
      const ConfigDef* def = metadata::find_config(metadata::broker_config_defs(), config);
      if (def != nullptr && metadata::check_config(*def, value)) configs[config] = value;
    }
  }
  return configs;
}

BrokerSettings broker_settings(const StaticConfigs& configs) {
  const Reader reader = broker_reader(configs);
  BrokerSettings settings;
  settings.auto_create_topics = reader.boolean("auto.create.topics.enable");
  settings.delete_topic_enable = reader.boolean("delete.topic.enable");
  settings.partition_count_default = static_cast<int32_t>(reader.integer("num.partitions"));
  settings.replication_factor_default =
      static_cast<int16_t>(reader.integer("default.replication.factor"));
  settings.request_bytes_max = static_cast<size_t>(reader.integer("socket.request.max.bytes"));
  settings.queued_bytes_max = reader.integer("queued.max.request.bytes");
  settings.fetch_bytes_max = reader.integer("fetch.max.bytes");
  settings.fetch_sessions_max =
      static_cast<size_t>(reader.integer("max.incremental.fetch.session.cache.slots"));
  settings.partitions_described_max =
      static_cast<int32_t>(reader.integer("max.request.partition.size.limit"));
  settings.connections_max = reader.integer("max.connections");
  settings.connections_per_host_max = reader.integer("max.connections.per.ip");
  settings.connection_idle_max = reader.duration("connections.max.idle.ms");
  settings.retention_check_interval = reader.duration("log.retention.check.interval.ms");
  settings.flush_check_interval = reader.duration("log.flush.scheduler.interval.ms");
  settings.recovery_point_interval = reader.duration("log.flush.offset.checkpoint.interval.ms");
  settings.log_start_interval = reader.duration("log.flush.start.offset.checkpoint.interval.ms");
  settings.producer_expiration_interval =
      reader.duration("producer.id.expiration.check.interval.ms");
  settings.offsets_check_interval = reader.duration("offsets.retention.check.interval.ms");
  settings.groups.partitions = static_cast<int32_t>(reader.integer("offsets.topic.num.partitions"));
  settings.groups.metadata_bytes_max =
      static_cast<size_t>(reader.integer("offset.metadata.max.bytes"));
  settings.groups.offsets_retention = seconds(60 * reader.integer("offsets.retention.minutes"));
  groups::GroupConfig& group = settings.groups.group;
  group.initial_rebalance_delay = reader.duration("group.initial.rebalance.delay.ms");
  group.min_session_timeout = reader.duration("group.min.session.timeout.ms");
  group.max_session_timeout = reader.duration("group.max.session.timeout.ms");
  group.max_size = static_cast<int32_t>(reader.integer("group.max.size"));
  return settings;
}

TopicSettings topic_settings(std::string_view topic, const metadata::MetadataImage& image,
                             const StaticConfigs& configs) {
  const metadata::ConfigMap& own =
      image.configs_of({metadata::ConfigResourceType::kTopic, std::string(topic)});
  const Reader reader(metadata::topic_config_defs(), lookup_in(own), lookup_in(configs),
                      &metadata::topic_config);
  TopicSettings settings;
  settings.log = log_config(reader, broker_reader(configs));
  settings.message_bytes_max = static_cast<size_t>(reader.integer("max.message.bytes"));
  const std::string codec = reader.text("compression.type").value_or("producer");
  const Result<wire::Compression> compression = wire::parse_compression(codec);
  if (compression) settings.compression = *compression;
  const bool is_append_time = reader.contains("message.timestamp.type", "LogAppendTime");
  settings.timestamp_type =
      is_append_time ? wire::TimestampType::kLogAppendTime : wire::TimestampType::kCreateTime;
  settings.timestamp_before_max_ms = reader.integer("message.timestamp.before.max.ms");
  settings.timestamp_after_max_ms = reader.integer("message.timestamp.after.max.ms");
  settings.in_sync_replicas_min = static_cast<int32_t>(reader.integer("min.insync.replicas"));
  settings.is_compacted = reader.contains("cleanup.policy", "compact");
  return settings;
}

}  // namespace faultline::server
