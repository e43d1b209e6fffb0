// SPDX-License-Identifier: Apache-2.0
// Goal: local time is true time times the rate, rounded down, and the way back is its inverse.
// Method: random clocks and times against 128-bit arithmetic.
#include "sim/node/node_clock.h"

#include <gtest/gtest.h>

#include "broker/base/prng.h"

namespace faultline::sim {
namespace {

constexpr int64_t kBillion = 1'000'000'000;

TEST(NodeClock, is_exact_at_any_rate_and_time) {
  Draws draws(1, stream_id("clock"), 0);
  for (int i = 0; i < 100'000; ++i) {
    const int64_t drift = draws.between(-999'999'999, 7'000'000'000) >> draws.below(34);
    const NodeClock clock(ClockConfig{.wall_start = {}, .drift_ppb = drift});
    const auto time = static_cast<int64_t>(draws.below(uint64_t{1} << draws.between(1, 58)));
    const __int128 expected = static_cast<__int128>(time) * (kBillion + drift) / kBillion;
    ASSERT_EQ(clock.monotonic_at(Instant{time}).ns, static_cast<int64_t>(expected));
    const Instant back = clock.true_time_of(Instant{time});
    if (back == Instant::far_future()) continue;
    ASSERT_GE(clock.monotonic_at(back).ns, time);
    if (back.ns > 0) {
      ASSERT_LT(clock.monotonic_at(back - Duration{1}).ns, time);
    }
  }
}

TEST(NodeClock, what_lies_beyond_time_is_the_far_future) {
  const NodeClock slow(ClockConfig{.wall_start = {}, .drift_ppb = -999'999'999});
  EXPECT_EQ(slow.true_time_of(Instant{int64_t{1} << 40}), Instant::far_future());
  // Not by a sum that runs over: the last wish whose product with the drift still has room.
  EXPECT_EQ(slow.true_time_of(Instant{INT64_MAX / (kBillion - 1)}), Instant::far_future());
  EXPECT_EQ(slow.true_time_of(Instant{9'223'372'034}), Instant{9'223'372'034 * kBillion});
  const NodeClock plain(ClockConfig{});
  EXPECT_EQ(plain.true_time_of(Instant::far_future()), Instant::far_future());
}

}  // namespace
}  // namespace faultline::sim
