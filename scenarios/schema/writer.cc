// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/writer.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/base/assert.h"
#include "scenarios/schema/description.h"
#include "scenarios/schema/parse.h"
#include "scenarios/schema/units.h"

namespace faultline::scenarios {

namespace {

bool same(const JsonValue& a, const JsonValue& b) {
  return a.type == b.type && a.boolean == b.boolean && a.text == b.text &&
         std::ranges::equal(a.items, b.items, same) &&
         std::ranges::equal(a.members, b.members, [](const JsonMember& x, const JsonMember& y) {
           return x.key == y.key && same(x.value, y.value);
         });
}

JsonValue json_duration(Duration duration) { return json_text(format_duration(duration)); }

JsonValue json_size(int64_t bytes) {
  const std::string text = format_size(bytes);
  const bool has_unit = !std::string_view("0123456789").contains(text[text.size() - 2]);
  return has_unit ? json_text(text) : json_integer(bytes);
}

JsonValue json_list(std::vector<JsonValue> items) {
  return {.type = JsonType::kArray, .items = std::move(items)};
}

JsonValue config_value(const metadata::ConfigDef& def, const std::string& text) {
  switch (def.type) {
    case metadata::ConfigType::kBoolean: return json_boolean(text == "true");
    case metadata::ConfigType::kInt:
    case metadata::ConfigType::kShort:
    case metadata::ConfigType::kLong: return json_integer(metadata::config_integer(def, text));
    default: return json_text(text);
  }
}

}  // namespace

JsonValue json_text(std::string text) {
  return {.type = JsonType::kString, .text = std::move(text)};
}

JsonValue json_integer(int64_t value) {
  return {.type = JsonType::kInteger, .integer = value, .text = std::to_string(value)};
}

JsonValue json_boolean(bool value) { return {.type = JsonType::kBoolean, .boolean = value}; }

Writer::Writer(Mode mode, int selector) : mode_(mode), selector_(selector) {
  stack_.push_back({.type = JsonType::kObject});
}

void Writer::put(const Key& key, JsonValue value) {
  if (!key.applies || key.is_default) return;
  if (mode_ == Mode::kDefault && key.required) return;  // so that it is never pruned
  stack_.back().members.push_back(
      {.key = std::string(key.name), .key_place = {}, .value = std::move(value)});
}

void Writer::boolean(const Key& key, bool& value) { put(key, json_boolean(value)); }
void Writer::integer(const Key& key, int64_t& value, Bounds) { put(key, json_integer(value)); }
void Writer::text(const Key& key, std::string& value, Names) { put(key, json_text(value)); }
void Writer::duration(const Key& key, Duration& value, Bounds) { put(key, json_duration(value)); }
void Writer::size(const Key& key, int64_t& value, Bounds) { put(key, json_size(value)); }
void Writer::rate(const Key& key, Rate& value) { put(key, json_text(format_rate(value))); }
void Writer::ratio(const Key& key, Ratio& value) { put(key, json_text(format_ratio(value))); }

void Writer::texts(const Key& key, std::vector<std::string>& value, Names) {
  if (value.size() == 1 && !key.other_name.empty()) {
    Key one = key;
    one.name = key.other_name;
    return put(one, json_text(value.front()));
  }
  std::vector<JsonValue> items;
  for (const std::string& text : value) items.push_back(json_text(text));
  put(key, json_list(std::move(items)));
}

void Writer::duration_or(const Key& key, std::optional<Duration>& value, std::string_view none,
                         Bounds) {
  put(key, value ? json_duration(*value) : json_text(std::string(none)));
}

void Writer::size_range(const Key& key, SizeRange& value, Bounds) {
  if (value.min == value.max) return put(key, json_size(value.min));
  put(key, json_list({json_size(value.min), json_size(value.max)}));
}

void Writer::latency(const Key& key, Latency& value) {
  if (value.points.empty() && value.p50 == value.p99) return put(key, json_duration(value.p50));
  JsonValue object{.type = JsonType::kObject};
  std::vector<Quantile> points = value.points;
  if (points.empty()) points = {{kMedian, value.p50}, {kP99, value.p99}};
  for (const auto& [per_million, duration] : points)
    object.members.push_back(
        {.key = format_quantile(per_million), .key_place = {}, .value = json_duration(duration)});
  put(key, std::move(object));
}

void Writer::when(const Key& at, const Key& between, Duration& first, Duration& last) {
  if (first == last) return put(at, json_duration(first));
  put(between, json_list({json_duration(first), json_duration(last)}));
}

void Writer::word(const Key& key, int& value, std::span<const Word> words, bool selector) {
  if (selector && mode_ == Mode::kDefault && stack_.size() == 1) value = selector_;
  if (selector) seen_selector_ = value;
  if (value < 0) return;
  put(key, json_text(std::string(words[static_cast<size_t>(value)].name)));
}

void Writer::words(const Key& key, std::vector<std::string>& value, std::span<const Word>) {
  std::vector<JsonValue> items;
  for (const std::string& text : value) items.push_back(json_text(text));
  put(key, json_list(std::move(items)));
}

void Writer::partitions(const Key& key, std::vector<AssignedPartition>& value) {
  std::vector<JsonValue> items;
  for (const AssignedPartition& one : value) {
    items.push_back(json_text(fmt::format("{}-{}", one.topic, one.partition)));
  }
  put(key, json_list(std::move(items)));
}

void Writer::configs(const Key& key, ConfigValues& values,
                     std::span<const metadata::ConfigDef> defs) {
  JsonValue object{.type = JsonType::kObject};
  for (const auto& [name, text] : values) {
    if (std::ranges::find(shortened_, name) != shortened_.end()) continue;
    const metadata::ConfigDef* def = metadata::find_config(defs, name);
    ASSERT(def != nullptr);
    object.members.push_back({.key = name, .key_place = {}, .value = config_value(*def, text)});
  }
  shortened_.clear();
  put(key, std::move(object));
}

void Writer::config(const Key& key, ConfigValues& values, const metadata::ConfigDef& def) {
  const auto found = values.find(std::string(def.name));
  if (found == values.end()) return;
  put(key, config_value(def, found->second));
  if (key.applies) shortened_.emplace_back(def.name);
}

void Writer::constant(const Key& key, std::string_view value) {
  if (mode_ == Mode::kDefault || value.empty()) return;
  put(key, json_integer(kFormatVersion));
}

bool Writer::begin_object(const Key& key) {
  if (!key.applies) return false;
  names_.emplace_back(key.name);
  stack_.push_back({.type = JsonType::kObject});
  return true;
}

void Writer::end_object() {
  JsonValue object = std::move(stack_.back());
  stack_.pop_back();
  stack_.back().members.push_back(
      {.key = std::move(names_.back()), .key_place = {}, .value = std::move(object)});
  names_.pop_back();
}

void Writer::items(const Key& key, Items& items, const ItemRules& rules) {
  JsonValue list{.type = rules.is_map ? JsonType::kObject : JsonType::kArray};
  for (size_t i = 0; i < items.size(); ++i) {
    Writer writer(mode_);
    items.visit(i, writer);
    Writer blank(Mode::kDefault, writer.seen_selector_);
    items.visit_default(items.key(i), blank);
    JsonValue item = writer.take();
    prune(item, blank.take());
    if (item.members.size() == 1 && item.members[0].key == rules.shorthand) {
      JsonValue bare = std::move(item.members[0].value);
      item = std::move(bare);
    }
    if (rules.is_map) {
      list.members.push_back({.key = items.key(i), .key_place = {}, .value = std::move(item)});
    } else {
      list.items.push_back(std::move(item));
    }
  }
  put(key, std::move(list));
}

void prune(JsonValue& value, const JsonValue& fallback) {
  std::erase_if(value.members, [&](JsonMember& member) {
    const JsonMember* other = fallback.find(member.key);
    if (other == nullptr) return false;
    if (same(member.value, other->value)) return true;
    const bool both_objects =
        member.value.type == JsonType::kObject && other->value.type == JsonType::kObject;
    // A latency is one value: half of it would be no longer valid.
    if (both_objects && member.value.find("p50") == nullptr) prune(member.value, other->value);
    return false;
  });
}

JsonValue to_json_tree(const Scenario& scenario) {
  Scenario copy = scenario;
  Scenario blank;
  blank.faults.random.quiet_after = blank.time;
  Writer actual(Writer::Mode::kPruned);
  Writer fallback(Writer::Mode::kDefault);
  describe(actual, copy);
  describe(fallback, blank);
  JsonValue tree = actual.take();
  prune(tree, fallback.take());
  return tree;
}

std::string to_json(const Scenario& scenario) { return print_json(to_json_tree(scenario)) + "\n"; }

}  // namespace faultline::scenarios
