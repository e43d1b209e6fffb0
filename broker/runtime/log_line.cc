// SPDX-License-Identifier: Apache-2.0
// Forming and writing lines.
#include "broker/runtime/log_line.h"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "broker/base/notation_print.h"

namespace faultline {
namespace {

bool needs_quotes(std::string_view value) {
  return value.empty() || std::any_of(value.begin(), value.end(), [](unsigned char c) {
           return c <= ' ' || c == '"' || c == '=' || c >= 0x7f;
         });
}

// 2026-11-21T06:17:05.123Z; the calendar is Howard Hinnant's "days to civil".
std::string utc_text(WallTime time) {
  const int64_t ms = time.to_ms();
  const int64_t days = ms / 86'400'000;
  const int64_t in_day = ms % 86'400'000;
  const int64_t shifted = days + 719'468;
  const int64_t era = shifted / 146'097;
  const int64_t of_era = shifted % 146'097;
  const int64_t year_of_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_shifted = (5 * of_year + 2) / 153;
  const int64_t day = of_year - (153 * month_shifted + 2) / 5 + 1;
  const int64_t month = month_shifted < 10 ? month_shifted + 3 : month_shifted - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", year, month, day,
                     in_day / 3'600'000, in_day / 60'000 % 60, in_day / 1'000 % 60, in_day % 1'000);
}

}  // namespace

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarn: return "warn";
    case LogLevel::kError: return "error";
  }
  return "?";
}

void append_pair(std::string& out, std::string_view key, std::string_view value) {
  out += ' ';
  out += key;
  out += '=';
  if (needs_quotes(value)) {
    append_json_string(out, value);
  } else {
    out += value;
  }
}

void PairPrinter::enter(const FieldInfo& field) { names_.emplace_back(field.name); }

void PairPrinter::leave() { names_.pop_back(); }

bool PairPrinter::present(bool is_present, bool) { return is_present; }

size_t PairPrinter::begin_array(size_t count) {
  put(std::to_string(count));
  return 0;
}

void PairPrinter::end_array() {}

void PairPrinter::number(const NumberInfo&, int64_t& value) { put(std::to_string(value)); }

void PairPrinter::boolean(bool& value) { put(value ? "true" : "false"); }

void PairPrinter::real(double& value) { put(fmt::format("{}", value)); }

void PairPrinter::text(std::string& value) { put(value); }

void PairPrinter::bytes(Slice& value) { put(fmt::format("{} bytes", value.size())); }

void PairPrinter::uuid(Uuid& value) { put(value.to_string()); }

void PairPrinter::put(std::string_view value) {
  append_pair(out_, fmt::format("{}", fmt::join(names_, ".")), value);
}

void LineLog::write(LogLevel level, std::string_view event, std::string_view pairs) {
  if (!wants(level)) return;
  const std::string line = fmt::format("time={} level={} event={}{}\n", utc_text(clock_.wall_now()),
                                       to_string(level), event, pairs);
  // Nobody to tell when this fails.
  const auto ignored = ::write(file_, line.data(), line.size());
  (void)ignored;
}

void LineLog::say(LogLevel level, std::string_view event, std::string_view text) {
  std::string pairs;
  append_pair(pairs, "text", text);
  write(level, event, pairs);
}

}  // namespace faultline
