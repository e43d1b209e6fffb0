// SPDX-License-Identifier: Apache-2.0
// Goal: drawn durations follow their table, in integers. Method: exact values at given draws, and
// shares over many draws.
#include "sim/kernel/quantiles.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace faultline::sim {
namespace {

constexpr uint64_t kMax = UINT64_MAX;

TEST(QuantileTable, a_constant_is_constant) {
  const QuantileTable table = QuantileTable::constant(milliseconds(3));
  for (uint64_t draw : {uint64_t{0}, kMax / 3, kMax}) EXPECT_EQ(table.at(draw), milliseconds(3));
}

TEST(QuantileTable, interpolates_between_its_points) {
  const QuantileTable table(
      {{0, Duration{0}}, {500'000, Duration{1000}}, {1'000'000, Duration{5000}}});
  EXPECT_EQ(table.at(0), Duration{0});
  EXPECT_EQ(table.at(uint64_t{1} << 62), Duration{500});
  EXPECT_EQ(table.at(uint64_t{1} << 63), Duration{1000});
  EXPECT_EQ(table.at(uint64_t{3} << 62), Duration{3000});
  EXPECT_EQ(table.at(kMax), Duration{4999});
  EXPECT_EQ(table.median(), Duration{1000});
}

TEST(QuantileTable, is_monotone_and_within_its_bounds) {
  const QuantileTable table = QuantileTable::latency(microseconds(250), milliseconds(1));
  Duration last{};
  for (uint64_t i = 0; i < 10'000; ++i) {
    const Duration value = table.at(i * (kMax / 10'000));
    EXPECT_GE(value, last);
    last = value;
  }
  EXPECT_GE(table.at(0), microseconds(125));
  EXPECT_LE(table.at(kMax), milliseconds(10));
}

TEST(QuantileTable, latency_has_the_quantiles_and_the_tail_that_it_says) {
  const QuantileTable table = QuantileTable::latency(microseconds(250), milliseconds(1));
  Draws draws(1, stream_id("test"), 0);
  std::vector<Duration> values;
  for (int i = 0; i < 100'000; ++i) values.push_back(table.draw(draws));
  std::sort(values.begin(), values.end());
  EXPECT_NEAR(static_cast<double>(values[50'000].ns), 250e3, 5e3);
  EXPECT_NEAR(static_cast<double>(values[99'000].ns), 1e6, 5e4);
  EXPECT_GT(values[99'950], milliseconds(3)) << "heavy tail";
}

TEST(QuantileTable, a_p99_below_p50_is_taken_as_p50) {
  const QuantileTable table = QuantileTable::latency(milliseconds(10), milliseconds(1));
  EXPECT_EQ(table.median(), milliseconds(10));
}

TEST(QuantileTable, survives_durations_of_centuries) {
  const QuantileTable table = QuantileTable({{0, Duration{0}}, {1'000'000, Duration{INT64_MAX}}});
  EXPECT_GT(table.at(kMax).ns, INT64_MAX - INT64_MAX / 1'000'000);
}

}  // namespace
}  // namespace faultline::sim
