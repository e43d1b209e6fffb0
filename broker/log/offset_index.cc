// SPDX-License-Identifier: Apache-2.0
// Lookup and byte form of offset indexes.
#include "broker/log/offset_index.h"

#include <algorithm>

#include "broker/base/byte_io.h"

namespace faultline::log {

void OffsetIndex::append(int32_t relative_offset, int32_t position) {
  const bool rises = entries_.empty() || (relative_offset > entries_.back().relative_offset &&
                                          position > entries_.back().position);
  if (!rises) return;
  entries_.push_back({relative_offset, position});
}

std::optional<OffsetEntry> OffsetIndex::entry_before(int64_t relative_offset) const {
  // The entry's own batch may hold the offset, so the entry at the offset itself counts.
  const auto after = std::upper_bound(
      entries_.begin(), entries_.end(), relative_offset,
      [](int64_t value, const OffsetEntry& entry) { return value < entry.relative_offset; });
  if (after == entries_.begin()) return std::nullopt;
  return *std::prev(after);
}

int32_t OffsetIndex::position_before(int64_t relative_offset) const {
  const std::optional<OffsetEntry> entry = entry_before(relative_offset);
  return entry ? entry->position : 0;
}

void OffsetIndex::truncate(int64_t relative_offset, int64_t segment_size) {
  while (!entries_.empty() && (entries_.back().relative_offset >= relative_offset ||
                               entries_.back().position >= segment_size))
    entries_.pop_back();
}

Slice OffsetIndex::encode() const {
  ByteWriter out(entries_.size() * kEntrySize);
  for (const OffsetEntry& entry : entries_) {
    out.write(entry.relative_offset);
    out.write(entry.position);
  }
  return std::move(out).finish();
}

OffsetIndex OffsetIndex::decode_unchecked(Bytes bytes) {
  OffsetIndex index;
  ByteReader in(bytes);
  while (in.remaining() >= kEntrySize) {
    const auto relative_offset = in.read<int32_t>();
    const auto position = in.read<int32_t>();
    if (relative_offset == 0 && position == 0) break;  // preallocated
    index.entries_.push_back({relative_offset, position});
  }
  return index;
}

Result<OffsetIndex> OffsetIndex::decode(Bytes bytes, int64_t segment_size) {
  if (bytes.size() % kEntrySize != 0) return fail(ErrorCode::kCorrupt, "offset index: odd size");
  OffsetIndex index = decode_unchecked(bytes);
  const Bytes tail = bytes.subspan(index.entries_.size() * kEntrySize);
  if (std::ranges::any_of(tail, [](uint8_t byte) { return byte != 0; }))
    return fail(ErrorCode::kCorrupt, "offset index: entries behind a zero");
  OffsetEntry before{-1, -1};
  for (const OffsetEntry& entry : index.entries_) {
    const bool rises =
        entry.relative_offset > before.relative_offset && entry.position > before.position;
    if (!rises || entry.position >= segment_size)
      return fail(ErrorCode::kCorrupt, "offset index: entry out of order or range");
    before = entry;
  }
  return index;
}

}  // namespace faultline::log
