// SPDX-License-Identifier: Apache-2.0
// Overlaying, cutting and gathering extents.
#include "sim/disk/extent_map.h"

#include <algorithm>
#include <cstring>

#include "broker/base/assert.h"

namespace faultline::sim {
namespace {
constexpr size_t kNearSteps = 8;
}  // namespace

size_t ExtentMap::first_behind(uint64_t position) const {
  // Most look at the end: a binary search would begin where nobody has been for long.
  size_t first = extents_.size();
  for (size_t step = 0; step < kNearSteps; ++step, --first)
    if (first == 0 || extents_[first - 1].end() <= position) return first;
  const auto found =
      std::partition_point(extents_.begin(), extents_.begin() + static_cast<std::ptrdiff_t>(first),
                           [&](const Extent& e) { return e.end() <= position; });
  return static_cast<size_t>(found - extents_.begin());
}

void ExtentMap::write(uint64_t offset, Slice bytes) {
  if (bytes.empty()) return;
  const uint64_t size = bytes.size();
  if (offset < end()) {
    clear({offset, offset + size});
    const size_t index = first_behind(offset);
    extents_.insert(extents_.begin() + static_cast<std::ptrdiff_t>(index),
                    Extent{offset, std::move(bytes)});
  } else {
    extents_.push_back(Extent{offset, std::move(bytes)});
  }
  allocated_ += size;
}

void ExtentMap::clear(ByteRange range) {
  if (range.empty()) return;
  const size_t first = first_behind(range.from);
  if (first == extents_.size() || extents_[first].offset >= range.to) return;
  size_t last = first;
  Extent left;
  Extent right;
  for (; last < extents_.size() && extents_[last].offset < range.to; ++last) {
    const Extent& extent = extents_[last];
    const ByteRange gone = intersection(range, {extent.offset, extent.end()});
    allocated_ -= gone.size();
    if (extent.offset < range.from)
      left = {extent.offset, extent.bytes.subslice(0, range.from - extent.offset)};
    if (extent.end() > range.to)
      right = {range.to, extent.bytes.subslice(range.to - extent.offset)};
  }
  // One extent may leave two pieces, so there can be one more place to fill than was emptied.
  Extent pieces[2];
  size_t count = 0;
  if (!left.bytes.empty()) pieces[count++] = std::move(left);
  if (!right.bytes.empty()) pieces[count++] = std::move(right);
  size_t place = first;
  size_t used = 0;
  while (used < count && place < last) extents_[place++] = std::move(pieces[used++]);
  const auto at = extents_.begin() + static_cast<std::ptrdiff_t>(place);
  if (used < count) {
    extents_.insert(at, std::move(pieces[used]));
  } else {
    extents_.erase(at, extents_.begin() + static_cast<std::ptrdiff_t>(last));
  }
}

Slice ExtentMap::read(ByteRange range) const {
  if (range.empty()) return {};
  const size_t first = first_behind(range.from);
  if (first < extents_.size()) {
    const Extent& extent = extents_[first];
    if (extent.offset <= range.from && range.to <= extent.end())
      return extent.bytes.subslice(range.from - extent.offset, range.size());
  }
  Buffer buffer;
  uint8_t* to = buffer.extend(range.size());
  uint64_t position = range.from;
  const auto zero_until = [&](uint64_t end) {
    if (position < end) std::memset(to + (position - range.from), 0, end - position);
  };
  for (size_t i = first; i < extents_.size() && extents_[i].offset < range.to; ++i) {
    const Extent& extent = extents_[i];
    const ByteRange part = intersection(range, {extent.offset, extent.end()});
    zero_until(part.from);
    std::memcpy(to + (part.from - range.from), extent.bytes.data() + (part.from - extent.offset),
                part.size());
    position = part.to;
  }
  zero_until(range.to);
  return std::move(buffer).freeze();
}

uint64_t ExtentMap::allocated_in(ByteRange range) const {
  uint64_t sum = 0;
  for (size_t i = first_behind(range.from); i < extents_.size(); ++i) {
    const ByteRange part = intersection(range, {extents_[i].offset, extents_[i].end()});
    if (part.empty()) break;
    sum += part.size();
  }
  return sum;
}

}  // namespace faultline::sim
