// SPDX-License-Identifier: Apache-2.0
// Bytes being assembled for sending: what is written lies in one block, large shared slices are
// spliced in by reference, so that records pass from disk to network without being copied.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "broker/base/assert.h"
#include "broker/base/byte_io.h"
#include "broker/base/bytes.h"

namespace faultline {

class ByteChain {
 public:
  // Bytes written so far, without the spliced ones.
  size_t written() const { return buffer_.size(); }
  size_t size() const { return buffer_.size() + spliced_; }

  // Extends by `length` uninitialised bytes for the caller to fill before the next call here.
  uint8_t* extend(size_t length) { return buffer_.extend(length); }
  void reserve(size_t capacity) { buffer_.reserve(capacity); }
  template <class Int>
  void write(Int value) {
    store_big_endian(buffer_.extend(sizeof(Int)), value);
  }
  // As Buffer's.
  std::span<uint8_t> room(size_t length) { return buffer_.room(length); }
  void commit(size_t length) { buffer_.commit(length); }
  template <class Int>
  void patch(size_t position, Int value) {
    ASSERT_OP(position + sizeof(Int), <=, buffer_.size());
    store_big_endian(buffer_.data() + position, value);
  }
  // The slice appears before the written byte number `position`; positions must not fall.
  void splice(size_t position, const Slice& slice) {
    ASSERT_OP(position, <=, buffer_.size());
    ASSERT(splices_.empty() || splices_.back().position <= position);
    spliced_ += slice.size();
    splices_.push_back({position, slice});
  }
  // All bytes in order, as few slices as possible.
  Slices finish() && {
    const Slice own = std::move(buffer_).freeze();
    Slices slices;
    slices.reserve(2 * splices_.size() + 1);
    size_t start = 0;
    for (Splice& splice : splices_) {
      if (splice.position > start) slices.push_back(own.subslice(start, splice.position - start));
      slices.push_back(std::move(splice.slice));
      start = splice.position;
    }
    if (start < own.size()) slices.push_back(own.subslice(start));
    return slices;
  }

 private:
  struct Splice {
    size_t position;
    Slice slice;
  };

  Buffer buffer_;
  std::vector<Splice> splices_;
  size_t spliced_ = 0;
};

}  // namespace faultline
