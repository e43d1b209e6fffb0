// SPDX-License-Identifier: Apache-2.0
// JSON text as a tree that knows where each key and value stands, which nlohmann/json 3.11 does not
// tell: it validates and decodes, a small cursor beside it finds the places. // and /* */ comments
// are skipped. Members keep the order of the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::scenarios {

// Where a thing stands: in the file (source 0) or in the text of an override (its number, from 1).
struct Place {
  int source = 0;
  int line = 0;    // from 1; 0: nowhere in particular
  int column = 0;  // from 1, in bytes
};

enum class JsonType : uint8_t { kNull, kBoolean, kInteger, kFloat, kString, kArray, kObject };

struct JsonMember;

struct JsonValue {
  JsonType type = JsonType::kNull;
  bool boolean = false;
  int64_t integer = 0;
  std::string text;  // of a string; of a number as it is written
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;  // may hold the same key twice
  Place place;

  const JsonMember* find(std::string_view key) const;  // the first one; null if there is none
  JsonMember* find(std::string_view key);
};

struct JsonMember {
  std::string key;
  Place key_place;
  JsonValue value;
};

struct JsonError {
  Place place;
  std::string message;
};

struct JsonParse {
  JsonValue root;
  std::optional<JsonError> error;  // text that is no JSON has one error, and no tree
};

inline constexpr size_t kJsonDepthMax = 64;
inline constexpr size_t kJsonBytesMax = 16 << 20;

JsonParse parse_json(std::string_view text, int source = 0);

std::string_view describe(JsonType type);  // "a string"

// A string in JSON's quotes, escaped.
std::string json_quoted(std::string_view text);

}  // namespace faultline::scenarios
