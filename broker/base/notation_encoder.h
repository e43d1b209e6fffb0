// SPDX-License-Identifier: Apache-2.0
// Writing messages of the notation. The same walk runs twice: once to count, so that one allocation
// of the exact size is enough and stores need no bounds check, once to store. Include through
// notation_codec.h.
#pragma once

#include <bit>

#include "broker/base/assert.h"
#include "broker/base/notation.h"
#include "broker/base/notation_sink.h"

namespace faultline::notation {

// As the version: no plain field is in range then, only tagged ones react.
inline constexpr int kTagPhase = -1;

template <class Sink>
class Encoder {
 public:
  Encoder(Sink& sink, int version, bool flexible)
      : sink_(sink), version_(version), real_version_(version), flexible_(flexible) {}

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
  template <class T>  // NOLINTNEXTLINE(readability-function-size): all about one field
  void t(int tag, const char*, const T& field, int from,
         const std::type_identity_t<T>& standard = T(), int to = kAnyLater) {
    if (!flexible_ || real_version_ < from || real_version_ > to || field == standard) return;
    if (version_ != kTagPhase) {
      ++tags_;
      return;
    }
    version_ = real_version_;
    CountingSink counted;
    Encoder<CountingSink>(counted, version_, flexible_).tagged(field);
    sink_.varint(static_cast<uint32_t>(tag));
    sink_.varint(counted.passed());
    tagged(field);
    version_ = kTagPhase;
  }

  // The content of a tagged field: like any other, but a nullable struct has a varint 0 or 1 in
  // front.
  template <class T>
  void tagged(const T& field) {
    if constexpr (NullableStruct<T>) {
      sink_.varint(field ? 1 : 0);
      if (field) value(*field);
    } else {
      value(field);
    }
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
    sink_.varint(tags);
    if (tags == 0) return;
    version_ = kTagPhase;
    walked.wire(*this);
    version_ = real_version_;
  }
  template <Number T>
  void value(T field) {
    if constexpr (std::is_same_v<T, bool>) {
      sink_.store(static_cast<uint8_t>(field));
    } else if constexpr (std::is_enum_v<T>) {
      sink_.store(static_cast<std::underlying_type_t<T>>(field));
    } else if constexpr (std::is_floating_point_v<T>) {
      static_assert(sizeof(T) == sizeof(uint64_t));
      sink_.store(std::bit_cast<uint64_t>(field));
    } else {
      sink_.store(field);
    }
  }
  void value(const std::string& field) {
    ASSERT_OP(field.size(), <=, kStringBytesMax);
    length<int16_t>(field.size());
    sink_.raw({reinterpret_cast<const uint8_t*>(field.data()), field.size()});
  }
  void value(const Uuid& field) { sink_.raw(field.bytes); }
  void value(const Slice& field) {
    length<int32_t>(field.size());
    sink_.shared(field);
  }
  template <class T>
  void value(const std::vector<T>& field) {
    length<int32_t>(field.size());
    for (const T& element : field) value(element);
  }
  template <class T>
  void value(const std::optional<T>& field) {
    if constexpr (Struct<T>) {
      sink_.store(static_cast<int8_t>(field ? 1 : -1));
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
      sink_.varint(length + 1);
    } else {
      sink_.store(static_cast<Int>(length));
    }
  }
  template <class T>
  void null_length() {
    if (flexible_) {
      sink_.varint(0);
    } else if constexpr (std::is_same_v<T, std::string>) {
      sink_.store(int16_t{-1});
    } else {
      sink_.store(int32_t{-1});
    }
  }
  Sink& sink_;
  int version_;
  const int real_version_;
  const bool flexible_;
  uint32_t tags_ = 0;  // tagged fields to be written of the struct being walked
};

}  // namespace faultline::notation
