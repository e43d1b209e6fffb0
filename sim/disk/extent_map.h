// SPDX-License-Identifier: Apache-2.0
// ExtentMap: the bytes of a sparse file as windows on shared, immutable slices. Writing keeps the
// slice, it copies nothing, so page cache, platter and the replicas of a batch hold its bytes once.
// What no extent covers is a hole and reads as zeros. Appending is O(1); writing into the middle
// moves the extents behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "broker/base/bytes.h"
#include "sim/disk/byte_ranges.h"

namespace faultline::sim {

class ExtentMap {
 public:
  struct Extent {
    uint64_t offset = 0;
    Slice bytes;  // never empty
    uint64_t end() const { return offset + bytes.size(); }
  };

  void write(uint64_t offset, Slice bytes);
  // Makes a hole.
  void clear(ByteRange range);

  // All bytes of the range, holes as zeros: shares the slice when one extent holds it all, copies
  // else. Requires that the range fits into memory.
  Slice read(ByteRange range) const;
  // Calls visit(offset, Slice) for the parts of extents in the range, ascending.
  template <class Visit>
  void visit(ByteRange range, Visit visit) const {
    for (size_t i = first_behind(range.from); i < extents_.size(); ++i) {
      const ByteRange part = intersection(range, {extents_[i].offset, extents_[i].end()});
      if (part.empty()) break;
      visit(part.from, extents_[i].bytes.subslice(part.from - extents_[i].offset, part.size()));
    }
  }

  bool empty() const { return extents_.empty(); }
  uint64_t end() const { return extents_.empty() ? 0 : extents_.back().end(); }
  // Bytes that are not holes; in all, or within a range.
  uint64_t allocated() const { return allocated_; }
  uint64_t allocated_in(ByteRange range) const;
  const std::vector<Extent>& extents() const { return extents_; }

 private:
  size_t first_behind(uint64_t position) const;

  std::vector<Extent> extents_;  // ascending, disjoint
  uint64_t allocated_ = 0;
};

}  // namespace faultline::sim
