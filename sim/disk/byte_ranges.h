// SPDX-License-Identifier: Apache-2.0
// ByteRanges: a set of byte positions of a file as sorted, disjoint, non-touching ranges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace faultline::sim {

struct ByteRange {
  uint64_t from = 0;
  uint64_t to = 0;  // first byte behind

  uint64_t size() const { return to - from; }
  bool empty() const { return from >= to; }
  bool operator==(const ByteRange&) const = default;
};

constexpr ByteRange intersection(ByteRange a, ByteRange b) {
  return {a.from > b.from ? a.from : b.from, a.to < b.to ? a.to : b.to};
}

class ByteRanges {
 public:
  bool empty() const { return ranges_.empty(); }
  const std::vector<ByteRange>& ranges() const { return ranges_; }
  uint64_t total() const;
  bool overlaps(ByteRange range) const;
  // The parts of this set inside `range`, ascending.
  std::vector<ByteRange> within(ByteRange range) const;

  void add(ByteRange range);
  void remove(ByteRange range);
  void clear() { ranges_.clear(); }

  bool operator==(const ByteRanges&) const = default;

 private:
  // Index of the first range that ends behind `position`.
  size_t first_behind(uint64_t position) const;

  std::vector<ByteRange> ranges_;
};

}  // namespace faultline::sim
