// SPDX-License-Identifier: Apache-2.0
// How a model writes a state as bytes and reads it back. The packed form is what the explorer
// stores and compares: equal states must give equal bytes (canonical: sort what is a set), other
// states other bytes. Whole bytes are fast, bits are small; a run of bits() ends with the next
// whole byte. Lengths may vary from state to state, up to kStateBytesMax.
#pragma once

#include <cstdint>
#include <cstring>

#include "broker/base/assert.h"
#include "broker/base/bytes.h"

namespace faultline::model {

inline constexpr size_t kStateBytesMax = 1 << 14;

class Packer {
 public:
  // `out` has room for kStateBytesMax bytes.
  explicit Packer(uint8_t* out) : begin_(out), out_(out) {}

  void u8(uint64_t value) {
    ASSERT(value <= 0xff);
    put(static_cast<uint8_t>(value));
  }
  void u16(uint64_t value) {
    ASSERT(value <= 0xffff);
    put(static_cast<uint8_t>(value >> 8));
    put(static_cast<uint8_t>(value));
  }
  void u64(uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) put(static_cast<uint8_t>(value >> shift));
  }
  // The lowest `width` bits of value, at most 16; there are no others.
  void bits(unsigned width, uint64_t value) {
    ASSERT(width <= 16 && value >> width == 0);
    pending_ |= value << pending_bits_;
    pending_bits_ += width;
    while (pending_bits_ >= 8) flush_byte();
  }
  // Bytes as they are, e.g. of a trivially copyable struct without padding.
  void raw(const void* bytes, size_t size) {
    flush();
    ASSERT(size_so_far() + size <= kStateBytesMax);
    std::memcpy(out_, bytes, size);
    out_ += size;
  }

  // How many bytes were written; ends a run of bits.
  size_t finish() {
    flush();
    return size_so_far();
  }

 private:
  size_t size_so_far() const { return static_cast<size_t>(out_ - begin_); }
  void put(uint8_t byte) {
    flush();
    ASSERT(size_so_far() < kStateBytesMax);
    *out_++ = byte;
  }
  void flush() {
    if (pending_bits_ > 0) flush_byte();
  }
  void flush_byte() {
    ASSERT(size_so_far() < kStateBytesMax);
    *out_++ = static_cast<uint8_t>(pending_);
    pending_ >>= 8;
    pending_bits_ = pending_bits_ > 8 ? pending_bits_ - 8 : 0;
  }

  uint8_t* begin_;
  uint8_t* out_;
  uint64_t pending_ = 0;
  unsigned pending_bits_ = 0;
};

// Reads what a Packer wrote, by the same sequence of calls.
class Unpacker {
 public:
  explicit Unpacker(Bytes in) : next_(in.data()), end_(in.data() + in.size()) {}

  uint64_t u8() { return get(); }
  uint64_t u16() {
    const uint64_t high = get();
    return high << 8 | get();
  }
  uint64_t u64() {
    uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | get();
    return value;
  }
  uint64_t bits(unsigned width) {
    while (pending_bits_ < width) {
      ASSERT(next_ != end_);
      pending_ |= uint64_t{*next_++} << pending_bits_;
      pending_bits_ += 8;
    }
    const uint64_t value = pending_ & ((uint64_t{1} << width) - 1);
    pending_ >>= width;
    pending_bits_ -= width;
    return value;
  }
  void raw(void* bytes, size_t size) {
    drop_bits();
    ASSERT(size <= static_cast<size_t>(end_ - next_));
    std::memcpy(bytes, next_, size);
    next_ += size;
  }
  bool is_at_end() const { return next_ == end_; }

 private:
  uint8_t get() {
    drop_bits();
    ASSERT(next_ != end_);
    return *next_++;
  }
  void drop_bits() {
    pending_ = 0;
    pending_bits_ = 0;
  }

  const uint8_t* next_;
  const uint8_t* end_;
  uint64_t pending_ = 0;
  unsigned pending_bits_ = 0;
};

}  // namespace faultline::model
