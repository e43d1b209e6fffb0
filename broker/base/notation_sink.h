// SPDX-License-Identifier: Apache-2.0
// Where an encoder's bytes go: they are stored, only counted, stored as far as there is room, or
// appended to a chain.
// Include through notation_codec.h.
#pragma once

#include <cstring>
#include <span>

#include "broker/base/byte_chain.h"
#include "broker/base/byte_io.h"
#include "broker/base/varint.h"

namespace faultline::notation {

inline constexpr size_t kSpliceBytesMin = 512;  // below, copying is cheaper than another slice

class CountingSink {
 public:
  size_t passed() const { return passed_; }
  template <class Int>
  void store(Int) {
    passed_ += sizeof(Int);
  }
  void varint(uint64_t number) { passed_ += varint_size(number); }
  void raw(Bytes bytes) { passed_ += bytes.size(); }
  void shared(const Slice& slice) { raw(slice.view()); }

 private:
  size_t passed_ = 0;
};

// Stores what fits into `to` and counts on: one walk does where the room is nearly always enough.
class BoundedSink {
 public:
  explicit BoundedSink(std::span<uint8_t> to) : to_(to) {}

  size_t passed() const { return passed_; }
  bool has_all() const { return passed_ <= to_.size(); }
  template <class Int>
  void store(Int number) {
    if (uint8_t* at = pass(sizeof(Int))) store_big_endian(at, number);
  }
  void varint(uint64_t number) {
    uint8_t* at = pass(varint_size(number));
    if (at == nullptr) return;
    for (; number >= 0x80; number >>= 7) *at++ = static_cast<uint8_t>(number | 0x80);
    *at = static_cast<uint8_t>(number);
  }
  void raw(Bytes bytes) {
    uint8_t* at = pass(bytes.size());
    if (at != nullptr && !bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
  }
  void shared(const Slice& slice) { raw(slice.view()); }

 private:
  // Where the next `length` bytes go; null when they do not fit.
  uint8_t* pass(size_t length) {
    passed_ += length;
    return has_all() ? to_.data() + (passed_ - length) : nullptr;
  }

  std::span<uint8_t> to_;
  size_t passed_ = 0;
};

// `to` has room for all that a CountingSink counted. With a chain, long slices are spliced into it,
// and `to` are its written bytes from `chain_position` on.
class StoringSink {
 public:
  explicit StoringSink(uint8_t* to) : start_(to), cursor_(to) {}

  size_t passed() const { return static_cast<size_t>(cursor_ - start_); }
  template <class Int>
  void store(Int number) {
    store_big_endian(cursor_, number);
    cursor_ += sizeof(Int);
  }
  void varint(uint64_t number) {
    for (; number >= 0x80; number >>= 7) *cursor_++ = static_cast<uint8_t>(number | 0x80);
    *cursor_++ = static_cast<uint8_t>(number);
  }
  void raw(Bytes bytes) {
    if (!bytes.empty()) std::memcpy(cursor_, bytes.data(), bytes.size());
    cursor_ += bytes.size();
  }
  void shared(const Slice& slice) { raw(slice.view()); }

 private:
  uint8_t* start_;
  uint8_t* cursor_;
};

// Appends to a chain, into which long slices go as they are. The chain may be used again when the
// sink is gone.
class ChainSink {
 public:
  explicit ChainSink(ByteChain& chain) : chain_(chain) { open(0); }
  ChainSink(const ChainSink&) = delete;
  ~ChainSink() { close(); }

  template <class Int>
  void store(Int number) {
    store_big_endian(pass(sizeof(Int)), number);
  }
  void varint(uint64_t number) {
    uint8_t* at = pass(varint_size(number));
    for (; number >= 0x80; number >>= 7) *at++ = static_cast<uint8_t>(number | 0x80);
    *at = static_cast<uint8_t>(number);
  }
  void raw(Bytes bytes) {
    if (!bytes.empty()) std::memcpy(pass(bytes.size()), bytes.data(), bytes.size());
  }
  void shared(const Slice& slice) {
    if (slice.size() < kSpliceBytesMin) return raw(slice.view());
    close();
    chain_.splice(chain_.written(), slice);
    open(0);
  }

 private:
  uint8_t* pass(size_t length) {
    if (length > room_.size()) [[unlikely]] {
      close();
      open(length);
    }
    uint8_t* at = room_.data();
    room_ = room_.subspan(length);
    return at;
  }
  void open(size_t length) {
    room_ = chain_.room(length);
    opened_ = room_.size();
  }
  void close() { chain_.commit(opened_ - room_.size()); }

  ByteChain& chain_;
  std::span<uint8_t> room_;  // what is left of the chain's
  size_t opened_ = 0;        // what there was
};

}  // namespace faultline::notation
