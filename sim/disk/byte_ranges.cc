// SPDX-License-Identifier: Apache-2.0
// Merging and cutting of ranges.
#include "sim/disk/byte_ranges.h"

#include <algorithm>

namespace faultline::sim {

uint64_t ByteRanges::total() const {
  uint64_t sum = 0;
  for (const ByteRange& range : ranges_) sum += range.size();
  return sum;
}

size_t ByteRanges::first_behind(uint64_t position) const {
  const auto found = std::partition_point(ranges_.begin(), ranges_.end(),
                                          [&](const ByteRange& r) { return r.to <= position; });
  return static_cast<size_t>(found - ranges_.begin());
}

bool ByteRanges::overlaps(ByteRange range) const {
  if (range.empty() || ranges_.empty()) return false;
  const size_t index = first_behind(range.from);
  return index < ranges_.size() && ranges_[index].from < range.to;
}

std::vector<ByteRange> ByteRanges::within(ByteRange range) const {
  std::vector<ByteRange> parts;
  if (range.empty()) return parts;
  for (size_t i = first_behind(range.from); i < ranges_.size() && ranges_[i].from < range.to; ++i)
    parts.push_back(intersection(ranges_[i], range));
  return parts;
}

void ByteRanges::add(ByteRange range) {
  if (range.empty()) return;
  if (ranges_.empty() || ranges_.back().to < range.from) {
    ranges_.push_back(range);
    return;
  }
  // Touching ranges merge: start at the first one that ends at or behind range.from.
  const auto first = std::partition_point(ranges_.begin(), ranges_.end(),
                                          [&](const ByteRange& r) { return r.to < range.from; });
  auto last = first;
  for (; last != ranges_.end() && last->from <= range.to; ++last) {
    range.from = std::min(range.from, last->from);
    range.to = std::max(range.to, last->to);
  }
  if (first == last) {
    ranges_.insert(first, range);
    return;
  }
  *first = range;
  ranges_.erase(first + 1, last);
}

void ByteRanges::remove(ByteRange range) {
  if (range.empty() || ranges_.empty()) return;
  size_t index = first_behind(range.from);
  if (index == ranges_.size() || ranges_[index].from >= range.to) return;
  const ByteRange left{ranges_[index].from, range.from};
  size_t end = index;
  ByteRange right;
  for (; end < ranges_.size() && ranges_[end].from < range.to; ++end)
    right = {range.to, ranges_[end].to};
  const auto position = ranges_.erase(ranges_.begin() + static_cast<std::ptrdiff_t>(index),
                                      ranges_.begin() + static_cast<std::ptrdiff_t>(end));
  ByteRange kept[2];
  size_t count = 0;
  if (!left.empty()) kept[count++] = left;
  if (!right.empty()) kept[count++] = right;
  ranges_.insert(position, kept, kept + count);
}

}  // namespace faultline::sim
