// SPDX-License-Identifier: Apache-2.0
// LogConfig: the settings of a topic that its logs follow, named after Kafka's.
#pragma once

#include <cstdint>

namespace faultline::log {

constexpr int64_t kNever = INT64_MAX;

struct LogConfig {
  int64_t segment_bytes = 1 << 30;                         // segment.bytes
  int64_t segment_ms = 7LL * 24 * 3600 * 1000;             // segment.ms, by record timestamps
  int64_t segment_index_bytes = 10 << 20;                  // segment.index.bytes
  int64_t index_interval_bytes = 4096;                     // index.interval.bytes
  int64_t flush_messages = kNever;                         // flush.messages
  int64_t flush_ms = kNever;                               // flush.ms
  int64_t retention_ms = 7LL * 24 * 3600 * 1000;           // retention.ms, -1: for ever
  int64_t retention_bytes = -1;                            // retention.bytes, -1: no limit
  bool delete_by_retention = true;                         // cleanup.policy contains "delete"
  bool is_compacted = false;                               // cleanup.policy contains "compact"
  int64_t producer_id_expiration_ms = 24LL * 3600 * 1000;  // producer.id.expiration.ms
  // The only replica: what is appended is committed at once. Otherwise the replication driver moves
  // the high watermark.
  bool is_sole_replica = true;

  bool operator==(const LogConfig&) const = default;
};

}  // namespace faultline::log
