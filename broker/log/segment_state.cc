// SPDX-License-Identifier: Apache-2.0
// Learning a segment batch by batch.
#include "broker/log/segment_state.h"

#include <algorithm>

namespace faultline::log {

std::optional<NewestBatches::Place> NewestBatches::before(Offset offset) const {
  const size_t known = std::min(count_, places_.size());
  for (size_t i = 1; i <= known; ++i) {
    const Place& place = places_[(count_ - i) % places_.size()];
    if (place.base_offset <= offset) return place;
  }
  return std::nullopt;
}

bool SegmentState::adopt(const BatchFacts& batch, int64_t index_interval_bytes) {
  const int64_t relative = batch.last_offset - base_offset;
  // B41: offsets in the indexes are 32 bits wide.
  if (batch.base_offset < end_offset || relative > INT32_MAX || size > INT32_MAX) return false;
  const auto last_offset = static_cast<int32_t>(relative);
  if (size == 0) first_timestamp_ms = batch.max_timestamp_ms;
  if (batch.max_timestamp_ms > largest.timestamp_ms)
    largest = {batch.max_timestamp_ms, last_offset};
  if (bytes_since_entry > static_cast<uint64_t>(index_interval_bytes)) {
    offset_index.append(last_offset, static_cast<int32_t>(size));
    time_index.append(largest.timestamp_ms, largest.relative_offset);
    bytes_since_entry = 0;
  }
  newest.add(batch.base_offset, size);
  size += batch.size;
  bytes_since_entry += batch.size;
  end_offset = batch.last_offset + 1;
  return true;
}

void SegmentState::rewind(Offset offset) {
  const int64_t relative = offset - base_offset;
  newest.clear();
  offset_index.truncate(relative, static_cast<int64_t>(size));
  time_index.truncate(relative);
  const auto& entries = offset_index.entries();
  size = entries.empty() ? 0 : static_cast<uint64_t>(entries.back().position);
  bytes_since_entry = 0;
  end_offset = base_offset;
  largest = time_index.last();
  std::erase_if(aborted, [&](const AbortedTransaction& one) { return one.last_offset >= offset; });
}

}  // namespace faultline::log
