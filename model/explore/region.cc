// SPDX-License-Identifier: Apache-2.0
// Blocks of zeroed memory from the kernel. The first is small, for the many searches that are; the
// others are of large pages where the kernel has some.
#include "model/explore/region.h"

#include <algorithm>
#include <memory>

#include <sys/mman.h>

#include "broker/base/assert.h"

namespace faultline::model {
namespace {

constexpr size_t kLine = 64;
constexpr size_t kLargePage = size_t{1} << 21;
constexpr size_t kBlock = size_t{1} << 25;

size_t rounded_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

}  // namespace

Region::~Region() {
  for (const Block& block : blocks_) munmap(block.begin, block.bytes);
}

uint8_t* Region::slab() {
  const std::lock_guard lock(mutex_);
  if (slabs_.empty()) return fresh(kSlabBytes);
  uint8_t* slab = slabs_.back();
  slabs_.pop_back();
  return slab;
}

uint64_t* Region::zeroed_words(size_t words) {
  const std::lock_guard lock(mutex_);
  return reinterpret_cast<uint64_t*>(fresh(rounded_up(words * sizeof(uint64_t), kLine)));
}

void Region::give_back(uint64_t* words, size_t count) {
  const std::lock_guard lock(mutex_);
  recycle(reinterpret_cast<uint8_t*>(words), rounded_up(count * sizeof(uint64_t), kLine));
}

void Region::recycle(uint8_t* from, size_t bytes) {
  for (; bytes >= kSlabBytes; bytes -= kSlabBytes, from += kSlabBytes) slabs_.push_back(from);
}

// Memory that nobody had before, so that it is zero.
uint8_t* Region::fresh(size_t bytes) {
  if (bytes > left_) {
    recycle(next_, left_);
    const bool is_first = blocks_.empty();
    const size_t size = std::max(rounded_up(bytes, kLargePage), is_first ? kLargePage : kBlock);
    // Large pages begin at multiples of their size, which the kernel need not give.
    const size_t asked = size + kLargePage;
    void* got = mmap(nullptr, asked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT(got != MAP_FAILED);  // out of memory
    blocks_.push_back({static_cast<uint8_t*>(got), asked});
    size_t room = asked;
    next_ = static_cast<uint8_t*>(std::align(kLargePage, size, got, room));
    left_ = size;
    if (!is_first) madvise(next_, left_, MADV_HUGEPAGE);  // or not: only speed depends on it
  }
  uint8_t* const at = next_;
  next_ += bytes;
  left_ -= bytes;
  return at;
}

}  // namespace faultline::model
