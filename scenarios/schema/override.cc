// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/override.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "scenarios/schema/suggest.h"

namespace faultline::scenarios {

namespace {

// One step of a path: a key, an index, or the item whose `key` is `text`.
struct Step {
  enum class Kind : uint8_t { kKey, kIndex, kMatch } kind = Kind::kKey;
  std::string key;
  std::string text;
  size_t index = 0;
  size_t at = 0;  // where it begins in the path
};

struct Path {
  std::vector<Step> steps;
  std::string complaint;  // empty if well-formed
  size_t complaint_at = 0;
};

Step bracket(std::string_view inside, size_t at) {
  if (const size_t equals = inside.find('='); equals != std::string_view::npos) {
    return {.kind = Step::Kind::kMatch,
            .key = std::string(inside.substr(0, equals)),
            .text = std::string(inside.substr(equals + 1)),
            .at = at};
  }
  if (inside.size() >= 2 && inside.front() == '"' && inside.back() == '"') {
    return {.key = std::string(inside.substr(1, inside.size() - 2)), .at = at};
  }
  Step step{.kind = Step::Kind::kIndex, .text = std::string(inside), .at = at};
  const char* end = inside.data() + inside.size();
  const auto [stop, error] = std::from_chars(inside.data(), end, step.index);
  if (error != std::errc() || stop != end || inside.empty()) step.kind = Step::Kind::kKey;
  return step;
}

// What follows "config." is one Kafka name, dots and all.
Path split(std::string_view text) {
  Path path;
  size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '[') {
      const size_t close = text.find(']', at);
      if (close == std::string_view::npos) return {{}, "'[' without ']'", at};
      Step step = bracket(text.substr(at + 1, close - at - 1), at);
      if (step.kind == Step::Kind::kKey && step.key.empty()) {
        return {{}, "expected [NUMBER], [key=value] or [\"key\"]", at};
      }
      path.steps.push_back(std::move(step));
      at = close + 1;
    } else {
      const bool verbatim = !path.steps.empty() && path.steps.back().key == "config";
      const size_t end =
          verbatim ? text.size() : std::min(text.find_first_of(".[", at), text.size());
      if (end == at) return {{}, "expected a key", at};
      path.steps.push_back({.key = std::string(text.substr(at, end - at)), .at = at});
      at = end;
    }
    if (at < text.size() && text[at] == '.') {
      if (++at == text.size()) return {{}, "expected a key after '.'", at - 1};
    }
  }
  if (path.steps.empty()) return {{}, "expected PATH=VALUE", 0};
  return path;
}

// Gives every part of a value the place of the override that it comes from.
void move_to(JsonValue& value, Place origin) {
  const auto moved = [&](Place place) {
    place.source = origin.source;
    if (place.line == 1) place.column += origin.column - 1;
    return place;
  };
  value.place = moved(value.place);
  for (JsonValue& item : value.items) move_to(item, origin);
  for (JsonMember& member : value.members) {
    member.key_place = moved(member.key_place);
    move_to(member.value, origin);
  }
}

// JSON where it is JSON, else a string.
JsonValue value_of(std::string_view text, Place place) {
  JsonParse parsed = parse_json(text, place.source);
  if (!parsed.error) {
    move_to(parsed.root, place);
    return std::move(parsed.root);
  }
  return {.type = JsonType::kString, .text = std::string(text), .place = place};
}

class Walker {
 public:
  Walker(std::string_view path, Place at, Report& report) : path_(path), at_(at), report_(report) {}

  // The value that a step leads to, made if it is a missing key; null after a report.
  JsonValue* follow(JsonValue& from, const Step& step) {
    switch (step.kind) {
      case Step::Kind::kKey: return key(from, step);
      case Step::Kind::kIndex: return index(from, step);
      case Step::Kind::kMatch: return match(from, step);
    }
    return nullptr;
  }

 private:
  JsonValue* key(JsonValue& from, const Step& step) {
    if (from.type == JsonType::kNull) from.type = JsonType::kObject;  // made by the step before
    if (from.type != JsonType::kObject) return refuse(step, from, "has no keys");
    if (JsonMember* found = from.find(step.key)) return &found->value;
    const Place place = place_of(step);
    from.members.push_back({.key = step.key, .key_place = place, .value = {.place = place}});
    return &from.members.back().value;
  }

  JsonValue* index(JsonValue& from, const Step& step) {
    if (from.type != JsonType::kArray) return refuse(step, from, "is no list");
    if (step.index < from.items.size()) return &from.items[step.index];
    return refuse(step, from, fmt::format("has {} items, counted from 0", from.items.size()));
  }

  JsonValue* match(JsonValue& from, const Step& step) {
    if (from.type != JsonType::kArray) return refuse(step, from, "is no list");
    std::vector<std::string_view> names;
    for (JsonValue& item : from.items) {
      const JsonMember* member = item.find(step.key);
      // A bare string stands for an item with that id.
      const JsonValue* value = member != nullptr                ? &member->value
                               : item.type == JsonType::kString ? &item
                                                                : nullptr;
      if (value == nullptr) continue;
      if (value->text == step.text) return &item;
      names.push_back(value->text);
    }
    return refuse(step, from,
                  fmt::format("has no item with {} \"{}\"{}", step.key, step.text,
                              did_you_mean(step.text, names)),
                  valid_list("values", names));
  }

  Place place_of(const Step& step) const {
    return {
        .source = at_.source, .line = at_.line, .column = at_.column + static_cast<int>(step.at)};
  }

  JsonValue* refuse(const Step& step, const JsonValue& from, std::string message,
                    std::string hint = {}) {
    const bool is_list = from.type == JsonType::kArray;
    report_.error(place_of(step), std::string(path_.substr(0, step.at)),
                  fmt::format("{} {}", is_list ? "the list" : describe(from.type), message),
                  std::move(hint));
    return nullptr;
  }

  std::string_view path_;
  Place at_;
  Report& report_;
};

}  // namespace

Override parse_override(std::string_view text) {
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '[') ++depth;
    if (text[i] == ']') --depth;
    if (text[i] == '=' && depth <= 0) {
      return {.path = std::string(text.substr(0, i)), .value = std::string(text.substr(i + 1))};
    }
  }
  return {.path = {}, .value = std::string(text)};
}

JsonValue* find_value(JsonValue& root, std::string_view text, Place at, Report& report) {
  const Path path = split(text);
  if (path.steps.empty()) {
    report.error({at.source, at.line, at.column + static_cast<int>(path.complaint_at)}, "",
                 path.complaint, "such as topics.orders.partitions=2 or clients[id=c1].acks=1");
    return nullptr;
  }
  Walker walker(text, at, report);
  JsonValue* target = &root;
  for (const Step& step : path.steps) {
    if (target != nullptr) target = walker.follow(*target, step);
  }
  return target;
}

void apply_override(JsonValue& root, const Override& change, int source, Report& report) {
  const Place at{.source = source, .line = 1, .column = 1};
  JsonValue* target = find_value(root, change.path, at, report);
  if (target == nullptr) return;
  const int column = static_cast<int>(change.path.size()) + 2;
  *target = value_of(change.value, {.source = source, .line = 1, .column = column});
}

}  // namespace faultline::scenarios
