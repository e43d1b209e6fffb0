// SPDX-License-Identifier: Apache-2.0
// Order and lifetime of segments.
#include "broker/log/segment_list.h"

#include <algorithm>

#include "broker/base/assert.h"

namespace faultline::log {

int64_t SegmentList::size_bytes() const {
  int64_t total = 0;
  for (const auto& segment : segments_) total += static_cast<int64_t>(segment->size());
  return total;
}

size_t SegmentList::floor(Offset offset) const {
  const auto after = std::upper_bound(
      segments_.begin(), segments_.end(), offset,
      [](Offset value, const auto& segment) { return value < segment->base_offset(); });
  return after == segments_.begin() ? 0 : static_cast<size_t>(after - segments_.begin()) - 1;
}

std::vector<Segment*> SegmentList::pointers(size_t from) const {
  ASSERT_OP(from, <=, segments_.size());
  std::vector<Segment*> all;
  all.reserve(segments_.size() - from);
  for (size_t i = from; i < segments_.size(); ++i) all.push_back(segments_[i].get());
  return all;
}

std::vector<Segment*> SegmentList::remove(size_t from, size_t to) {
  ASSERT_OP(pins_, >, 0);
  ASSERT_OP(to, <=, segments_.size());
  std::vector<Segment*> removed;
  const auto first = segments_.begin() + static_cast<ptrdiff_t>(from);
  const auto last = segments_.begin() + static_cast<ptrdiff_t>(to);
  for (auto it = first; it != last; ++it) {
    (*it)->is_removed = true;
    removed.push_back(it->get());
    removed_.push_back(std::move(*it));
  }
  segments_.erase(first, last);
  return removed;
}

size_t SegmentList::loaded_index_count() const {
  return static_cast<size_t>(std::ranges::count_if(
      segments_, [](const auto& segment) { return segment->has_loaded_indexes(); }));
}

void SegmentList::drop_unused_indexes() {
  for (size_t i = 0; i + 1 < segments_.size(); ++i) segments_[i]->drop_unused_indexes();
}

}  // namespace faultline::log
