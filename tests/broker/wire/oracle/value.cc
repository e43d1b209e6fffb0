// SPDX-License-Identifier: Apache-2.0
// Random values and JSON.
#include "tests/broker/wire/oracle/value.h"

#include <array>

#include <nlohmann/json.hpp>

namespace oracle {
namespace {

using Json = nlohmann::json;

class RandomTree {
 public:
  RandomTree(int version, Chance& chance) : version_(version), chance_(chance) {}

  Value structure(const std::vector<Field>& fields) {
    Value value;
    for (const Field& field : fields) {
      value.items.push_back(field.versions.has(version_) ? single(field) : Value{});
    }
    return value;
  }

 private:
  // Mostly short; sometimes past the first byte of a varint, sometimes empty.
  size_t length() {
    if (chance_.below(50) == 0) return 120 + chance_.below(200);
    return chance_.below(9);
  }

  Value single(const Field& field) {
    Value value;
    if (field.may_be_null(version_) && chance_.below(4) == 0) {
      value.is_null = true;
      return value;
    }
    if (!field.is_array) return element(field);
    const size_t most = field.kind == Kind::kStruct ? 4 : length() + 1;
    for (size_t count = chance_.below(most); count > 0; --count) {
      value.items.push_back(element(field));
    }
    return value;
  }

  Value element(const Field& field) {
    Value value;
    switch (field.kind) {
      case Kind::kBool: value.number = static_cast<int64_t>(chance_.below(2)); break;
      case Kind::kInt: value.number = integer(field); break;
      case Kind::kFloat:
        value.real = static_cast<double>(chance_.below(1000000)) / 256 - 1000;
        break;
      case Kind::kUuid: value.bytes = noise(16); break;
      case Kind::kBytes: value.bytes = noise(length()); break;
      case Kind::kString: value.bytes = text(); break;
      case Kind::kStruct: return structure(field.fields);
    }
    return value;
  }

  int64_t integer(const Field& field) {
    if (chance_.below(4) == 0) return field.number_by_default;
    const int unused = 64 - 8 * field.width;
    const uint64_t edges[] = {
        0, 1, ~uint64_t{0}, uint64_t{1} << 63, ~uint64_t{0} >> 1, chance_.next()};
    const uint64_t bits = edges[chance_.below(std::size(edges))];
    return field.is_signed ? static_cast<int64_t>(bits) >> unused
                           : static_cast<int64_t>(bits >> unused);
  }
  std::string noise(size_t size) {
    std::string bytes(size, '\0');
    if (chance_.below(8) == 0) return bytes;
    for (char& byte : bytes) byte = static_cast<char>(chance_.next());
    return bytes;
  }
  std::string text() {
    static constexpr std::array<const char*, 6> kPieces = {"a",  "-topic",   "\"",
                                                           "\n", "\xc3\xa9", "\xf0\x9f\x98\x80"};
    std::string out;
    for (size_t left = length(); left > 0; --left) out += kPieces[chance_.below(kPieces.size())];
    return out;
  }

  int version_;
  Chance& chance_;
};

std::string hexadecimal(const std::string& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char byte : bytes) {
    out += kDigits[static_cast<unsigned char>(byte) >> 4];
    out += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return out;
}

std::string base64url(const std::string& bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
    for (held += 8; held >= 6; held -= 6) out += kDigits[bits >> (held - 6) & 63];
  }
  if (held > 0) out += kDigits[bits << (6 - held) & 63];
  return out;
}

Json json_of_struct(const std::vector<Field>& fields, int version, const Value& value);

Json json_of_element(const Field& field, int version, const Value& value) {
  if (value.is_null) return nullptr;
  switch (field.kind) {
    case Kind::kBool: return value.number != 0;
    case Kind::kInt: return value.number;
    case Kind::kFloat: return value.real;
    case Kind::kString: return value.bytes;
    case Kind::kBytes: return hexadecimal(value.bytes);
    case Kind::kUuid: return base64url(value.bytes);
    case Kind::kStruct: return json_of_struct(field.fields, version, value);
  }
  return nullptr;
}

Json json_of_struct(const std::vector<Field>& fields, int version, const Value& value) {
  Json json = Json::object();
  for (size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    if (!field.versions.has(version)) continue;
    Json& out = json[snake_case(field.name)];
    if (field.is_array && !value.items[i].is_null) {
      out = Json::array();
      for (const Value& item : value.items[i].items) {
        out.push_back(json_of_element(field, version, item));
      }
    } else {
      out = json_of_element(field, version, value.items[i]);
    }
  }
  return json;
}

}  // namespace

uint64_t Chance::next() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t mixed = state_;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return mixed ^ mixed >> 31;
}

Value random_value(const Message& message, int version, Chance& chance) {
  return RandomTree(version, chance).structure(message.fields);
}

std::string to_json(const Message& message, int version, const Value& value) {
  return json_of_struct(message.fields, version, value).dump();
}

}  // namespace oracle
