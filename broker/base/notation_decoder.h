// SPDX-License-Identifier: Apache-2.0
// Reading messages of the notation from bytes that anybody may have sent. Failure is sticky and is
// looked at once. Counts are checked against the bytes that are left and elements are paid from a
// budget before they are made; nesting is bounded by the types themselves. Include through
// notation_codec.h.
#pragma once

#include <algorithm>
#include <bit>

#include "broker/base/notation.h"
#include "broker/base/notation_encoder.h"
#include "broker/base/notation_input.h"

namespace faultline::notation {

inline constexpr size_t kReservedElementsMax =
    64;  // beyond, an array grows as elements really arrive

class Decoder : public Input {
 public:
  Decoder(const Slice& bytes, int version, bool flexible)
      : Input(bytes), version_(version), real_version_(version), flexible_(flexible) {}

  template <class T>
  void f(const char* name, T& field, int from = 0, int to = kAnyLater) {
    if (version_ < from || version_ > to) return;
    value(field);
    note(name);
  }
  template <class T>
  void n(const char* name, std::optional<T>& field, int nullable_from = 0, int from = 0,
         int to = kAnyLater) {
    if (version_ < from || version_ > to) return;
    if (version_ >= nullable_from) {
      value(field);
    } else {
      value(refresh(field));
    }
    note(name);
  }
  template <class T>  // NOLINTNEXTLINE(readability-function-size): all about one field
  void t(int tag, const char* name, T& field, int from,
         const std::type_identity_t<T>& /*standard*/ = T(), int to = kAnyLater) {
    if (version_ != kTagPhase || tag != tag_ || real_version_ < from || real_version_ > to) return;
    version_ = real_version_;
    if constexpr (NullableStruct<T>) {
      field.reset();
      if (in_.unsigned_varint32() != 0) value(refresh(field));
    } else {
      value(field);
    }
    version_ = kTagPhase;
    tag_ = kNoTag;
    note(name);
  }

  template <Struct T>
  void value(T& field) {
    field.wire(*this);
    if (!flexible_) return;
    const uint32_t tags = in_.unsigned_varint32();
    if (tags != 0) [[unlikely]]
      tagged(field, tags);
  }
  template <Number T>
  void value(T& field) {
    if constexpr (std::is_same_v<T, bool>) {
      field = in_.read<uint8_t>() != 0;
    } else if constexpr (std::is_enum_v<T>) {
      field = static_cast<T>(in_.read<std::underlying_type_t<T>>());
    } else if constexpr (std::is_floating_point_v<T>) {
      field = std::bit_cast<T>(in_.read<uint64_t>());
    } else {
      field = in_.read<T>();
    }
  }
  void value(Uuid& field) {
    const Bytes bytes = in_.view(field.bytes.size());
    if (in_.ok()) std::copy(bytes.begin(), bytes.end(), field.bytes.begin());
  }
  template <class T>
    requires(!Number<T> && !Struct<T>)
  void value(T& field) {
    const int64_t count = length<T>();
    if (count < 0) {
      in_.set_failed();  // null where there is none
    } else {
      content(field, count);
    }
  }
  template <class T>
  void value(std::optional<T>& field) {
    field.reset();
    if constexpr (Struct<T>) {
      if (in_.read<int8_t>() >= 0 && in_.ok()) value(refresh(field));
    } else {
      const int64_t count = length<T>();
      if (count >= 0) content(refresh(field), count);
    }
  }

 private:
  using Input::content;
  static constexpr int64_t kNoTag = -1;

  // Bytes or elements to come; negative for null. Any negative length means null, as in Kafka.
  template <class T>
  int64_t length() {
    if (flexible_) return static_cast<int64_t>(in_.unsigned_varint32()) - 1;
    if constexpr (std::is_same_v<T, std::string>) return in_.read<int16_t>();
    return in_.read<int32_t>();
  }
  template <class T>
  void content(std::vector<T>& field, int64_t count) {
    field.clear();
    if (static_cast<uint64_t>(count) > in_.remaining()) {
      in_.set_failed();
      return;
    }
    field.reserve(std::min(static_cast<size_t>(count), kReservedElementsMax));
    for (int64_t i = 0; i < count && pay(sizeof(T)); ++i) value(field.emplace_back());
  }

  // A known field must keep within its size; unknown ones are skipped.
  template <class T>
  void tagged(T& field, uint32_t tags) {
    int64_t tag = -1;
    for (uint32_t i = 0; i < tags && in_.ok(); ++i) {
      const size_t end = next_tag(tag);
      version_ = kTagPhase;
      tag_ = tag;
      field.wire(*this);
      version_ = real_version_;
      if (in_.position() > end) in_.set_failed();
      if (in_.ok()) in_.skip(end - in_.position());
    }
    note("tagged fields");
  }

  int version_;
  const int real_version_;
  const bool flexible_;
  int64_t tag_ = kNoTag;  // the one being read
};

}  // namespace faultline::notation
