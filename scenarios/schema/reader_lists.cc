// SPDX-License-Identifier: Apache-2.0
// The parts of Reader that deal with objects, lists, maps and Kafka configurations.
#include <algorithm>

#include <fmt/format.h>

#include "scenarios/schema/reader.h"
#include "scenarios/schema/suggest.h"

namespace faultline::scenarios {

void Reader::words(const Key& key, std::vector<std::string>& value, std::span<const Word> words) {
  const JsonValue* found = take(key);
  if (found == nullptr) return;
  const std::string path = path_of(key.name);
  if (found->type != JsonType::kArray) {
    return refuse(*found, path, {fmt::format("expected a list, found {}", shown(*found)), {}});
  }
  for (size_t i = 0; i < found->items.size(); ++i) {
    const std::string item_path = fmt::format("{}[{}]", path, i);
    int index = -1;
    accept(found->items[i], item_path, read_word(found->items[i], words), index);
    if (index < 0) continue;
    const std::string_view name = words[static_cast<size_t>(index)].name;
    if (std::ranges::find(value, name) != value.end()) {
      refuse(found->items[i], item_path, {fmt::format("\"{}\" appears twice", name), {}});
    } else {
      value.emplace_back(name);
    }
  }
}

void Reader::partitions(const Key& key, std::vector<AssignedPartition>& value) {
  const JsonValue* found = take(key);
  if (found == nullptr) return;
  const std::string path = path_of(key.name);
  if (found->type != JsonType::kArray) {
    return refuse(*found, path, {fmt::format("expected a list, found {}", shown(*found)), {}});
  }
  for (size_t i = 0; i < found->items.size(); ++i) {
    const std::string item_path = fmt::format("{}[{}]", path, i);
    places_.put(item_path, found->items[i].place);
    const auto read = read_partition(found->items[i]);
    if (read) {
      value.push_back(*read);
    } else {
      refuse(found->items[i], item_path, read.error());
      value.push_back({});  // keeps the indices those of the file
    }
  }
}

void Reader::configs(const Key& key, ConfigValues& values,
                     std::span<const metadata::ConfigDef> defs) {
  const JsonValue* found = take(key);
  if (found == nullptr) return;
  const std::string path = path_of(key.name);
  if (found->type != JsonType::kObject) {
    return refuse(*found, path, {fmt::format("expected an object, found {}", shown(*found)), {}});
  }
  report_duplicates(*found, path);
  std::vector<std::string_view> names;
  for (const metadata::ConfigDef& def : defs) names.push_back(def.name);
  for (const JsonMember& member : found->members) {
    const metadata::ConfigDef* def = metadata::find_config(defs, member.key);
    const std::string member_path = fmt::format("{}.{}", path, member.key);
    if (def == nullptr) {
      report_.error(
          member.key_place, path,
          fmt::format("unknown key \"{}\"{}", member.key, did_you_mean(member.key, names)),
          valid_list("keys", names));
      continue;
    }
    places_.put(member_path, member.value.place);
    const auto& short_keys = frames_.back().config_keys;
    if (const auto twin = short_keys.find(member.key); twin != short_keys.end()) {
      report_.error(
          member.key_place, path,
          fmt::format("\"{}\" is given twice: \"{}\" is short for it", member.key, twin->second));
      continue;
    }
    const auto read = read_config(member.value, *def);
    if (read) {
      values[member.key] = *read;
    } else {
      refuse(member.value, member_path, read.error());
    }
  }
}

void Reader::config(const Key& key, ConfigValues& values, const metadata::ConfigDef& def) {
  const JsonValue* found = take(key);
  if (found == nullptr) return;
  frames_.back().config_keys.emplace(def.name, key.name);
  const auto read = read_config(*found, def);
  if (read) {
    values[std::string(def.name)] = *read;
    places_.put(fmt::format("{}.config.{}", frames_.back().path, def.name), found->place);
  } else {
    refuse(*found, path_of(key.name), read.error());
  }
}

void Reader::constant(const Key& key, std::string_view value) {
  const JsonValue* found = take(key);
  if (found == nullptr || value.empty() || found->text == value) return;
  refuse(*found, path_of(key.name),
         {fmt::format("this program reads {} {}, not {}", key.name, value, shown(*found)), {}});
}

bool Reader::begin_object(const Key& key) {
  const JsonValue* found = take(key);
  if (found == nullptr) return false;
  const std::string path = path_of(key.name);
  const JsonValue* object = as_object(*found, key.shorthand, path, "an object");
  if (object == nullptr) return false;
  open(*object, path);
  return true;
}

void Reader::end_object() { close(); }

const JsonValue* Reader::as_object(const JsonValue& value, std::string_view shorthand,
                                   const std::string& path, std::string_view what) {
  if (value.type == JsonType::kObject) return &value;
  if (shorthand.empty() || value.type == JsonType::kArray || value.type == JsonType::kNull) {
    refuse(value, path, {fmt::format("expected {}, found {}", what, shown(value)), {}});
    return nullptr;
  }
  JsonValue object{.type = JsonType::kObject, .place = value.place};
  object.members.push_back(
      {.key = std::string(shorthand), .key_place = value.place, .value = value});
  return &made_.emplace_back(std::move(object));
}

void Reader::items(const Key& key, Items& items, const ItemRules& rules) {
  const JsonValue* found = take(key);
  if (found == nullptr) return;
  const std::string path = path_of(key.name);
  const JsonType wanted = rules.is_map ? JsonType::kObject : JsonType::kArray;
  if (found->type != wanted) {
    const std::string wish = rules.is_map
                                 ? fmt::format("an object with a key for each {}", rules.item)
                                 : fmt::format("a list of {}s", rules.item);
    return refuse(*found, path, {fmt::format("expected {}, found {}", wish, shown(*found)), {}});
  }
  const size_t count = rules.is_map ? found->members.size() : found->items.size();
  if (count < rules.count_min) {
    refuse(*found, path, {fmt::format("needs at least {} {}", rules.count_min, rules.item), {}});
  }
  if (count > rules.count_max) {
    refuse(*found, path,
           {fmt::format("this version has at most {} {}{}", rules.count_max, rules.item,
                        rules.count_max == 1 ? "" : "s"),
            {}});
    return;
  }
  if (!rules.is_map) {
    for (size_t i = 0; i < count; ++i) {
      read_item(found->items[i], fmt::format("{}[{}]", path, i), {}, items, rules);
    }
    return;
  }
  report_duplicates(*found, path);
  std::vector<std::string_view> names;
  for (const Word& word : rules.keys) names.push_back(word.name);
  std::set<std::string_view> seen;
  for (const JsonMember& member : found->members) {
    if (!seen.insert(member.key).second) continue;
    if (!names.empty() && std::ranges::find(names, member.key) == names.end()) {
      report_.error(member.key_place, path,
                    fmt::format("unknown {} \"{}\"{}", rules.item, member.key,
                                did_you_mean(member.key, names)),
                    valid_list("keys", names));
      continue;
    }
    const std::string item_path = fmt::format("{}.{}", path, member.key);
    places_.put(item_path, member.key_place);
    read_item(member.value, item_path, member.key, items, rules);
  }
}

void Reader::read_item(const JsonValue& value, std::string path, std::string_view key, Items& items,
                       const ItemRules& rules) {
  items.add(key);
  const JsonValue* object =
      as_object(value, rules.shorthand, path, fmt::format("a {} as an object", rules.item));
  if (object == nullptr) return;
  open(*object, std::move(path));
  items.visit(items.size() - 1, *this);
  close();
}

}  // namespace faultline::scenarios
