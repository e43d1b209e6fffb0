// SPDX-License-Identifier: Apache-2.0
// Bytes that travel without being copied. A Slice is a window on an intrusively reference-counted
// block, immutable once written (of a borrowed one the lender says what may change); Buffer is the
// one writer of a block until it is frozen. Counts are not atomic: one loop owns all slices of a
// block (D1). ByteReader and ByteWriter: byte_io.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "broker/base/assert.h"
#include "broker/base/slice_block.h"

namespace faultline {

using Bytes = std::span<const uint8_t>;

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Slice {
 public:
  Slice() = default;
  Slice(const Slice& other) : block_(other.block_), view_(other.view_) { retain(); }
  Slice(Slice&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)), view_(std::exchange(other.view_, {})) {}
  Slice& operator=(Slice other) noexcept {
    std::swap(block_, other.block_);
    std::swap(view_, other.view_);
    return *this;
  }
  ~Slice() {
    if (block_ != nullptr) SliceBlock::release(block_);
  }

  static Slice copy_of(Bytes bytes);
  static Slice copy_of(std::string_view text) { return copy_of(as_bytes(text)); }
  // Refers to bytes that live for ever (string literals); owns nothing.
  static Slice of_static(std::string_view text) { return Slice(nullptr, as_bytes(text)); }

  const uint8_t* data() const { return view_.data(); }
  size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  Bytes view() const { return view_; }
  std::string_view text() const { return as_text(view_); }
  uint8_t operator[](size_t index) const { return view_[index]; }

  // A window on [offset, offset + length), which must lie within this one, that shares the block.
  Slice subslice(size_t offset, size_t length) const {
    ASSERT_OP(offset, <=, size());
    ASSERT_OP(length, <=, size() - offset);
    Slice part(block_, view_.subspan(offset, length));
    part.retain();
    return part;
  }
  // Takes the first `length` bytes off this window. Requires length <= size().
  void drop_front(size_t length) {
    ASSERT_OP(length, <=, size());
    view_ = view_.subspan(length);
  }
  Slice subslice(size_t offset) const { return subslice(offset, size() - offset); }

  bool operator==(const Slice& other) const { return text() == other.text(); }

  // Takes over one reference of `block`, which holds `length` written bytes; for Buffer.
  static Slice adopt(SliceBlock* block, size_t length) {
    return Slice(block, Bytes(block->data(), length));
  }
  // Takes over one reference of `block`, which holds `bytes`.
  static Slice borrow(BorrowedBlock* block, Bytes bytes) { return Slice(block, bytes); }
  // Whose bytes these are, if not the heap's.
  const BorrowedBlock* lender() const;

 private:
  Slice(SliceBlock* block, Bytes view) : block_(block), view_(view) {}
  void retain() {
    if (block_ != nullptr) ++block_->references;
  }

  SliceBlock* block_ = nullptr;
  Bytes view_;
};

using Slices = std::vector<Slice>;

size_t total_size(const Slices& slices);
// One slice with all bytes: no copy when there is only one.
Slice join(const Slices& slices);

// The only writer of a block. Grows by doubling; freeze() makes an immutable Slice of the bytes.
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(size_t size) { resize(size); }
  Buffer(Buffer&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept;
  Buffer(const Buffer&) = delete;
  ~Buffer() {
    if (block_ != nullptr) SliceBlock::release(block_);
  }

  uint8_t* data() { return block_ == nullptr ? nullptr : block_->data(); }
  const uint8_t* data() const { return block_ == nullptr ? nullptr : block_->data(); }
  size_t size() const { return size_; }
  size_t capacity() const { return block_ == nullptr ? 0 : block_->size; }
  Bytes view() const { return {data(), size_}; }

  void reserve(size_t capacity);
  void resize(size_t size);  // new bytes are zero
  void append(Bytes bytes) {
    if (!bytes.empty()) std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
  }
  // Extends by `length` uninitialised bytes and returns where they start; the caller fills them.
  uint8_t* extend(size_t length) {
    uint8_t* const at = room(length).data();
    size_ += length;
    return at;
  }
  // Uninitialised room behind the end, at least `length` bytes; commit() says how much was filled.
  std::span<uint8_t> room(size_t length) {
    if (size_ + length > capacity()) grow(size_ + length);
    return {data() + size_, capacity() - size_};
  }
  void commit(size_t length) {
    ASSERT_OP(length, <=, capacity() - size_);
    size_ += length;
  }
  Slice freeze() && {
    if (block_ == nullptr) return {};
    return Slice::adopt(std::exchange(block_, nullptr), std::exchange(size_, 0));
  }

 private:
  void grow(size_t needed);

  SliceBlock* block_ = nullptr;
  size_t size_ = 0;
};

}  // namespace faultline
