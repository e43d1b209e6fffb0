// SPDX-License-Identifier: Apache-2.0
// OffsetIndex: where in a segment some of its batches start (.index). An entry is the last offset
// of a batch, relative to the segment's base, and the batch's file position; both rise strictly.
// Held in memory, written as a whole; Kafka preallocates the file, so a tail of zeros is ignored.
#pragma once

#include <cstdint>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/base/result.h"

namespace faultline::log {

struct OffsetEntry {
  int32_t relative_offset = 0;
  int32_t position = 0;
  bool operator==(const OffsetEntry&) const = default;
};

class OffsetIndex {
 public:
  static constexpr size_t kEntrySize = 8;

  // Ignored unless both rise.
  void append(int32_t relative_offset, int32_t position);
  // The last entry at or before `relative_offset`.
  std::optional<OffsetEntry> entry_before(int64_t relative_offset) const;
  // Position of a batch at or before the one that holds `relative_offset`; 0 without entries.
  int32_t position_before(int64_t relative_offset) const;
  // Drops entries of batches that reach `relative_offset` or start at `segment_size` or later.
  void truncate(int64_t relative_offset, int64_t segment_size);
  void clear() { entries_.clear(); }
  const std::vector<OffsetEntry>& entries() const { return entries_; }
  bool operator==(const OffsetIndex&) const = default;

  Slice encode() const;
  // kCorrupt when the entries do not rise or point outside the segment.
  static Result<OffsetIndex> decode(Bytes bytes, int64_t segment_size);
  // The entries as they lie there, up to the preallocated zeros.
  static OffsetIndex decode_unchecked(Bytes bytes);

 private:
  std::vector<OffsetEntry> entries_;
};

}  // namespace faultline::log
