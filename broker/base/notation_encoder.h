// SPDX-License-Identifier: Apache-2.0
// Writing messages of the notation. The same walk runs twice: once to count, so that one allocation
// of the exact size is enough and stores need no bounds check, once to store. Include through
// notation_codec.h.
#pragma once

#include <bit>
#include <cstring>

#include "broker/base/assert.h"
#include "broker/base/notation.h"
#include "broker/base/varint.h"

namespace faultline::notation {

inline constexpr size_t kStringBytesMax = INT16_MAX;
inline constexpr size_t kSpliceBytesMin = 512;  // below, copying is cheaper than another slice
inline constexpr int kTagPhase =
    -1;  // as the version: no plain field is in range, only tagged ones react

// kStore false: counts only.
template <bool kStore>
class Encoder {
 public:
  Encoder(int version, bool flexible)
      : version_(version), real_version_(version), flexible_(flexible) {}

  // Where to store; `out` has room for counted() of the counting pass. Slices are spliced into
  // `chain` if given.
  void store_to(uint8_t* out, ByteChain* chain, size_t chain_position)
    requires kStore
  {
    start_ = cursor_ = out;
    chain_ = chain;
    chain_position_ = chain_position;
  }
  void count_splices(bool splice)
    requires(!kStore)
  {
    splice_ = splice;
  }
  // Bytes passed over; without those that are spliced.
  size_t counted() const { return kStore ? static_cast<size_t>(cursor_ - start_) : counted_; }

  template <class T>
  void f(const char*, const T& field, int from = 0, int to = kAnyLater) {
    if (version_ >= from && version_ <= to) value(field);
  }
  template <class T>
  void n(const char*, const std::optional<T>& field, int nullable_from = 0, int from = 0,
         int to = kAnyLater) {
    if (version_ < from || version_ > to) return;
    if (version_ >= nullable_from) {
      value(field);
    } else {
      value(field ? *field : T());
    }
  }
  template <class T>
  void t(int tag, const char*, const T& field, int from,
         const std::type_identity_t<T>& standard = T(), int to = kAnyLater) {
    if (!flexible_ || real_version_ < from || real_version_ > to || field == standard) return;
    if (version_ != kTagPhase) {
      ++tags_;
      return;
    }
    version_ = real_version_;
    Encoder<false> counter(version_, flexible_);
    counter.value(field);
    varint(static_cast<uint32_t>(tag));
    varint(counter.counted());
    value(field);
    version_ = kTagPhase;
  }

  template <Struct T>
  void value(const T& field) {
    T& walked = const_cast<T&>(field);  // wire() serves readers too; this archive changes nothing
    const uint32_t outer_tags = tags_;
    tags_ = 0;
    walked.wire(*this);
    const uint32_t tags = tags_;
    tags_ = outer_tags;
    if (!flexible_) return;
    varint(tags);
    if (tags == 0) return;
    version_ = kTagPhase;
    walked.wire(*this);
    version_ = real_version_;
  }
  template <Number T>
  void value(T field) {
    if constexpr (std::is_same_v<T, bool>) {
      store<uint8_t>(field ? 1 : 0);
    } else if constexpr (std::is_enum_v<T>) {
      store(static_cast<std::underlying_type_t<T>>(field));
    } else if constexpr (std::is_floating_point_v<T>) {
      static_assert(sizeof(T) == sizeof(uint64_t));
      store(std::bit_cast<uint64_t>(field));
    } else {
      store(field);
    }
  }
  void value(const std::string& field) {
    ASSERT_OP(field.size(), <=, kStringBytesMax);
    length<int16_t>(field.size());
    raw({reinterpret_cast<const uint8_t*>(field.data()), field.size()});
  }
  void value(const Uuid& field) { raw(field.bytes); }
  void value(const Slice& field) {
    length<int32_t>(field.size());
    if (field.size() < kSpliceBytesMin || !splices()) {
      raw(field.view());
    } else if constexpr (kStore) {
      chain_->splice(chain_position_ + counted(), field);
    }
  }
  template <class T>
  void value(const std::vector<T>& field) {
    length<int32_t>(field.size());
    for (const T& element : field) value(element);
  }
  template <class T>
  void value(const std::optional<T>& field) {
    if constexpr (Struct<T>) {
      store<int8_t>(field ? 1 : -1);
    } else if (!field) {
      null_length<T>();
    }
    if (field) value(*field);
  }

 private:
  template <class Int>
  void length(size_t length) {
    ASSERT_OP(length, <=, INT32_MAX);
    if (flexible_) {
      varint(length + 1);
    } else {
      store(static_cast<Int>(length));
    }
  }
  template <class T>
  void null_length() {
    if (flexible_) {
      varint(0);
    } else if constexpr (std::is_same_v<T, std::string>) {
      store<int16_t>(-1);
    } else {
      store<int32_t>(-1);
    }
  }
  template <class Int>
  void store(Int number) {
    if constexpr (kStore) {
      store_big_endian(cursor_, number);
      cursor_ += sizeof(Int);
    } else {
      counted_ += sizeof(Int);
    }
  }
  void varint(uint64_t number) {
    if constexpr (kStore) {
      for (; number >= 0x80; number >>= 7) *cursor_++ = static_cast<uint8_t>(number | 0x80);
      *cursor_++ = static_cast<uint8_t>(number);
    } else {
      counted_ += varint_size(number);
    }
  }
  void raw(Bytes bytes) {
    if constexpr (kStore) {
      if (!bytes.empty()) std::memcpy(cursor_, bytes.data(), bytes.size());
      cursor_ += bytes.size();
    } else {
      counted_ += bytes.size();
    }
  }
  bool splices() const {
    if constexpr (kStore) return chain_ != nullptr;
    return splice_;
  }

  int version_;
  const int real_version_;
  const bool flexible_;
  uint32_t tags_ = 0;  // tagged fields to be written of the struct being walked
  bool splice_ = false;
  size_t counted_ = 0;
  uint8_t* start_ = nullptr;
  uint8_t* cursor_ = nullptr;
  ByteChain* chain_ = nullptr;
  size_t chain_position_ = 0;
};

}  // namespace faultline::notation
