// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/units.h"

#include <array>
#include <charconv>
#include <numeric>
#include <span>

#include <fmt/format.h>

namespace faultline::scenarios {

namespace {

struct Unit {
  std::string_view name;
  int64_t factor;
};

// Ascending; of units with one meaning the last is the one to print.
constexpr auto kTimeUnits = std::to_array<Unit>({{"ns", 1},
                                                 {"us", 1'000},
                                                 {"ms", 1'000'000},
                                                 {"s", 1'000'000'000},
                                                 {"m", 60'000'000'000},
                                                 {"h", 3'600'000'000'000},
                                                 {"d", 86'400'000'000'000}});
constexpr auto kByteUnits = std::to_array<Unit>({{"B", 1},
                                                 {"kB", 1'000},
                                                 {"KiB", int64_t{1} << 10},
                                                 {"MB", 1'000'000},
                                                 {"MiB", int64_t{1} << 20},
                                                 {"GB", 1'000'000'000},
                                                 {"GiB", int64_t{1} << 30},
                                                 {"TB", 1'000'000'000'000},
                                                 {"TiB", int64_t{1} << 40}});

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || !is_digit(text[0]) || error != std::errc() || stop != end)
    return std::nullopt;
  return value;
}

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// "1.5" times `factor`, if that is a whole number that fits.
std::optional<int64_t> scaled(std::string_view number, int64_t factor) {
  const size_t dot = number.find('.');
  const auto whole = whole_number(number.substr(0, dot));
  if (!whole) return std::nullopt;
  __int128 value = static_cast<__int128>(*whole) * factor;
  if (dot != std::string_view::npos) {
    const std::string_view places = number.substr(dot + 1);
    const auto fraction = whole_number(places);
    if (!fraction || places.size() > 12) return std::nullopt;
    __int128 power = 1;
    for (size_t i = 0; i < places.size(); ++i) power *= 10;
    const __int128 part = static_cast<__int128>(*fraction) * factor;
    if (part % power != 0) return std::nullopt;
    value += part / power;
  }
  if (value > INT64_MAX) return std::nullopt;
  return static_cast<int64_t>(value);
}

std::optional<int64_t> parse_with_unit(std::string_view text, std::span<const Unit> units) {
  const size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  std::string_view name = text.substr(end);
  while (name.starts_with(' ')) name.remove_prefix(1);
  if (end == 0) return std::nullopt;
  const Unit* unit = find_unit(units, name);
  if (unit == nullptr) return std::nullopt;
  return scaled(text.substr(0, end), unit->factor);
}

// In the largest unit that divides it.
std::string format_with_unit(int64_t value, std::span<const Unit> units) {
  const Unit* best = &units[0];
  for (const Unit& unit : units) {
    if (value % unit.factor == 0 && value != 0) best = &unit;
  }
  return fmt::format("{}{}", value / best->factor, best->name);
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text == "0") return Duration{};
  const auto ns = parse_with_unit(text, kTimeUnits);
  if (!ns) return std::nullopt;
  return Duration{negative ? -*ns : *ns};
}

std::optional<int64_t> parse_size(std::string_view text) {
  if (text == "0") return 0;
  return parse_with_unit(text, kByteUnits);
}

std::optional<Rate> parse_rate(std::string_view text) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto count = whole_number(text.substr(0, slash));
  const Unit* unit = find_unit(kTimeUnits, text.substr(slash + 1));
  if (!count || unit == nullptr) return std::nullopt;
  return Rate{.count = *count, .per = {unit->factor}};
}

std::optional<Ratio> parse_ratio(std::string_view text) {
  if (text.ends_with('%')) {
    const auto millionths = scaled(text.substr(0, text.size() - 1), 1'000'000);
    if (!millionths || *millionths > 100'000'000) return std::nullopt;
    const int64_t divisor = std::gcd(*millionths, int64_t{100'000'000});
    return Ratio{static_cast<uint64_t>(*millionths / divisor),
                 static_cast<uint64_t>(100'000'000 / divisor)};
  }
  const size_t slash = std::min(text.find('/'), text.size());
  const auto numerator = whole_number(text.substr(0, slash));
  const auto denominator =
      slash == text.size() ? std::optional<int64_t>(1) : whole_number(text.substr(slash + 1));
  if (!numerator || !denominator || *denominator == 0 || *numerator > *denominator) {
    return std::nullopt;
  }
  return Ratio{static_cast<uint64_t>(*numerator), static_cast<uint64_t>(*denominator)};
}

std::optional<uint32_t> parse_quantile(std::string_view text) {
  if (!text.starts_with('p')) return std::nullopt;
  const auto per_million = scaled(text.substr(1), kWhole / 100);
  if (!per_million || *per_million > kWhole) return std::nullopt;
  return static_cast<uint32_t>(*per_million);
}

std::string format_duration(Duration duration) {
  if (duration.ns == 0) return "0s";
  // What is no whole number of milliseconds, but long, reads better in seconds: "6.219024881s".
  const auto size = static_cast<uint64_t>(duration.ns < 0 ? -duration.ns : duration.ns);
  if (size < 1'000'000'000 || size % 1'000'000 == 0)
    return format_with_unit(duration.ns, kTimeUnits);
  std::string text = fmt::format("{}{}.{:09}", duration.ns < 0 ? "-" : "", size / 1'000'000'000,
                                 size % 1'000'000'000);
  text.resize(text.find_last_not_of('0') + 1);
  return text + "s";
}

std::string format_size(int64_t bytes) { return format_with_unit(bytes, kByteUnits); }

std::string format_rate(Rate rate) {
  for (const Unit& unit : kTimeUnits) {
    if (unit.factor == rate.per.ns) return fmt::format("{}/{}", rate.count, unit.name);
  }
  return fmt::format("{}/{}ns", rate.count, rate.per.ns);
}

std::string format_ratio(Ratio ratio) {
  if (ratio.numerator == 0) return "0";
  if (ratio.numerator == ratio.denominator) return "1";
  const uint64_t divisor = std::gcd(ratio.numerator, ratio.denominator);
  if (ratio.denominator / divisor > 0 && 100 % (ratio.denominator / divisor) == 0) {
    return fmt::format("{}%", 100 / (ratio.denominator / divisor) * (ratio.numerator / divisor));
  }
  return fmt::format("{}/{}", ratio.numerator / divisor, ratio.denominator / divisor);
}

std::string format_quantile(uint32_t per_million) {
  std::string text = fmt::format("p{}.{:04}", per_million / 10'000, per_million % 10'000);
  text.resize(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

}  // namespace faultline::scenarios
