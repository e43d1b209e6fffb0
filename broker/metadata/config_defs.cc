// SPDX-License-Identifier: Apache-2.0
// The table itself, and the parsing of its values.
#include "broker/metadata/config_defs.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "broker/base/assert.h"

namespace faultline::metadata {

namespace {

constexpr int64_t kMillion = 1'000'000;

std::unexpected<Error> invalid(const ConfigDef& def, std::string_view value,
                               std::string_view reason) {
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("Invalid value {} for configuration {}: {}", value, def.name, reason));
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

std::optional<int64_t> parse_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || text.empty()) return std::nullopt;
  return value;
}

// Decimals without exponent, up to six places; integers only, so that every build agrees.
std::optional<int64_t> parse_millionths(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t dot = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, dot);
  const std::string_view places = dot < text.size() ? text.substr(dot + 1) : std::string_view();
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (whole.size() + places.size() == 0 || whole.size() > 12 || places.size() > 6 ||
      !std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(places, is_digit)) {
    return std::nullopt;
  }
  int64_t value = 0;
  for (char c : whole) value = value * 10 + (c - '0');
  for (size_t i = 0; i < 6; ++i) value = value * 10 + (i < places.size() ? places[i] - '0' : 0);
  return negative ? -value : value;
}

bool is_one_of(std::string_view values, std::string_view word) {
  while (!values.empty()) {
    const size_t bar = std::min(values.find('|'), values.size());
    if (values.substr(0, bar) == word) return true;
    values.remove_prefix(std::min(bar + 1, values.size()));
  }
  return false;
}

std::string listed(std::string_view values) {
  std::string text;
  for (char c : values) c == '|' ? text += ", " : text += c;
  return text;
}

int64_t type_max(ConfigType type) {
  return type == ConfigType::kInt ? INT32_MAX : type == ConfigType::kShort ? INT16_MAX : INT64_MAX;
}

Result<std::string> check_number(const ConfigDef& def, std::string_view value) {
  const bool is_double = def.type == ConfigType::kDouble;
  const auto number = is_double ? parse_millionths(value) : parse_integer(value);
  const int64_t highest = type_max(def.type);
  if (!number || *number > highest || *number < -highest - 1) {
    const auto name = def.type == ConfigType::kInt     ? "INT"
                      : def.type == ConfigType::kShort ? "SHORT"
                      : is_double                      ? "DOUBLE"
                                                       : "LONG";
    return invalid(def, value, fmt::format("Not a number of type {}", name));
  }
  const int64_t unit = is_double ? kMillion : 1;
  if (*number < def.min) {
    return invalid(def, value, fmt::format("Value must be at least {}", def.min / unit));
  }
  if (*number > def.max) {
    return invalid(def, value, fmt::format("Value must be no more than {}", def.max / unit));
  }
  return is_double ? std::string(value) : std::to_string(*number);
}

Result<std::string> check_list(const ConfigDef& def, std::string_view value) {
  std::string result;
  for (std::string_view rest = value; !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view word = trimmed(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (!def.values.empty() && !is_one_of(def.values, word)) {
      return invalid(def, word, fmt::format("String must be one of: {}", listed(def.values)));
    }
    if (!result.empty()) result += ',';
    result += word;
  }
  return result;
}

}  // namespace

const ConfigDef* find_config(std::span<const ConfigDef> defs, std::string_view name) {
  const auto found = std::ranges::find(defs, name, &ConfigDef::name);
  return found == defs.end() ? nullptr : &*found;
}

Result<std::string> check_config(const ConfigDef& def, std::string_view value) {
  value = trimmed(value);
  switch (def.type) {
    case ConfigType::kBoolean: {
      std::string lower(value);
      std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      if (lower == "true" || lower == "false") return lower;
      return invalid(def, value, "Expected value to be either true or false");
    }
    case ConfigType::kInt:
    case ConfigType::kShort:
    case ConfigType::kLong:
    case ConfigType::kDouble: return check_number(def, value);
    case ConfigType::kList: return check_list(def, value);
    case ConfigType::kString: break;
  }
  if (def.values.empty() || is_one_of(def.values, value)) return std::string(value);
  return invalid(def, value, fmt::format("String must be one of: {}", listed(def.values)));
}

int64_t config_integer(const ConfigDef& def, std::string_view checked) {
  ASSERT(def.type == ConfigType::kInt || def.type == ConfigType::kShort ||
         def.type == ConfigType::kLong);
  const auto number = parse_integer(checked);
  ASSERT(number.has_value());
  return *number;
}

bool config_boolean(const ConfigDef& def, std::string_view checked) {
  ASSERT(def.type == ConfigType::kBoolean);
  ASSERT(checked == "true" || checked == "false");
  return checked == "true";
}

int64_t config_millionths(const ConfigDef& def, std::string_view checked) {
  ASSERT(def.type == ConfigType::kDouble);
  const auto number = parse_millionths(checked);
  ASSERT(number.has_value());
  return *number;
}

std::optional<std::string> broker_config(const ConfigDef& def, const ConfigLookup& broker) {
  if (const auto value = broker(def.name)) return std::string(*value);
  if (def.default_value) return std::string(*def.default_value);
  return std::nullopt;
}

std::optional<std::string> topic_config(const ConfigDef& def, const ConfigLookup& topic,
                                        const ConfigLookup& broker) {
  if (const auto value = topic(def.name)) return std::string(*value);
  for (const ConfigSynonym& synonym : def.synonyms) {
    if (synonym.name.empty()) break;
    const auto value = broker(synonym.name);
    if (!value) continue;
    if (synonym.factor == 1) return std::string(*value);
    const auto number = parse_integer(*value);
    ASSERT(number.has_value());
    return std::to_string(*number < 0 ? *number : *number * synonym.factor);
  }
  if (def.default_value) return std::string(*def.default_value);
  return std::nullopt;
}

}  // namespace faultline::metadata
