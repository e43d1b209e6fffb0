// SPDX-License-Identifier: Apache-2.0
// Which segments retention may delete: a pure decision over plain facts. Oldest first and without
// gaps, as Kafka: by time, by size, and wholly before the log start.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "broker/base/ids.h"
#include "broker/base/time.h"
#include "broker/log/log_config.h"
#include "broker/log/storage_rules.h"

namespace faultline::log {

struct SegmentFacts {
  Offset base_offset = 0;
  Offset end_offset = 0;
  int64_t size_bytes = 0;
  int64_t largest_timestamp_ms = -1;
  std::optional<int64_t> appended_at_ms;  // broker time of its newest append, if of this process
};

enum class DeleteReason : uint8_t { kNone, kTime, kSize, kLogStart };

std::string_view to_string(DeleteReason reason);

struct RetentionInput {
  std::vector<SegmentFacts> segments;  // in order, the active one last
  int64_t retention_ms = -1;
  int64_t retention_bytes = -1;
  bool delete_by_retention = true;
  Offset high_watermark = 0;
  Offset log_start_offset = 0;
  int64_t now_ms = 0;
};

struct RetentionChoice {
  size_t count = 0;  // the first `count` segments go
  DeleteReason reason = DeleteReason::kNone;
  bool operator==(const RetentionChoice&) const = default;
};

RetentionChoice choose_deletable(const RetentionInput& input, const StorageRules& rules);

// The broker's idea of the date for retention: the wall clock, but never ahead of what it showed at
// the start plus the time that has passed since (B39).
class RetentionClock {
 public:
  RetentionClock(WallTime wall_at_start, Instant monotonic_at_start)
      : wall_at_start_(wall_at_start), monotonic_at_start_(monotonic_at_start) {}
  int64_t now_ms(WallTime wall, Instant monotonic, const StorageRules& rules) const;

 private:
  WallTime wall_at_start_;
  Instant monotonic_at_start_;
};

}  // namespace faultline::log
