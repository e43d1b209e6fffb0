// SPDX-License-Identifier: Apache-2.0
// Values to bytes, after the protocol's definition (KIP-482 for flexible versions).
#include <algorithm>
#include <cstring>

#include "tests/broker/wire/oracle/value.h"

namespace oracle {
namespace {

class Out {
 public:
  Out(int version, bool flexible) : version_(version), flexible_(flexible) {}

  std::string structure(const std::vector<Field>& fields, const Value& value) const {
    std::string out;
    std::vector<std::pair<int, std::string>> tags;
    for (size_t i = 0; i < fields.size(); ++i) {
      const Field& field = fields[i];
      if (!field.versions.has(version_)) continue;
      if (field.is_tagged(version_)) {
        if (!is_default(field, value.items[i])) {
          tags.emplace_back(field.tag, tagged(field, value.items[i]));
        }
      } else {
        out += single(field, value.items[i]);
      }
    }
    if (!flexible_) return out;
    std::sort(tags.begin(), tags.end());
    out += varint(tags.size());
    for (const auto& [tag, bytes] : tags) {
      out += varint(static_cast<uint64_t>(tag)) + varint(bytes.size()) + bytes;
    }
    return out;
  }

 private:
  static std::string big_endian(uint64_t number, int width) {
    std::string out;
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
      out += static_cast<char>(number >> shift & 0xff);
    }
    return out;
  }
  static std::string varint(uint64_t number) {
    std::string out;
    do {
      const uint64_t low = number & 0x7f;
      number >>= 7;
      out += static_cast<char>(number != 0 ? low | 0x80 : low);
    } while (number != 0);
    return out;
  }
  std::string length(int64_t length, int width) const {
    return flexible_ ? varint(static_cast<uint64_t>(length + 1))
                     : big_endian(static_cast<uint64_t>(length), width);
  }

  // In a tagged field a nullable struct is marked by a varint, 0 or 1 (KIP-893; seen in a log of
  // Kafka's).
  std::string tagged(const Field& field, const Value& value) const {
    if (field.is_array || field.kind != Kind::kStruct || !field.may_be_null(version_)) {
      return single(field, value);
    }
    return value.is_null ? varint(0) : varint(1) + element(field, value);
  }

  std::string single(const Field& field, const Value& value) const {
    if (field.is_array) {
      if (value.is_null) return length(-1, 4);
      std::string out = length(static_cast<int64_t>(value.items.size()), 4);
      for (const Value& item : value.items) out += element(field, item);
      return out;
    }
    if (field.kind == Kind::kStruct && field.may_be_null(version_)) {
      return value.is_null ? big_endian(0xff, 1) : big_endian(1, 1) + element(field, value);
    }
    return element(field, value);
  }

  std::string element(const Field& field, const Value& value) const {
    switch (field.kind) {
      case Kind::kBool: return big_endian(static_cast<uint64_t>(value.number), 1);
      case Kind::kInt: return big_endian(static_cast<uint64_t>(value.number), field.width);
      case Kind::kFloat: {
        uint64_t bits = 0;
        std::memcpy(&bits, &value.real, sizeof bits);
        return big_endian(bits, 8);
      }
      case Kind::kUuid: return value.bytes;
      case Kind::kString:
      case Kind::kBytes: {
        const int width = field.kind == Kind::kString ? 2 : 4;
        if (value.is_null) return length(-1, width);
        return length(static_cast<int64_t>(value.bytes.size()), width) + value.bytes;
      }
      case Kind::kStruct: return structure(field.fields, value);
    }
    return {};
  }

  // A tagged field at its default is not written. A nullable field is null by default only if it
  // says so.
  bool is_default(const Field& field, const Value& value) const {
    if (field.null_by_default) return value.is_null;
    if (value.is_null) return false;
    if (field.is_array) return value.items.empty();
    switch (field.kind) {
      case Kind::kBool:
      case Kind::kInt: return value.number == field.number_by_default;
      case Kind::kFloat: return value.real == 0;
      case Kind::kString: return value.bytes == field.text_by_default;
      case Kind::kBytes: return value.bytes.empty();
      case Kind::kUuid: return value.bytes == std::string(16, '\0');
      case Kind::kStruct: break;
    }
    for (size_t i = 0; i < field.fields.size(); ++i) {
      if (!field.fields[i].versions.has(version_)) continue;
      if (!is_default(field.fields[i], value.items[i])) return false;
    }
    return true;
  }

  int version_;
  bool flexible_;
};

}  // namespace

std::string encode(const Message& message, int version, const Value& value) {
  return Out(version, message.flexible.has(version)).structure(message.fields, value);
}

}  // namespace oracle
