// SPDX-License-Identifier: Apache-2.0
// Prints JSON trees for people: short objects and lists on one line.
#include <fmt/format.h>

#include "scenarios/schema/writer.h"

namespace faultline::scenarios {

namespace {

constexpr size_t kColumns = 100;

std::string scalar(const JsonValue& value) {
  switch (value.type) {
    case JsonType::kNull: return "null";
    case JsonType::kBoolean: return value.boolean ? "true" : "false";
    case JsonType::kString: return json_quoted(value.text);
    default: return value.text;
  }
}

std::string on_one_line(const JsonValue& value) {
  std::string text;
  if (value.type == JsonType::kArray) {
    for (const JsonValue& item : value.items)
      text += (text.empty() ? "" : ", ") + on_one_line(item);
    return "[" + text + "]";
  }
  if (value.type == JsonType::kObject) {
    for (const JsonMember& member : value.members) {
      text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", json_quoted(member.key),
                          on_one_line(member.value));
    }
    return text.empty() ? "{}" : "{ " + text + " }";
  }
  return scalar(value);
}

// `used` columns of the line are taken already.
std::string print(const JsonValue& value, size_t indent, size_t used) {
  std::string line = on_one_line(value);
  const bool is_container = value.type == JsonType::kArray || value.type == JsonType::kObject;
  if (!is_container || (indent > 0 && used + line.size() < kColumns)) return line;
  const bool is_list = value.type == JsonType::kArray;
  const std::string margin(indent + 2, ' ');
  std::string text = is_list ? "[\n" : "{\n";
  const size_t count = is_list ? value.items.size() : value.members.size();
  for (size_t i = 0; i < count; ++i) {
    const std::string key = is_list ? "" : json_quoted(value.members[i].key) + ": ";
    const JsonValue& child = is_list ? value.items[i] : value.members[i].value;
    text += margin + key + print(child, indent + 2, margin.size() + key.size() + 1);
    text += i + 1 < count ? ",\n" : "\n";
  }
  return text + std::string(indent, ' ') + (is_list ? "]" : "}");
}

}  // namespace

std::string print_json(const JsonValue& value) { return print(value, 0, 0); }

}  // namespace faultline::scenarios
