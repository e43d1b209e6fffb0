// SPDX-License-Identifier: Apache-2.0
// Bytes to values. A field that is not in the bytes gets its default.
#include <cstring>
#include <stdexcept>

#include "tests/broker/wire/oracle/value.h"

namespace oracle {
namespace {

Value default_of(const Field& field) {
  Value value;
  value.number = field.number_by_default;
  if (field.null_by_default) {
    value.is_null = true;
  } else if (!field.is_array && field.kind == Kind::kUuid) {
    value.bytes = std::string(16, '\0');
  } else if (!field.is_array && field.kind == Kind::kStruct) {
    for (const Field& inner : field.fields) value.items.push_back(default_of(inner));
  } else if (!field.is_array) {
    value.bytes = field.text_by_default;
  }
  return value;
}

class In {
 public:
  In(const std::string& bytes, int version, bool flexible)
      : bytes_(bytes), version_(version), flexible_(flexible) {}

  size_t position() const { return at_; }

  Value structure(const std::vector<Field>& fields) {
    Value value;
    for (const Field& field : fields) {
      const bool here = field.versions.has(version_) && !field.is_tagged(version_);
      value.items.push_back(here ? single(field) : default_of(field));
    }
    if (flexible_) read_tags(fields, value);
    return value;
  }

 private:
  void read_tags(const std::vector<Field>& fields, Value& value) {
    for (uint64_t left = varint(); left > 0; --left) {
      const auto tag = static_cast<int>(varint());
      const size_t size = varint();
      const size_t end = at_ + size;
      for (size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].tag == tag && fields[i].is_tagged(version_))
          value.items[i] = tagged(fields[i]);
      }
      if (at_ > end || end > bytes_.size()) throw std::runtime_error("tagged field overruns");
      at_ = end;
    }
  }

  uint64_t big_endian(int width) {
    const std::string part = raw(static_cast<size_t>(width));
    uint64_t number = 0;
    for (const char byte : part) number = number << 8 | static_cast<unsigned char>(byte);
    return number;
  }
  uint64_t varint() {
    uint64_t number = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      const uint64_t byte = big_endian(1);
      number |= (byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
    throw std::runtime_error("varint too long");
  }
  int64_t length(int width) {
    if (flexible_) return static_cast<int64_t>(varint()) - 1;
    const auto number = static_cast<int64_t>(big_endian(width));
    return width == 2 ? static_cast<int16_t>(number) : static_cast<int32_t>(number);
  }
  std::string raw(size_t size) {
    if (size > bytes_.size() - at_) throw std::runtime_error("too short");
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  void check_null(const Field& field) const {
    if (!field.may_be_null(version_)) throw std::runtime_error("null " + field.name);
  }

  Value tagged(const Field& field) {
    if (field.is_array || field.kind != Kind::kStruct || !field.may_be_null(version_)) {
      return single(field);
    }
    Value value;
    value.is_null = varint() == 0;
    return value.is_null ? value : element(field);
  }

  Value single(const Field& field) {
    Value value;
    if (field.is_array) {
      const int64_t count = length(4);
      if (count < 0) {
        check_null(field);
        value.is_null = true;
      }
      for (int64_t i = 0; i < count; ++i) value.items.push_back(element(field));
      return value;
    }
    if (field.kind == Kind::kStruct && field.may_be_null(version_) &&
        static_cast<int8_t>(big_endian(1)) < 0) {
      value.is_null = true;
      return value;
    }
    return element(field);
  }

  Value element(const Field& field) {
    Value value;
    switch (field.kind) {
      case Kind::kBool: value.number = big_endian(1) != 0; break;
      case Kind::kInt: {
        const int unused = 64 - 8 * field.width;
        const uint64_t bits = big_endian(field.width) << unused;
        value.number = field.is_signed ? static_cast<int64_t>(bits) >> unused
                                       : static_cast<int64_t>(bits >> unused);
        break;
      }
      case Kind::kFloat: {
        const uint64_t bits = big_endian(8);
        std::memcpy(&value.real, &bits, sizeof bits);
        break;
      }
      case Kind::kUuid: value.bytes = raw(16); break;
      case Kind::kString:
      case Kind::kBytes: {
        const int64_t size = length(field.kind == Kind::kString ? 2 : 4);
        if (size < 0) {
          check_null(field);
          value.is_null = true;
        } else {
          value.bytes = raw(static_cast<size_t>(size));
        }
        break;
      }
      case Kind::kStruct: return structure(field.fields);
    }
    return value;
  }

  const std::string& bytes_;
  int version_;
  bool flexible_;
  size_t at_ = 0;
};

}  // namespace

Value decode(const Message& message, int version, const std::string& bytes, size_t& used) {
  In in(bytes, version, message.flexible.has(version));
  Value value = in.structure(message.fields);
  used = in.position();
  return value;
}

}  // namespace oracle
