// SPDX-License-Identifier: Apache-2.0
// What a decoder knows about its input besides the fields: position, failure and the memory it may
// still use. Include through notation_codec.h.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "broker/base/byte_io.h"
#include "broker/base/notation.h"

namespace faultline::notation {

// Memory for elements of arrays per input byte: the thinnest legal element, an empty string, has 1
// byte for 32.
inline constexpr size_t kMemoryPerByteMax = 64;
inline constexpr size_t kMemoryAlways = 4096;

class Input {
 public:
  explicit Input(const Slice& bytes)
      : in_(bytes), budget_(bytes.size() * kMemoryPerByteMax + kMemoryAlways) {}

  bool ok() const { return in_.ok(); }
  size_t position() const { return in_.position(); }
  // Where reading failed first.
  const char* failed_field() const { return failed_field_; }

 protected:
  bool pay(size_t bytes) {
    if (budget_ < bytes) in_.set_failed();
    budget_ -= std::min(budget_, bytes);
    return in_.ok();
  }
  void content(std::string& field, int64_t count) {
    if (count > static_cast<int64_t>(kStringBytesMax)) in_.set_failed();
    const Bytes bytes = in_.view(static_cast<size_t>(count));
    // Of libstdc++ 12 the size offered is the new capacity.
    field.resize_and_overwrite(bytes.size(), [bytes](char* to, size_t) {
      if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
      return bytes.size();
    });
  }
  void content(Slice& field, int64_t count) { field = in_.slice(static_cast<size_t>(count)); }
  // Reads tag and size of the next tagged field; tags must rise. Returns where the field ends.
  size_t next_tag(int64_t& tag) {
    const int64_t previous = tag;
    tag = in_.unsigned_varint32();
    const uint32_t size = in_.unsigned_varint32();
    if (tag <= previous || size > in_.remaining()) in_.set_failed();
    return in_.ok() ? in_.position() + size : in_.position();
  }
  // After each field: innermost first, so that the first name is the most precise one.
  void note(const char* name) {
    if (!in_.ok() && failed_field_ == nullptr) [[unlikely]]
      failed_field_ = name;
  }

  ByteReader in_;

 private:
  size_t budget_;
  const char* failed_field_ = nullptr;
};

}  // namespace faultline::notation
