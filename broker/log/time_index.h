// SPDX-License-Identifier: Apache-2.0
// TimeIndex: the largest timestamp of a segment up to some of its batches (.timeindex). An entry is
// that timestamp and the last offset of the batch that brought it, relative to the base; both rise.
// The last entry, written on roll and close, is the segment's largest timestamp.
#pragma once

#include <cstdint>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/base/result.h"

namespace faultline::log {

struct TimeEntry {
  int64_t timestamp_ms = -1;
  int32_t relative_offset = 0;
  bool operator==(const TimeEntry&) const = default;
};

class TimeIndex {
 public:
  static constexpr size_t kEntrySize = 12;

  // Ignored unless the timestamp is larger than all before.
  void append(int64_t timestamp_ms, int32_t relative_offset);
  // The last entry with a smaller or equal timestamp: no batch before its offset has a later one.
  TimeEntry floor(int64_t timestamp_ms) const;
  TimeEntry last() const { return entries_.empty() ? TimeEntry{} : entries_.back(); }
  void truncate(int64_t relative_offset);
  void clear() { entries_.clear(); }
  const std::vector<TimeEntry>& entries() const { return entries_; }
  bool operator==(const TimeIndex&) const = default;

  Slice encode() const;
  // kCorrupt when the entries do not rise or name no offset below `relative_end`.
  static Result<TimeIndex> decode(Bytes bytes, int64_t relative_end);
  static TimeIndex decode_unchecked(Bytes bytes);

 private:
  std::vector<TimeEntry> entries_;
};

}  // namespace faultline::log
