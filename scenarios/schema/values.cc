// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/values.h"

#include <charconv>

#include <fmt/format.h>

#include "scenarios/schema/suggest.h"
#include "scenarios/schema/units.h"

namespace faultline::scenarios {

namespace {

std::unexpected<Complaint> complain(std::string message, std::string hint = {}) {
  return std::unexpected(Complaint{std::move(message), std::move(hint)});
}

std::unexpected<Complaint> wrong_type(const JsonValue& value, std::string_view wanted) {
  return complain(fmt::format("expected {}, found {}", wanted, shown(value)));
}

// "10mb" -> "; did you mean \"10MB\"?" where another spelling of the unit makes it right.
template <class Parse>
std::string mend_unit(std::string_view text, std::span<const std::string_view> units, Parse parse) {
  const size_t end = std::min(text.find_first_not_of("-0123456789. "), text.size());
  std::string_view number = text.substr(0, end);
  while (number.ends_with(' ')) number.remove_suffix(1);
  const std::string_view unit = text.substr(end);
  if (number.empty() || unit.empty()) return {};
  constexpr std::pair<std::string_view, std::string_view> kLong[] = {
      {"sec", "s"}, {"second", "s"}, {"milli", "ms"}, {"min", "m"}, {"hour", "h"},
      {"day", "d"}, {"byte", "B"},   {"K", "KiB"},    {"M", "MiB"}, {"G", "GiB"},
  };
  std::string_view best = nearest(unit, units);
  for (const auto& [word, meaning] : kLong) {
    if (unit.starts_with(word) && unit.size() <= word.size() + 7) best = meaning;
  }
  const std::string mended = fmt::format("{}{}", number, best);
  return !best.empty() && parse(mended) ? fmt::format("; did you mean \"{}\"?", mended) : "";
}

template <class T, class Format>
Read<T> within(T value, int64_t number, Bounds bounds, Format format) {
  if (number < bounds.min) return complain(fmt::format("must be at least {}", format(bounds.min)));
  if (number > bounds.max) return complain(fmt::format("must be at most {}", format(bounds.max)));
  return value;
}

}  // namespace

std::string shown(const JsonValue& value) {
  constexpr size_t kShownMax = 60;
  switch (value.type) {
    case JsonType::kBoolean: return value.boolean ? "true" : "false";
    case JsonType::kInteger:
    case JsonType::kFloat: return value.text;
    case JsonType::kString:
      if (value.text.size() > kShownMax) return "a long string";
      return json_quoted(value.text);
    default: return std::string(describe(value.type));
  }
}

Read<bool> read_boolean(const JsonValue& value) {
  if (value.type == JsonType::kBoolean) return value.boolean;
  return wrong_type(value, "true or false");
}

Read<int64_t> read_integer(const JsonValue& value, Bounds bounds) {
  if (value.type != JsonType::kInteger) return wrong_type(value, "an integer");
  return within(value.integer, value.integer, bounds, [](int64_t n) { return std::to_string(n); });
}

Read<std::string> read_text(const JsonValue& value) {
  if (value.type == JsonType::kString) return value.text;
  return wrong_type(value, "a string");
}

Read<Duration> read_duration(const JsonValue& value, Bounds bounds) {
  constexpr std::string_view kUnits[] = {"ns", "us", "ms", "s", "m", "h", "d"};
  const auto format = [](int64_t ns) { return format_duration({ns}); };
  if (value.type == JsonType::kInteger) {
    if (value.integer > INT64_MAX / 1'000'000 || value.integer < INT64_MIN / 1'000'000) {
      return complain(fmt::format("{} ms is out of range", value.integer));
    }
    return within(milliseconds(value.integer), value.integer * 1'000'000, bounds, format);
  }
  if (value.type != JsonType::kString) return wrong_type(value, "a duration such as \"250ms\"");
  const auto parsed = parse_duration(value.text);
  if (parsed) return within(*parsed, parsed->ns, bounds, format);
  return complain(
      fmt::format("{} is no duration{}", shown(value),
                  mend_unit(value.text, kUnits, [](auto text) { return parse_duration(text); })),
      fmt::format("a number with a unit ({}), such as \"250ms\", or an integer of milliseconds",
                  kDurationUnits));
}

Read<int64_t> read_size(const JsonValue& value, Bounds bounds) {
  constexpr std::string_view kUnits[] = {"B", "kB", "KiB", "MB", "MiB", "GB", "GiB", "TB", "TiB"};
  if (value.type == JsonType::kInteger) {
    return within(value.integer, value.integer, bounds, format_size);
  }
  if (value.type != JsonType::kString) return wrong_type(value, "a size such as \"1MiB\"");
  const auto parsed = parse_size(value.text);
  if (parsed) return within(*parsed, *parsed, bounds, format_size);
  return complain(
      fmt::format("{} is no size{}", shown(value),
                  mend_unit(value.text, kUnits, [](auto text) { return parse_size(text); })),
      fmt::format("a number with a unit ({}), such as \"1MiB\", or an integer of bytes",
                  kSizeUnits));
}

Read<Rate> read_rate(const JsonValue& value) {
  constexpr int64_t kPerSecondMax = 1'000'000;
  std::optional<Rate> rate;
  if (value.type == JsonType::kInteger) rate = Rate{.count = value.integer, .per = seconds(1)};
  if (value.type == JsonType::kString) rate = parse_rate(value.text);
  if (!rate) {
    return complain(fmt::format("{} is no rate", shown(value)),
                    "a count for each unit of time, such as \"100/s\", or an integer a second");
  }
  if (rate->count < 1) return complain("must be at least 1");
  const __int128 per_second = static_cast<__int128>(rate->count) * seconds(1).ns / rate->per.ns;
  if (per_second > kPerSecondMax) {
    return complain(fmt::format("must be at most {}/s", kPerSecondMax));
  }
  return *rate;
}

Read<Ratio> read_ratio(const JsonValue& value) {
  std::optional<Ratio> ratio;
  if (value.type == JsonType::kInteger || value.type == JsonType::kString) {
    ratio = parse_ratio(value.text);
  }
  if (ratio) return *ratio;
  return complain(fmt::format("{} is no ratio between 0 and 1", shown(value)),
                  "such as \"1/100\", \"5%\", 0 or 1: fractions stay exact");
}

Read<int> read_word(const JsonValue& value, std::span<const Word> words) {
  std::vector<std::string_view> names;
  for (const Word& word : words) names.push_back(word.name);
  if (value.type != JsonType::kString) {
    return complain(fmt::format("expected one of the words, found {}", shown(value)),
                    valid_list("values", names));
  }
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i].name == value.text) return static_cast<int>(i);
  }
  return complain(fmt::format("unknown value {}{}", shown(value), did_you_mean(value.text, names)),
                  valid_list("values", names));
}

Read<AssignedPartition> read_partition(const JsonValue& value) {
  const size_t dash = value.text.rfind('-');
  int64_t number = -1;
  if (value.type == JsonType::kString && dash != std::string::npos && dash > 0) {
    const char* end = value.text.data() + value.text.size();
    const auto [stop, error] = std::from_chars(value.text.data() + dash + 1, end, number);
    if (error != std::errc() || stop != end) number = -1;
  }
  if (number >= 0) return AssignedPartition{value.text.substr(0, dash), number};
  return complain(fmt::format("{} is no partition", shown(value)),
                  "a topic's name, a dash and a number, such as \"orders-0\"");
}

namespace {

// "7d" or "1MiB" in the unit of the config; the text itself where it has none.
Read<std::string> in_unit_of(const JsonValue& value, const metadata::ConfigDef& def) {
  using metadata::ConfigUnit;
  const bool bare = value.text.find_first_not_of("-0123456789") == std::string::npos;
  if (def.unit == ConfigUnit::kNone || bare) return value.text;
  if (def.unit == ConfigUnit::kBytes) {
    const auto bytes = read_size(value, {});
    if (!bytes) return std::unexpected(bytes.error());
    return std::to_string(*bytes);
  }
  const auto duration = read_duration(value, {});
  if (!duration) return std::unexpected(duration.error());
  const int64_t factor = def.unit == ConfigUnit::kMilliseconds ? milliseconds(1).ns
                         : def.unit == ConfigUnit::kMinutes    ? seconds(60).ns
                                                               : seconds(3600).ns;
  if (duration->ns % factor != 0) {
    return complain(fmt::format("{} is no whole number of {}", shown(value),
                                def.unit == ConfigUnit::kMilliseconds ? "milliseconds"
                                : def.unit == ConfigUnit::kMinutes    ? "minutes"
                                                                      : "hours"));
  }
  return std::to_string(duration->ns / factor);
}

}  // namespace

Read<std::string> read_config(const JsonValue& value, const metadata::ConfigDef& def) {
  std::string text = value.text;
  if (value.type == JsonType::kBoolean) text = value.boolean ? "true" : "false";
  if (value.type == JsonType::kString) {
    auto converted = in_unit_of(value, def);
    if (!converted) return converted;
    text = std::move(*converted);
  }
  if (value.type == JsonType::kArray && def.type == metadata::ConfigType::kList) {
    for (const JsonValue& item : value.items) text += (text.empty() ? "" : ",") + item.text;
  } else if (value.type == JsonType::kArray || value.type == JsonType::kObject ||
             value.type == JsonType::kNull) {
    return wrong_type(value, "a value");
  }
  auto checked = metadata::check_config(def, text);
  if (checked) return *checked;
  std::string_view reason = checked.error().detail;  // "Invalid value X for configuration Y: why"
  const std::string prefix = fmt::format(" for configuration {}: ", def.name);
  if (const size_t at = reason.find(prefix); at != std::string_view::npos) {
    reason.remove_prefix(at + prefix.size());
  }
  if (!def.values.empty()) {
    std::vector<std::string_view> names;
    for (std::string_view rest = def.values; !rest.empty();) {
      const size_t bar = std::min(rest.find('|'), rest.size());
      names.push_back(rest.substr(0, bar));
      rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
    return complain(fmt::format("unknown value {}{}", shown(value), did_you_mean(text, names)),
                    valid_list("values", names));
  }
  std::string why(reason);
  if (!why.empty() && why[0] >= 'A' && why[0] <= 'Z')
    why[0] = static_cast<char>(why[0] - 'A' + 'a');
  return complain(fmt::format("{} is not valid: {}", shown(value), why));
}

}  // namespace faultline::scenarios
