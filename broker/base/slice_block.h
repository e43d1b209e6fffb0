// SPDX-License-Identifier: Apache-2.0
// SliceBlock: what slices share: a counted allocation with its bytes behind it, or one that stands
// for bytes which others hold. Counted without locks, so slices stay on the loop that made them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>

#include "broker/base/assert.h"

namespace faultline {

// The allocation behind slices; `size` bytes follow the header, or the bytes lie elsewhere.
struct SliceBlock {
  static constexpr uint32_t kElsewhere = UINT32_MAX;  // this is a BorrowedBlock
  uint32_t references;
  uint32_t size;
  uint8_t* data() { return reinterpret_cast<uint8_t*>(this + 1); }
  static SliceBlock* create(size_t size);  // uninitialised bytes, one reference; size < 4 GiB
  static void release(SliceBlock* block) {
    ASSERT_OP(block->references, >, 0);
    if (--block->references == 0) destroy(block);
  }

 private:
  static void destroy(SliceBlock* block);
};

// Bytes that somebody else's code holds for slices; `give_back` frees them and the block.
struct BorrowedBlock : SliceBlock {
  using GiveBack = void (*)(BorrowedBlock*);
  explicit BorrowedBlock(GiveBack how) : SliceBlock{1, kElsewhere}, give_back(how) {}
  const GiveBack give_back;
};

inline void SliceBlock::destroy(SliceBlock* block) {
  if (block->size == kElsewhere) {
    auto* borrowed = static_cast<BorrowedBlock*>(block);
    return borrowed->give_back(borrowed);
  }
  ::operator delete(block, sizeof(SliceBlock) + block->size);
}

}  // namespace faultline
