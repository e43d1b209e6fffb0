// SPDX-License-Identifier: Apache-2.0
// Configurations turned into numbers: once for the broker, again for a topic whenever its configs
// change. Names, types and defaults are the table's (config_defs.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/time.h"
#include "broker/groups/group_coordinator.h"
#include "broker/log/log_config.h"
#include "broker/metadata/config_defs.h"
#include "broker/metadata/image.h"
#include "broker/server/broker_config.h"
#include "broker/wire/compression.h"
#include "broker/wire/record_batch.h"

namespace faultline::server {

struct BrokerSettings {
  bool auto_create_topics = true;
  bool delete_topic_enable = true;
  int32_t partition_count_default = 1;
  int16_t replication_factor_default = 1;
  size_t request_bytes_max = 104'857'600;
  int64_t queued_bytes_max = -1;  // not positive: without limit
  int64_t fetch_bytes_max = 57'671'680;
  size_t fetch_sessions_max = 1'000;
  int32_t partitions_described_max = 2'000;
  int64_t connections_max = INT32_MAX;
  int64_t connections_per_host_max = INT32_MAX;
  Duration connection_idle_max = milliseconds(600'000);  // not positive: for ever
  Duration retention_check_interval = milliseconds(300'000);
  Duration flush_check_interval = milliseconds(INT32_MAX);  // log.flush.scheduler.interval.ms
  Duration recovery_point_interval = milliseconds(60'000);
  Duration log_start_interval = milliseconds(60'000);
  Duration high_watermark_interval = milliseconds(5'000);
  Duration producer_expiration_interval = milliseconds(600'000);
  Duration offsets_check_interval = milliseconds(600'000);
  groups::CoordinatorConfig groups;
};

struct TopicSettings {
  log::LogConfig log;
  size_t message_bytes_max = 1'048'588;
  // Absent: as the producer sent them.
  std::optional<wire::Compression> compression;
  wire::TimestampType timestamp_type = wire::TimestampType::kCreateTime;
  int64_t timestamp_before_max_ms = INT64_MAX;
  int64_t timestamp_after_max_ms = 3'600'000;
  int32_t in_sync_replicas_min = 1;
  bool is_compacted = false;
};

// kInvalidArgument names the configuration that is unknown or has a bad value.
Result<void> check_configs(const StaticConfigs& configs);
// What is set for this broker: before its start, then for all brokers, then for this one; the last
// wins. Without what this code does not know.
StaticConfigs configs_in_force(const BrokerConfig& broker, const metadata::MetadataImage& image);
// Requires checked configs.
BrokerSettings broker_settings(const StaticConfigs& configs);
TopicSettings topic_settings(std::string_view topic, const metadata::MetadataImage& image,
                             const StaticConfigs& configs);

}  // namespace faultline::server
