// SPDX-License-Identifier: Apache-2.0
// What one says to a Log and hears from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/log/log_config.h"
#include "broker/log/storage_rules.h"
#include "broker/producer/producer_rules.h"

namespace faultline::log {

struct LogRules {
  StorageRules storage;
  producer::ProducerRules producer;
};

struct LogOptions {
  TopicPartition partition;
  Uuid topic_id;          // zero: as partition.metadata says
  std::string directory;  // below the disk's root
  LogConfig config;
  // The last stop was orderly: nothing needs recovery.
  bool was_clean = false;
  // From the checkpoints of the log directory.
  Offset recovery_point = 0;
  Offset log_start_offset = 0;
  Offset high_watermark = 0;
};

enum class AppendOrigin : uint8_t {
  kClient,       // offsets and epoch are assigned, producers checked
  kCoordinator,  // offsets and epoch are assigned; internal records, markers
  kReplication,  // batches keep the offsets and epochs that the leader gave them
};

struct AppendRequest {
  Slice batches;  // one or more whole batches, already checked (wire/batch_check.h)
  LeaderEpoch leader_epoch = 0;
  AppendOrigin origin = AppendOrigin::kClient;
};

enum class AppendStatus : uint8_t {
  kAppended,
  kDuplicate,           // base_offset and last_offset are those of the first time
  kOutOfOrderSequence,  // Kafka's OUT_OF_ORDER_SEQUENCE_NUMBER
  kInvalidEpoch,        // INVALID_PRODUCER_EPOCH
  kInvalidTransaction,  // INVALID_TXN_STATE
  kFencedLeaderEpoch,   // an epoch older than the log's: no longer the leader
  kTooLarge,            // RECORD_LIST_TOO_LARGE: does not fit a segment
};

struct AppendResult {
  AppendStatus status = AppendStatus::kAppended;
  Offset base_offset = -1;
  Offset last_offset = -1;
  Offset log_start_offset = 0;
  int64_t timestamp_ms = -1;  // max timestamp of the batch; of the first time for a duplicate
};

enum class Isolation : uint8_t {
  kLogEnd,         // replicas
  kHighWatermark,  // read_uncommitted
  kLastStable,     // read_committed
};

struct ReadRequest {
  Offset offset = 0;
  size_t bytes_max = 1 << 20;
  Isolation isolation = Isolation::kHighWatermark;
  bool at_least_one = true;
};

struct ReadResult {
  Slice batches;           // whole batches, in order; empty at the limit
  Offset next_offset = 0;  // behind the last batch; the requested one when empty
  // As they were when the read began: one consistent view (B82).
  Offset log_start_offset = 0;
  Offset high_watermark = 0;
  Offset last_stable_offset = 0;
  Offset log_end_offset = 0;
};

struct TimestampOffset {
  int64_t timestamp_ms = -1;
  Offset offset = -1;
  LeaderEpoch leader_epoch = -1;
  bool operator==(const TimestampOffset&) const = default;
};

}  // namespace faultline::log
