// SPDX-License-Identifier: Apache-2.0
// Allocation and growth of byte blocks.
#include "broker/base/bytes.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "broker/base/assert.h"

namespace faultline {

SliceBlock* SliceBlock::create(size_t size) {
  ASSERT_OP(size, <=, UINT32_MAX);
  auto* block = static_cast<SliceBlock*>(::operator new(sizeof(SliceBlock) + size));
  block->references = 1;
  block->size = static_cast<uint32_t>(size);
  return block;
}

void SliceBlock::release(SliceBlock* block) {
  ASSERT_OP(block->references, >, 0);
  if (--block->references == 0) ::operator delete(block, sizeof(SliceBlock) + block->size);
}

Slice Slice::copy_of(Bytes bytes) {
  Buffer buffer;
  buffer.append(bytes);
  return std::move(buffer).freeze();
}

Slice Slice::subslice(size_t offset, size_t length) const {
  ASSERT_OP(offset, <=, size());
  ASSERT_OP(length, <=, size() - offset);
  Slice part(block_, view_.subspan(offset, length));
  part.retain();
  return part;
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

Buffer::~Buffer() {
  if (block_ != nullptr) SliceBlock::release(block_);
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

uint8_t* Buffer::extend(size_t length) {
  const size_t before = size_;
  if (before + length > capacity()) reserve(std::max(before + length, 2 * capacity()));
  size_ += length;
  return data() + before;
}

void Buffer::append(Bytes bytes) {
  if (bytes.empty()) return;
  std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
}

Slice Buffer::freeze() && {
  if (block_ == nullptr) return {};
  Slice slice = Slice::adopt(block_, size_);
  block_ = nullptr;
  size_ = 0;
  return slice;
}

}  // namespace faultline
