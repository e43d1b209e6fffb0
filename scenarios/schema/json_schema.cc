// SPDX-License-Identifier: Apache-2.0
// The outline as a JSON schema (draft-07), which editors use for completion and hover.
#include <fmt/format.h>

#include "scenarios/schema/outline.h"
#include "scenarios/schema/writer.h"

namespace faultline::scenarios {

namespace {

void set(JsonValue& object, std::string_view key, JsonValue value) {
  object.type = JsonType::kObject;
  object.members.push_back({.key = std::string(key), .key_place = {}, .value = std::move(value)});
}

JsonValue list_of(std::vector<JsonValue> items) {
  return {.type = JsonType::kArray, .items = std::move(items)};
}

JsonValue texts(const std::vector<std::string>& names) {
  std::vector<JsonValue> items;
  for (const std::string& name : names) items.push_back(json_text(name));
  return list_of(std::move(items));
}

JsonValue of_type(std::string_view type) {
  JsonValue schema;
  set(schema, "type", json_text(std::string(type)));
  return schema;
}

JsonValue reference(std::string_view name) {
  JsonValue schema;
  set(schema, "$ref", json_text(fmt::format("#/definitions/{}", name)));
  return schema;
}

// A reference takes no neighbours in draft-07, so it is wrapped.
JsonValue wrapped(JsonValue schema) {
  if (schema.find("$ref") == nullptr) return schema;
  JsonValue all;
  set(all, "allOf", list_of({std::move(schema)}));
  return all;
}

JsonValue enumeration(const std::vector<Word>& words) {
  std::vector<JsonValue> names;
  std::vector<JsonValue> docs;
  for (const Word& word : words) {
    names.push_back(json_text(std::string(word.name)));
    docs.push_back(json_text(std::string(word.doc)));
  }
  JsonValue schema;
  set(schema, "enum", list_of(std::move(names)));
  set(schema, "x-enum-docs", list_of(std::move(docs)));
  return schema;
}

void limit(JsonValue& schema, int64_t min, int64_t max) {
  if (min != INT64_MIN) set(schema, "minimum", json_integer(min));
  if (max != INT64_MAX) set(schema, "maximum", json_integer(max));
}

JsonValue config_schema(const metadata::ConfigDef& def) {
  using metadata::ConfigType;
  using metadata::ConfigUnit;
  JsonValue schema;
  switch (def.type) {
    case ConfigType::kBoolean: schema = of_type("boolean"); break;
    case ConfigType::kDouble: schema = of_type("number"); break;
    case ConfigType::kInt:
    case ConfigType::kShort:
    case ConfigType::kLong: {
      const std::string_view unit = def.unit == ConfigUnit::kNone    ? ""
                                    : def.unit == ConfigUnit::kBytes ? "size"
                                                                     : "duration";
      schema = unit.empty() ? of_type("integer") : wrapped(reference(unit));
      limit(schema, def.min, def.max);
      break;
    }
    default:
      schema = of_type("string");
      if (!def.values.empty() && def.type == ConfigType::kString) {
        std::string pattern(def.values);
        set(schema, "pattern", json_text("^(" + pattern + ")$"));
      }
  }
  if (def.name == "acks") schema = wrapped(reference("acks"));
  set(schema, "description", json_text(std::string(def.doc)));
  if (def.default_value) {
    set(schema, "x-default", json_text(std::string(*def.default_value)));
  }
  return schema;
}

JsonValue object_schema(const OutlineKey& key);

JsonValue items_schema(const OutlineKey& key) {
  JsonValue item = object_schema(key);
  if (!key.shorthand.empty()) {
    JsonValue any;
    JsonValue bare;
    set(bare, "type", texts({"string", "integer"}));
    set(any, "anyOf", list_of({std::move(item), std::move(bare)}));
    item = std::move(any);
  }
  JsonValue schema = of_type(key.kind == KeyKind::kMap ? "object" : "array");
  if (key.kind == KeyKind::kList) {
    set(schema, "items", std::move(item));
    if (key.count_min > 0) {
      set(schema, "minItems", json_integer(static_cast<int64_t>(key.count_min)));
    }
    set(schema, "maxItems", json_integer(static_cast<int64_t>(key.count_max)));
    return schema;
  }
  if (!key.words.empty()) set(schema, "propertyNames", enumeration(key.words));
  set(schema, "additionalProperties", std::move(item));
  return schema;
}

JsonValue value_schema(const OutlineKey& key) {
  switch (key.kind) {
    case KeyKind::kBoolean: return of_type("boolean");
    case KeyKind::kInteger: {
      JsonValue schema = of_type("integer");
      limit(schema, key.bounds.min, key.bounds.max);
      return schema;
    }
    case KeyKind::kText: return of_type("string");
    case KeyKind::kTexts: {
      JsonValue schema = of_type("array");
      set(schema, "items", of_type("string"));
      return schema;
    }
    case KeyKind::kDuration: {
      if (key.none.empty()) return reference("duration");
      JsonValue word;
      JsonValue any;
      set(word, "const", json_text(key.none));
      set(any, "anyOf", list_of({reference("duration"), std::move(word)}));
      return any;
    }
    case KeyKind::kSize: return reference("size");
    case KeyKind::kSizeRange: return reference("size_range");
    case KeyKind::kRate: return reference("rate");
    case KeyKind::kRatio: return reference("ratio");
    case KeyKind::kLatency: return reference("latency");
    case KeyKind::kWindow: return reference("window");
    case KeyKind::kWord: return enumeration(key.words);
    case KeyKind::kWords: {
      JsonValue schema = of_type("array");
      set(schema, "items", enumeration(key.words));
      set(schema, "uniqueItems", json_boolean(true));
      return schema;
    }
    case KeyKind::kPartitions: {
      JsonValue item = of_type("string");
      JsonValue schema = of_type("array");
      set(item, "pattern", json_text("^.+-[0-9]+$"));
      set(schema, "items", std::move(item));
      return schema;
    }
    case KeyKind::kConfigs: {
      JsonValue schema = of_type("object");
      JsonValue properties{.type = JsonType::kObject};
      for (const metadata::ConfigDef* def : key.configs) {
        set(properties, def->name, config_schema(*def));
      }
      set(schema, "properties", std::move(properties));
      set(schema, "additionalProperties", json_boolean(false));
      return schema;
    }
    case KeyKind::kConfig: return config_schema(*key.configs.front());
    case KeyKind::kConstant: {
      if (key.constant.empty()) return of_type("string");
      JsonValue schema;
      set(schema, "const", json_integer(std::stoll(key.constant)));
      return schema;
    }
    case KeyKind::kObject: {
      if (key.shorthand.empty()) return object_schema(key);
      JsonValue any;
      set(any, "anyOf", list_of({object_schema(key), of_type("string")}));
      return any;
    }
    case KeyKind::kList:
    case KeyKind::kMap: return items_schema(key);
  }
  return {};
}

JsonValue described(const OutlineKey& key) {
  JsonValue schema = wrapped(value_schema(key));
  std::string doc = key.doc;
  if (!key.applies_to.empty()) doc += fmt::format(" Only for {}.", key.applies_to);
  if (schema.find("description") == nullptr) set(schema, "description", json_text(doc));
  if (!key.default_text.empty() && schema.find("x-default") == nullptr) {
    set(schema, "x-default", json_text(key.default_text));
  }
  return schema;
}

JsonValue object_schema(const OutlineKey& key) {
  JsonValue schema = of_type("object");
  JsonValue properties{.type = JsonType::kObject};
  std::vector<std::string> required;
  for (const OutlineKey& child : key.keys) {
    const bool always = child.required && child.applies_to.empty();
    if (always && child.other_name.empty()) required.push_back(child.name);
    set(properties, child.name, described(child));
    if (!child.other_name.empty()) {
      JsonValue one = of_type("string");
      set(one, "description", json_text(fmt::format("One of \"{}\".", child.name)));
      set(properties, child.other_name, std::move(one));
    }
  }
  set(schema, "properties", std::move(properties));
  if (!required.empty()) set(schema, "required", texts(required));
  set(schema, "additionalProperties", json_boolean(false));
  if (key.selector.empty()) return schema;
  std::vector<JsonValue> rules;
  for (const auto& [value, names] : key.variants) {
    JsonValue condition, selector, is_value, then, allowed, rule;
    set(is_value, "const", json_text(value));
    set(selector, key.selector, std::move(is_value));
    set(condition, "properties", std::move(selector));
    set(allowed, "enum", texts(names));
    for (const OutlineKey& child : key.keys) {
      if (child.other_name.empty()) continue;
      allowed.members.front().value.items.push_back(json_text(child.other_name));
    }
    set(then, "propertyNames", std::move(allowed));
    set(rule, "if", std::move(condition));
    set(rule, "then", std::move(then));
    rules.push_back(std::move(rule));
  }
  set(schema, "allOf", list_of(std::move(rules)));
  return schema;
}

JsonValue with_pattern(std::string_view pattern, std::string_view doc) {
  JsonValue schema;
  set(schema, "type", texts({"integer", "string"}));
  set(schema, "pattern", json_text(std::string(pattern)));
  set(schema, "description", json_text(std::string(doc)));
  return schema;
}

JsonValue pair_of(std::string_view item) {
  JsonValue schema = of_type("array");
  set(schema, "items", reference(item));
  set(schema, "minItems", json_integer(2));
  set(schema, "maxItems", json_integer(2));
  return schema;
}

JsonValue definitions() {
  JsonValue all{.type = JsonType::kObject};
  set(all, "duration",
      with_pattern("^-?[0-9]+(\\.[0-9]+)? ?(ns|us|ms|s|m|h|d)$|^-?[0-9]+$",
                   "A number with a unit, or an integer of milliseconds."));
  set(all, "size",
      with_pattern("^[0-9]+(\\.[0-9]+)? ?(B|kB|KiB|MB|MiB|GB|GiB|TB|TiB)$|^-?[0-9]+$",
                   "A number with a unit, or an integer of bytes."));
  set(all, "rate",
      with_pattern("^[0-9]+/(ns|us|ms|s|m|h|d)$",
                   "A count for each unit of time, or an integer a second."));
  set(all, "ratio",
      with_pattern("^[0-9]+(/[0-9]+|(\\.[0-9]+)?%)?$",
                   "A ratio between 0 and 1, such as 1/100 or 5%."));
  JsonValue acks;
  set(acks, "enum",
      list_of({json_text("all"), json_text("-1"), json_text("0"), json_text("1"), json_integer(-1),
               json_integer(0), json_integer(1)}));
  set(all, "acks", std::move(acks));
  set(all, "window", pair_of("duration"));
  JsonValue sizes;
  set(sizes, "anyOf", list_of({reference("size"), pair_of("size")}));
  set(all, "size_range", std::move(sizes));
  JsonValue latency, quantiles = of_type("object"), properties{.type = JsonType::kObject};
  set(properties, "p50", reference("duration"));
  set(properties, "p99", reference("duration"));
  set(quantiles, "properties", std::move(properties));
  JsonValue others{.type = JsonType::kObject};
  set(others, "^p[0-9]+(\\.[0-9]+)?$", reference("duration"));
  set(quantiles, "patternProperties", std::move(others));
  set(quantiles, "required", texts({"p50", "p99"}));
  set(quantiles, "additionalProperties", json_boolean(false));
  set(latency, "anyOf", list_of({reference("duration"), std::move(quantiles)}));
  set(all, "latency", std::move(latency));
  return all;
}

}  // namespace

std::string json_schema() {
  JsonValue schema;
  set(schema, "$schema", json_text("http://json-schema.org/draft-07/schema#"));
  set(schema, "title", json_text("Faultline scenario"));
  set(schema, "definitions", definitions());
  JsonValue root = object_schema(outline());
  for (JsonMember& member : root.members) schema.members.push_back(std::move(member));
  return print_json(schema) + "\n";
}

}  // namespace faultline::scenarios
