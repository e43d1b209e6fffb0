// SPDX-License-Identifier: Apache-2.0
// Big-endian reading and writing with a sticky failure: after the first short or illegal read
// everything reads as zero and ok() stays false, so a decoder checks once at its end. Nothing here
// allocates by a length that the input merely claims.
#pragma once

#include <bit>
#include <cstring>
#include <type_traits>

#include "broker/base/bytes.h"
#include "broker/base/varint.h"

namespace faultline {

template <class Int>
Int load_big_endian(const uint8_t* from) {
  static_assert(std::is_integral_v<Int> && std::endian::native == std::endian::little);
  Int value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (sizeof(Int) == 2)
    value = static_cast<Int>(__builtin_bswap16(static_cast<uint16_t>(value)));
  if constexpr (sizeof(Int) == 4)
    value = static_cast<Int>(__builtin_bswap32(static_cast<uint32_t>(value)));
  if constexpr (sizeof(Int) == 8)
    value = static_cast<Int>(__builtin_bswap64(static_cast<uint64_t>(value)));
  return value;
}

template <class Int>
void store_big_endian(uint8_t* to, Int value) {
  if constexpr (sizeof(Int) == 2)
    value = static_cast<Int>(__builtin_bswap16(static_cast<uint16_t>(value)));
  if constexpr (sizeof(Int) == 4)
    value = static_cast<Int>(__builtin_bswap32(static_cast<uint32_t>(value)));
  if constexpr (sizeof(Int) == 8)
    value = static_cast<Int>(__builtin_bswap64(static_cast<uint64_t>(value)));
  std::memcpy(to, &value, sizeof value);
}

class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}
  // Reading from a slice lets slice() share its block instead of copying.
  explicit ByteReader(const Slice& owner) : bytes_(owner.view()), owner_(&owner) {}

  bool ok() const { return ok_; }
  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  void set_failed() {
    ok_ = false;
    position_ = bytes_.size();
  }

  template <class Int>
  Int read() {
    if (!need(sizeof(Int))) return 0;
    const Int value = load_big_endian<Int>(bytes_.data() + position_);
    position_ += sizeof(Int);
    return value;
  }
  uint64_t unsigned_varint(size_t bytes_max) {
    if (position_ < bytes_.size() && bytes_[position_] < 0x80) [[likely]]
      return bytes_[position_++];
    if (remaining() >= 2 && bytes_[position_ + 1] < 0x80) {
      position_ += 2;
      return (bytes_[position_ - 2] & 0x7fu) | bytes_[position_ - 1] * 0x80u;
    }
    return long_varint(bytes_max);
  }
  uint32_t unsigned_varint32() { return static_cast<uint32_t>(unsigned_varint(5)); }
  int32_t varint() { return zigzag_decode(unsigned_varint32()); }
  int64_t varlong() { return zigzag_decode(unsigned_varint(10)); }
  // A view of the next `length` bytes, valid as long as the input.
  Bytes view(size_t length) {
    if (!need(length)) return {};
    const Bytes part = bytes_.subspan(position_, length);
    position_ += length;
    return part;
  }
  // The next `length` bytes as a slice: shares the owner's block, or copies when there is none.
  Slice slice(size_t length);
  void skip(size_t length) { view(length); }

 private:
  uint64_t long_varint(size_t bytes_max);
  bool need(size_t length) {
    if (length <= remaining() && ok_) [[likely]]
      return true;
    set_failed();
    return false;
  }

  Bytes bytes_;
  const Slice* owner_ = nullptr;
  size_t position_ = 0;
  bool ok_ = true;
};

class ByteWriter {
 public:
  ByteWriter() = default;
  explicit ByteWriter(size_t capacity) { buffer_.reserve(capacity); }

  size_t size() const { return buffer_.size(); }
  Bytes view() const { return buffer_.view(); }
  template <class Int>
  void write(Int value) {
    store_big_endian(buffer_.extend(sizeof(Int)), value);
  }
  void unsigned_varint(uint64_t value) {
    uint8_t* to = buffer_.extend(varint_size(value));
    for (; value >= 0x80; value >>= 7) *to++ = static_cast<uint8_t>(value | 0x80);
    *to = static_cast<uint8_t>(value);
  }
  void varint(int32_t value) { unsigned_varint(zigzag_encode(value)); }
  void varlong(int64_t value) { unsigned_varint(zigzag_encode(value)); }
  void append(Bytes bytes) { buffer_.append(bytes); }
  // Overwrites an integer written earlier at `position`.
  template <class Int>
  void patch(size_t position, Int value) {
    store_big_endian(buffer_.data() + position, value);
  }
  // Keeps the memory for the next use.
  void clear() { buffer_.resize(0); }
  Slice finish() && { return std::move(buffer_).freeze(); }
  Buffer take() && { return std::move(buffer_); }

 private:
  Buffer buffer_;
};

}  // namespace faultline
