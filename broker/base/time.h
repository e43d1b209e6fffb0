// SPDX-License-Identifier: Apache-2.0
// Time as int64 nanoseconds (design decision D6): Duration is a length, Instant a point on some
// monotonic clock, WallTime a point of the civil calendar since 1970 that may jump. Points of
// different clocks do not mix. Overflow is a bug of the caller: 292 years fit.
#pragma once

#include <compare>
#include <cstdint>

namespace faultline {

struct Duration {
  int64_t ns = 0;

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr int64_t to_ms() const { return ns / 1'000'000; }  // rounds towards zero
  constexpr Duration operator-() const { return {-ns}; }
};

constexpr Duration nanoseconds(int64_t count) { return {count}; }
constexpr Duration microseconds(int64_t count) { return {count * 1'000}; }
constexpr Duration milliseconds(int64_t count) { return {count * 1'000'000}; }
constexpr Duration seconds(int64_t count) { return {count * 1'000'000'000}; }
constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
constexpr Duration operator*(Duration a, int64_t factor) { return {a.ns * factor}; }
constexpr Duration operator/(Duration a, int64_t divisor) { return {a.ns / divisor}; }

// A point of one monotonic clock; 0 is where that clock began.
struct Instant {
  int64_t ns = 0;

  constexpr auto operator<=>(const Instant&) const = default;
  static constexpr Instant far_future() { return {INT64_MAX}; }
};

constexpr Instant operator+(Instant t, Duration d) { return {t.ns + d.ns}; }
constexpr Instant operator-(Instant t, Duration d) { return {t.ns - d.ns}; }
constexpr Duration operator-(Instant a, Instant b) { return {a.ns - b.ns}; }

// A point of civil time, nanoseconds since 1970-01-01T00:00Z; Kafka's timestamps are its
// milliseconds.
struct WallTime {
  int64_t ns = 0;

  constexpr auto operator<=>(const WallTime&) const = default;
  constexpr int64_t to_ms() const { return ns / 1'000'000; }
};

constexpr WallTime operator+(WallTime t, Duration d) { return {t.ns + d.ns}; }
constexpr Duration operator-(WallTime a, WallTime b) { return {a.ns - b.ns}; }

}  // namespace faultline
