// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/base/assert.h"
#include "scenarios/schema/suggest.h"
#include "scenarios/schema/units.h"

namespace faultline::scenarios {

namespace {

// What is wrong with a table of quantiles in ascending order; empty: nothing.
std::string complaint_of(const std::vector<Quantile>& points) {
  if (points.front().per_million != 0 || points.back().per_million != kWhole)
    return "a table of more than p50 and p99 goes from p0 to p100";
  for (size_t i = 1; i < points.size(); ++i) {
    const Quantile& low = points[i - 1];
    const Quantile& high = points[i];
    if (low.per_million == high.per_million)
      return fmt::format("{} appears twice", format_quantile(low.per_million));
    if (low.value > high.value)
      return fmt::format("{} must not exceed {}", format_quantile(low.per_million),
                         format_quantile(high.per_million));
  }
  return {};
}

}  // namespace

Place Places::find(std::string path) const {
  while (true) {
    if (const auto found = places_.find(path); found != places_.end()) return found->second;
    const size_t cut = path.find_last_of(".[");
    if (path.empty()) return {};
    path.resize(cut == std::string::npos ? 0 : cut);
  }
}

void Reader::begin(const JsonValue& root) { open(root, ""); }

void Reader::end() { close(); }

void Reader::open(const JsonValue& object, std::string path) {
  ASSERT(object.type == JsonType::kObject);
  places_.put(path, object.place);
  frames_.push_back({.object = &object, .path = std::move(path)});
}

// What remains are keys that nobody asked for.
void Reader::close() {
  const Frame frame = std::move(frames_.back());
  frames_.pop_back();
  report_duplicates(*frame.object, frame.path);
  for (const JsonMember& member : frame.object->members) {
    if (std::ranges::find(frame.valid, member.key) != frame.valid.end()) continue;
    if (const auto found = frame.elsewhere.find(member.key); found != frame.elsewhere.end()) {
      report_.error(member.key_place, frame.path,
                    fmt::format("key \"{}\" is only for {}", member.key, found->second),
                    valid_list("keys here", frame.valid));
      continue;
    }
    report_.error(
        member.key_place, frame.path,
        fmt::format("unknown key \"{}\"{}", member.key, did_you_mean(member.key, frame.valid)),
        valid_list("keys", frame.valid));
  }
}

void Reader::report_duplicates(const JsonValue& object, const std::string& path) {
  std::map<std::string_view, Place> seen;
  for (const JsonMember& member : object.members) {
    const auto [first, is_new] = seen.emplace(member.key, member.key_place);
    if (is_new) continue;
    report_.error(member.key_place, path,
                  fmt::format("key \"{}\" appears twice; the first one is in line {}", member.key,
                              first->second.line));
  }
}

std::string Reader::path_of(std::string_view key) const {
  const std::string& path = frames_.back().path;
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

// The value of a key in the file, if it is there and belongs there.
const JsonValue* Reader::take(const Key& key) {
  Frame& frame = frames_.back();
  if (!key.applies) {
    frame.elsewhere.emplace(key.name, key.applies_to);
    return nullptr;
  }
  frame.valid.push_back(key.name);
  const JsonValue* value = member(key.name);
  const JsonValue* other = nullptr;
  if (!key.other_name.empty()) {
    frame.valid.push_back(key.other_name);
    other = member(key.other_name);
    if (value != nullptr && other != nullptr) {
      report_.error(other->place, path_of(key.other_name),
                    fmt::format("give either \"{}\" or \"{}\"", key.name, key.other_name));
    }
    if (value == nullptr) value = other;
  }
  if (value == nullptr && key.required) {
    report_.error(frame.object->place, frame.path, fmt::format("missing key \"{}\"", key.name),
                  std::string(key.doc));
  }
  if (value != nullptr) places_.put(path_of(key.name), value->place);
  return value;
}

const JsonValue* Reader::member(std::string_view name) {
  const JsonMember* found = frames_.back().object->find(name);
  return found == nullptr ? nullptr : &found->value;
}

void Reader::refuse(const JsonValue& value, std::string path, const Complaint& complaint) {
  report_.error(value.place, std::move(path), complaint.message, complaint.hint);
}

void Reader::boolean(const Key& key, bool& value) {
  const JsonValue* found = take(key);
  if (found != nullptr) accept(*found, path_of(key.name), read_boolean(*found), value);
}

void Reader::integer(const Key& key, int64_t& value, Bounds bounds) {
  const JsonValue* found = take(key);
  if (found != nullptr) accept(*found, path_of(key.name), read_integer(*found, bounds), value);
}

void Reader::text(const Key& key, std::string& value, Names names) {
  constexpr size_t kBytesMax = 4096;
  const JsonValue* found = take(key);
  if (found == nullptr) return;
  accept(*found, path_of(key.name), read_text(*found), value);
  if (value.empty() && names == Names::kNewId && found->type == JsonType::kString) {
    refuse(*found, path_of(key.name), {.message = "must not be empty", .hint = {}});
  }
  if (value.size() > kBytesMax) {
    refuse(*found, path_of(key.name),
           {.message = fmt::format("longer than {} bytes", kBytesMax), .hint = {}});
  }
}

void Reader::texts(const Key& key, std::vector<std::string>& value, Names) {
  const JsonValue* found = take(key);
  if (found == nullptr) return;
  const std::string path = path_of(key.name);
  const bool one = found->type == JsonType::kString;  // stands for a list of itself
  if (!one && found->type != JsonType::kArray) {
    return refuse(*found, path,
                  {fmt::format("expected a list of strings, found {}", shown(*found)), {}});
  }
  if (!one && found->items.empty() && key.required) {
    refuse(*found, path, {.message = "must not be empty", .hint = {}});
  }
  for (size_t i = 0; i < (one ? 1 : found->items.size()); ++i) {
    const JsonValue& item = one ? *found : found->items[i];
    const std::string item_path = fmt::format("{}[{}]", path, i);
    places_.put(item_path, item.place);
    std::string text;
    accept(item, item_path, read_text(item), text);
    if (item.type == JsonType::kString) value.push_back(std::move(text));
  }
}

void Reader::duration(const Key& key, Duration& value, Bounds bounds) {
  const JsonValue* found = take(key);
  if (found != nullptr) accept(*found, path_of(key.name), read_duration(*found, bounds), value);
}

void Reader::duration_or(const Key& key, std::optional<Duration>& value, std::string_view none,
                         Bounds bounds) {
  const JsonValue* found = take(key);
  if (found == nullptr) return;
  if (found->type == JsonType::kString && found->text == none) {
    value.reset();
    return;
  }
  Read<Duration> read = read_duration(*found, bounds);
  if (read) {
    value = *read;
  } else {
    Complaint complaint = read.error();
    if (!complaint.hint.empty()) complaint.hint += fmt::format(", or \"{}\"", none);
    refuse(*found, path_of(key.name), complaint);
  }
}

void Reader::size(const Key& key, int64_t& value, Bounds bounds) {
  const JsonValue* found = take(key);
  if (found != nullptr) accept(*found, path_of(key.name), read_size(*found, bounds), value);
}

void Reader::size_range(const Key& key, SizeRange& value, Bounds bounds) {
  const JsonValue* found = take(key);
  if (found == nullptr) return;
  const std::string path = path_of(key.name);
  if (found->type != JsonType::kArray) {
    accept(*found, path, read_size(*found, bounds), value.min);
    value.max = value.min;
  } else if (found->items.size() != 2) {
    refuse(*found, path, {.message = "expected one size, or two: [least, most]", .hint = {}});
  } else {
    accept(found->items[0], path + "[0]", read_size(found->items[0], bounds), value.min);
    accept(found->items[1], path + "[1]", read_size(found->items[1], bounds), value.max);
    if (value.min > value.max) {
      refuse(*found, path, {.message = "the first must not exceed the second", .hint = {}});
    }
  }
}

void Reader::rate(const Key& key, Rate& value) {
  const JsonValue* found = take(key);
  if (found != nullptr) accept(*found, path_of(key.name), read_rate(*found), value);
}

void Reader::ratio(const Key& key, Ratio& value) {
  const JsonValue* found = take(key);
  if (found != nullptr) accept(*found, path_of(key.name), read_ratio(*found), value);
}

// {"p50": .., "p99": ..}, a whole table with more quantiles, or one duration for all.
void Reader::latency(const Key& key, Latency& value) {
  constexpr Bounds kBounds{.min = 0, .max = seconds(3600).ns};
  const JsonValue* found = take(key);
  if (found == nullptr) return;
  const std::string path = path_of(key.name);
  if (found->type != JsonType::kObject) {
    const Read<Duration> read = read_duration(*found, kBounds);
    if (read) {
      value = {.p50 = *read, .p99 = *read};
    } else {
      Complaint complaint = read.error();
      complaint.hint = "a duration, or {\"p50\": .., \"p99\": ..}";
      refuse(*found, path, complaint);
    }
    return;
  }
  value.points.clear();
  open(*found, path);
  duration({.name = "p50", .doc = "Half of all take at most this.", .required = true}, value.p50,
           kBounds);
  duration({.name = "p99", .doc = "All but one in a hundred take at most this.", .required = true},
           value.p99, kBounds);
  std::vector<Quantile> points = {{kMedian, value.p50}, {kP99, value.p99}};
  for (const JsonMember& member : found->members) {
    const std::optional<uint32_t> share = parse_quantile(member.key);
    if (!share || member.key == "p50" || member.key == "p99") continue;
    points.push_back({*share, {}});
    duration({.name = member.key, .doc = ""}, points.back().value, kBounds);
  }
  close();
  if (points.size() == 2) {
    if (value.p50 > value.p99 && found->find("p50") != nullptr && found->find("p99") != nullptr)
      refuse(*found, path, {.message = "p50 must not exceed p99", .hint = {}});
    return;
  }
  std::ranges::sort(points, {}, &Quantile::per_million);
  const std::string complaint = complaint_of(points);
  if (!complaint.empty()) refuse(*found, path, {.message = complaint, .hint = {}});
  value.points = std::move(points);
}

void Reader::when(const Key& at, const Key& between, Duration& first, Duration& last) {
  constexpr Bounds kBounds{.min = 0, .max = seconds(366 * 86'400).ns};
  Key optional_at = at;
  Key optional_between = between;
  optional_at.required = optional_between.required = false;
  const JsonValue* fixed = take(optional_at);
  const JsonValue* drawn = take(optional_between);
  if ((fixed == nullptr) == (drawn == nullptr)) {
    const JsonValue& place = drawn == nullptr ? *frames_.back().object : *drawn;
    return refuse(
        place, frames_.back().path,
        {fmt::format("{} of the keys \"{}\" and \"{}\"",
                     drawn == nullptr ? "needs one" : "give only one", at.name, between.name),
         "\"at\": \"5s\", or \"between\": [\"5s\", \"10s\"]"});
  }
  if (fixed != nullptr) {
    accept(*fixed, path_of(at.name), read_duration(*fixed, kBounds), first);
    last = first;
    return;
  }
  const std::string path = path_of(between.name);
  if (drawn->type != JsonType::kArray || drawn->items.size() != 2) {
    return refuse(*drawn, path,
                  {fmt::format("expected two durations, found {}", shown(*drawn)),
                   "such as [\"5s\", \"10s\"]"});
  }
  accept(drawn->items[0], path + "[0]", read_duration(drawn->items[0], kBounds), first);
  accept(drawn->items[1], path + "[1]", read_duration(drawn->items[1], kBounds), last);
  if (first > last) {
    refuse(*drawn, path, {.message = "the first must not exceed the second", .hint = {}});
    last = first;
  }
}

void Reader::word(const Key& key, int& value, std::span<const Word> words, bool) {
  const JsonValue* found = take(key);
  if (found != nullptr) accept(*found, path_of(key.name), read_word(*found, words), value);
}

}  // namespace faultline::scenarios
