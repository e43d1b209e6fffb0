// SPDX-License-Identifier: Apache-2.0
// A FieldVisitor is told every field of a message and may change it: what need not be fast
// (printing, random values, schema) is written once against this interface and costs each message
// type one template walk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/base/notation.h"

namespace faultline {

struct FieldInfo {
  const char* name = "";
  int from = 0;
  int to = kAnyLater;
  int nullable_from = kAnyLater;  // kAnyLater: never null
  int tag = -1;                   // -1: not tagged
};

struct NumberInfo {
  uint8_t bytes = 4;
  bool is_signed = true;
  std::string_view (*name)(int64_t) = nullptr;  // of an enum that has to_string
};

class FieldVisitor {
 public:
  static constexpr int kAllVersions = -1;

  explicit FieldVisitor(int version) : version_(version) {}
  virtual ~FieldVisitor() = default;

  int version() const { return version_; }
  bool is_in_version(const FieldInfo& field) const {
    return version_ == kAllVersions || (version_ >= field.from && version_ <= field.to);
  }
  bool may_be_null(const FieldInfo& field) const {
    return version_ == kAllVersions ? field.nullable_from != kAnyLater
                                    : version_ >= field.nullable_from;
  }

  virtual void begin_struct() = 0;
  virtual void end_struct() = 0;
  // Called for fields that are in the version; leave() follows.
  virtual void enter(const FieldInfo& field) = 0;
  virtual void leave() = 0;
  // A nullable field: returns whether it is to have a value.
  virtual bool present(bool is_present, bool null_is_legal) = 0;
  // Returns how many elements it is to have; they follow.
  virtual size_t begin_array(size_t count) = 0;
  virtual void end_array() = 0;
  // Unsigned 64-bit values arrive as the signed value of the same bits.
  virtual void number(const NumberInfo& info, int64_t& value) = 0;
  virtual void boolean(bool& value) = 0;
  virtual void real(double& value) = 0;
  virtual void text(std::string& value) = 0;
  virtual void bytes(Slice& value) = 0;
  virtual void uuid(Uuid& value) = 0;

 private:
  int version_;
};

namespace notation {

class Visit {
 public:
  explicit Visit(FieldVisitor& visitor) : visitor_(visitor) {}

  template <class T>
  void f(const char* name, T& field, int from = 0, int to = kAnyLater) {
    visit({name, from, to, kAnyLater, -1}, field);
  }
  template <class T>
  void n(const char* name, std::optional<T>& field, int nullable_from = 0, int from = 0,
         int to = kAnyLater) {
    visit({name, from, to, nullable_from, -1}, field);
  }
  template <class T>  // NOLINTNEXTLINE(readability-function-size): all about one field
  void t(int tag, const char* name, T& field, int from,
         const std::type_identity_t<T>& /*standard*/ = T(), int to = kAnyLater) {
    visit({name, from, to, kAnyLater, tag}, field);
  }
  template <class T>  // NOLINTNEXTLINE(readability-function-size): all about one field
  void t(int tag, const char* name, std::optional<T>& field, int from,
         const std::type_identity_t<std::optional<T>>& /*standard*/ = {}, int to = kAnyLater) {
    visit({name, from, to, from, tag}, field);
  }

  template <Struct T>
  void value(T& field) {
    visitor_.begin_struct();
    field.wire(*this);
    visitor_.end_struct();
  }

 private:
  template <class T>
  void visit(const FieldInfo& info, T& field) {
    if (!visitor_.is_in_version(info)) return;
    visitor_.enter(info);
    null_is_legal_ = visitor_.may_be_null(info);
    value(field);
    visitor_.leave();
  }
  template <Number T>
  void value(T& field) {
    if constexpr (std::is_same_v<T, bool>) {
      visitor_.boolean(field);
    } else if constexpr (std::is_floating_point_v<T>) {
      visitor_.real(field);
    } else {
      NumberInfo info{sizeof(T), std::is_signed_v<T>, nullptr};
      if constexpr (std::is_enum_v<T>) info.is_signed = std::is_signed_v<std::underlying_type_t<T>>;
      if constexpr (requires { std::string_view(to_string(field)); }) {
        info.name = [](int64_t code) { return std::string_view(to_string(static_cast<T>(code))); };
      }
      auto wide = static_cast<int64_t>(field);
      visitor_.number(info, wide);
      field = static_cast<T>(wide);
    }
  }
  void value(std::string& field) { visitor_.text(field); }
  void value(Slice& field) { visitor_.bytes(field); }
  void value(Uuid& field) { visitor_.uuid(field); }
  template <class T>
  void value(std::vector<T>& field) {
    const size_t count = visitor_.begin_array(field.size());
    if (count != field.size()) field.resize(count);
    for (T& element : field) value(element);
    visitor_.end_array();
  }
  template <class T>
  void value(std::optional<T>& field) {
    const bool wanted = visitor_.present(field.has_value(), null_is_legal_);
    if (wanted && !field) refresh(field);
    if (!wanted && field) field.reset();
    if (field) value(*field);
  }

  FieldVisitor& visitor_;
  bool null_is_legal_ = false;  // of the field being visited
};

}  // namespace notation
}  // namespace faultline
