// SPDX-License-Identifier: Apache-2.0
// Numbers with units as people write them ("250ms", "1MiB", "100/s", "1%") to exact integers and
// back. Integers only: "1.5s" is 1,500,000,000 ns, and what is no whole number of the smallest unit
// is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/prng.h"
#include "broker/base/time.h"
#include "scenarios/scenario.h"

namespace faultline::scenarios {

std::optional<Duration> parse_duration(std::string_view text);  // ns us ms s m h d; may be negative
std::optional<int64_t> parse_size(std::string_view text);       // B KiB MiB GiB TiB kB MB GB TB
std::optional<Rate> parse_rate(std::string_view text);          // "100/s", "5/m"
std::optional<Ratio> parse_ratio(std::string_view text);        // "1/100", "1%", "0", "1"
std::optional<uint32_t> parse_quantile(std::string_view text);  // "p99.9": 999'000 in a million

// The shortest text that parses to the same value: "90s", not "1m30s".
std::string format_duration(Duration duration);
std::string format_size(int64_t bytes);
std::string format_rate(Rate rate);
std::string format_ratio(Ratio ratio);
std::string format_quantile(uint32_t per_million);

inline constexpr uint32_t kMedian = 500'000;  // quantiles in a million
inline constexpr uint32_t kP99 = 990'000;
inline constexpr uint32_t kWhole = 1'000'000;
inline constexpr std::string_view kDurationUnits = "ns, us, ms, s, m, h, d";
inline constexpr std::string_view kSizeUnits = "B, KiB, MiB, GiB, TiB, kB, MB, GB, TB";

}  // namespace faultline::scenarios
