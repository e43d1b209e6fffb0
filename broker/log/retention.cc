// SPDX-License-Identifier: Apache-2.0
// The predicates of delete retention.
#include "broker/log/retention.h"

#include <algorithm>

#include "broker/base/assert.h"

namespace faultline::log {
namespace {

bool is_expired(const SegmentFacts& segment, const RetentionInput& input,
                const StorageRules& rules) {
  int64_t timestamp_ms = segment.largest_timestamp_ms;
  if (timestamp_ms < 0) timestamp_ms = segment.appended_at_ms.value_or(INT64_MAX);
  if (timestamp_ms > input.now_ms) timestamp_ms = input.now_ms;  // no overflow below
  // B39: a producer's timestamp from the future would keep the segment for ever.
  if (rules.bound_retention_by_broker_clock && segment.appended_at_ms)
    timestamp_ms = std::min(timestamp_ms, *segment.appended_at_ms);
  return input.now_ms - timestamp_ms > input.retention_ms;
}

}  // namespace

std::string_view to_string(DeleteReason reason) {
  switch (reason) {
    case DeleteReason::kNone: return "none";
    case DeleteReason::kTime: return "retention.ms";
    case DeleteReason::kSize: return "retention.bytes";
    case DeleteReason::kLogStart: return "before the log start";
  }
  UNREACHABLE();
}

RetentionChoice choose_deletable(const RetentionInput& input, const StorageRules& rules) {
  int64_t excess = 0;
  for (const SegmentFacts& segment : input.segments) excess += segment.size_bytes;
  excess -= input.retention_bytes;
  const bool by_time = input.delete_by_retention && input.retention_ms >= 0;
  const bool by_size = input.delete_by_retention && input.retention_bytes >= 0;

  RetentionChoice choice;
  for (const SegmentFacts& segment : input.segments) {
    const bool is_last = choice.count + 1 == input.segments.size();
    DeleteReason reason = DeleteReason::kNone;
    // Without the segment at least retention.bytes must remain.
    if (by_size && excess - segment.size_bytes >= 0) reason = DeleteReason::kSize;
    // B40: the path by size once had a test of its own, off by one segment and blind to consumers.
    const bool is_loose = by_size && excess > 0 && !rules.one_retention_predicate;
    if (is_loose) reason = DeleteReason::kSize;
    if (by_time && is_expired(segment, input, rules)) reason = DeleteReason::kTime;
    if (!is_last && segment.end_offset <= input.log_start_offset) reason = DeleteReason::kLogStart;
    if (reason == DeleteReason::kNone) break;
    // B38: what is not committed is not deleted. An empty active segment stays.
    const bool is_committed = segment.end_offset <= input.high_watermark;
    if ((!is_committed && !is_loose) || (is_last && segment.size_bytes == 0)) break;
    if (choice.reason == DeleteReason::kNone) choice.reason = reason;
    excess -= segment.size_bytes;
    ++choice.count;
  }
  return choice;
}

int64_t RetentionClock::now_ms(WallTime wall, Instant monotonic, const StorageRules& rules) const {
  // B39: a wall clock that leaps ahead would expire everything at once.
  if (!rules.bound_retention_by_broker_clock) return wall.to_ms();
  const Duration elapsed = monotonic - monotonic_at_start_;
  return std::min(wall.to_ms(), (wall_at_start_ + elapsed).to_ms());
}

}  // namespace faultline::log
