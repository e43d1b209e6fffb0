// SPDX-License-Identifier: Apache-2.0
// Lookup and byte form of time indexes.
#include "broker/log/time_index.h"

#include <algorithm>

#include "broker/base/byte_io.h"

namespace faultline::log {

void TimeIndex::append(int64_t timestamp_ms, int32_t relative_offset) {
  if (timestamp_ms < 0) return;
  if (!entries_.empty() && timestamp_ms <= entries_.back().timestamp_ms) return;
  entries_.push_back({timestamp_ms, relative_offset});
}

TimeEntry TimeIndex::floor(int64_t timestamp_ms) const {
  const auto after = std::upper_bound(
      entries_.begin(), entries_.end(), timestamp_ms,
      [](int64_t value, const TimeEntry& entry) { return value < entry.timestamp_ms; });
  return after == entries_.begin() ? TimeEntry{} : *std::prev(after);
}

void TimeIndex::truncate(int64_t relative_offset) {
  while (!entries_.empty() && entries_.back().relative_offset >= relative_offset)
    entries_.pop_back();
}

Slice TimeIndex::encode() const {
  ByteWriter out(entries_.size() * kEntrySize);
  for (const TimeEntry& entry : entries_) {
    out.write(entry.timestamp_ms);
    out.write(entry.relative_offset);
  }
  return std::move(out).finish();
}

TimeIndex TimeIndex::decode_unchecked(Bytes bytes) {
  TimeIndex index;
  ByteReader in(bytes);
  while (in.remaining() >= kEntrySize) {
    const auto timestamp_ms = in.read<int64_t>();
    const auto relative_offset = in.read<int32_t>();
    if (timestamp_ms == 0 && relative_offset == 0) break;  // preallocated
    index.entries_.push_back({timestamp_ms, relative_offset});
  }
  return index;
}

Result<TimeIndex> TimeIndex::decode(Bytes bytes, int64_t relative_end) {
  if (bytes.size() % kEntrySize != 0) return fail(ErrorCode::kCorrupt, "time index: odd size");
  TimeIndex index = decode_unchecked(bytes);
  const Bytes tail = bytes.subspan(index.entries_.size() * kEntrySize);
  if (std::ranges::any_of(tail, [](uint8_t byte) { return byte != 0; }))
    return fail(ErrorCode::kCorrupt, "time index: entries behind a zero");
  TimeEntry before{-1, 0};
  for (const TimeEntry& entry : index.entries_) {
    const bool rises =
        entry.timestamp_ms > before.timestamp_ms && entry.relative_offset >= before.relative_offset;
    if (!rises || entry.relative_offset >= relative_end)
      return fail(ErrorCode::kCorrupt, "time index: entry out of order or range");
    before = entry;
  }
  return index;
}

}  // namespace faultline::log
