// SPDX-License-Identifier: Apache-2.0
// Allocation and growth of byte blocks.
#include "broker/base/bytes.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "broker/base/assert.h"

namespace faultline {

SliceBlock* SliceBlock::create(size_t size) {
  ASSERT_OP(size, <, kElsewhere);
  auto* block = static_cast<SliceBlock*>(::operator new(sizeof(SliceBlock) + size));
  block->references = 1;
  block->size = static_cast<uint32_t>(size);
  return block;
}

Slice Slice::copy_of(Bytes bytes) {
  if (bytes.empty()) return {};
  SliceBlock* block = SliceBlock::create(bytes.size());
  std::memcpy(block->data(), bytes.data(), bytes.size());
  return adopt(block, bytes.size());
}

const BorrowedBlock* Slice::lender() const {
  const bool is_lent = block_ != nullptr && block_->size == SliceBlock::kElsewhere;
  return is_lent ? static_cast<const BorrowedBlock*>(block_) : nullptr;
}

size_t total_size(const Slices& slices) {
  size_t total = 0;
  for (const Slice& slice : slices) total += slice.size();
  return total;
}

Slice join(const Slices& slices) {
  if (slices.size() == 1) return slices.front();
  Buffer buffer;
  buffer.reserve(total_size(slices));
  for (const Slice& slice : slices) buffer.append(slice.view());
  return std::move(buffer).freeze();
}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(block_, other.block_);
  std::swap(size_, other.size_);
  return *this;
}

void Buffer::reserve(size_t wanted) {
  if (wanted <= capacity()) return;
  SliceBlock* larger = SliceBlock::create(wanted);
  if (block_ != nullptr) {
    std::memcpy(larger->data(), block_->data(), size_);
    SliceBlock::release(block_);
  }
  block_ = larger;
}

void Buffer::resize(size_t size) {
  const size_t before = size_;
  reserve(size);
  size_ = size;
  if (size > before) std::memset(data() + before, 0, size - before);
}

void Buffer::grow(size_t needed) { reserve(std::max(needed, 2 * capacity())); }

}  // namespace faultline
