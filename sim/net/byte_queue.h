// SPDX-License-Identifier: Apache-2.0
// ByteQueue: the bytes of one direction of a connection, in order, as shared slices: nothing is
// copied on the way from the writer's slices to the reader's.
#pragma once

#include <algorithm>
#include <deque>
#include <utility>

#include "broker/base/assert.h"
#include "broker/base/bytes.h"

namespace faultline::sim {

class ByteQueue {
 public:
  size_t size() const { return size_; }

  void push_back(Slice slice) {
    if (slice.empty()) return;
    size_ += slice.size();
    slices_.push_back(std::move(slice));
  }

  // The next 1..size_max bytes: what one slice holds of them. Requires bytes and size_max > 0.
  Slice take(size_t size_max) {
    Slice& first = slices_.front();
    const size_t taken = std::min(first.size(), size_max);
    size_ -= taken;
    if (taken == first.size()) {
      Slice whole = std::move(first);
      slices_.pop_front();
      return whole;
    }
    Slice part = first.subslice(0, taken);
    first = first.subslice(taken);
    return part;
  }

  // The next `size` bytes in one piece, copied when they lie in several slices.
  Slice gather(size_t size) {
    ASSERT_OP(size, <=, size_);
    if (slices_.front().size() >= size) return take(size);
    Buffer buffer;
    buffer.reserve(size);
    while (buffer.size() < size) buffer.append(take(size - buffer.size()).view());
    return std::move(buffer).freeze();
  }

  size_t front_size() const { return slices_.front().size(); }

  // Forgets the last `size` bytes.
  void drop_back(size_t size) {
    ASSERT_OP(size, <=, size_);
    size_ -= size;
    while (size > 0) {
      Slice& last = slices_.back();
      if (last.size() > size) {
        last = last.subslice(0, last.size() - size);
        return;
      }
      size -= last.size();
      slices_.pop_back();
    }
  }

  void clear() {
    slices_.clear();
    size_ = 0;
  }

 private:
  std::deque<Slice> slices_;
  size_t size_ = 0;
};

}  // namespace faultline::sim
