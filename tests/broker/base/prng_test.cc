// SPDX-License-Identifier: Apache-2.0
// Goal: draws depend on their own name only, stay in range and spread; fingerprints depend on
// order. Method: exact comparisons and coarse counting.
#include "broker/base/prng.h"

#include <array>

#include <gtest/gtest.h>

#include "broker/base/hash.h"

namespace faultline {
namespace {

TEST(Draws, of_one_entity_ignore_all_others) {
  Draws alone(7, stream_id("link"), 3);
  Draws beside(7, stream_id("link"), 3);
  Draws other(7, stream_id("link"), 4);
  for (int i = 0; i < 100; ++i) {
    other.next();
    EXPECT_EQ(alone.next(), beside.next());
  }
}

TEST(Draws, are_pinned_for_ever) {
  // Seeds in bug reports must mean the same run in every later build.
  EXPECT_EQ(mix(1, 2, 3, 4), mix(1, 2, 3, 4));
  Draws draws(42, stream_id("pinned"), 1);
  EXPECT_EQ(draws.next(), 2648732718103951048ul);
  EXPECT_EQ(draws.below(1000), 199u);
  Draws of_stream(DrawStream(42, stream_id("pinned")), 1);
  EXPECT_EQ(of_stream.next(), 2648732718103951048ul);
}

TEST(Draws, spread_over_a_range_and_keep_its_bounds) {
  Draws draws(1, stream_id("range"), 0);
  std::array<int, 10> seen{};
  for (int i = 0; i < 10'000; ++i) {
    const int64_t value = draws.between(-5, 4);
    ASSERT_GE(value, -5);
    ASSERT_LE(value, 4);
    ++seen[static_cast<size_t>(value + 5)];
  }
  for (int count : seen) EXPECT_NEAR(count, 1000, 150);
  EXPECT_EQ(draws.between(3, 3), 3);
}

TEST(Draws, a_chance_of_nothing_never_and_of_all_always_happens) {
  Draws draws(1, stream_id("chance"), 0);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(draws.chance({0, 7}));
    EXPECT_TRUE(draws.chance({7, 7}));
  }
}

TEST(Draws, exponential_ones_have_their_mean_and_their_quantiles) {
  constexpr int64_t kMean = 1'000'000;
  constexpr int kCount = 100'000;
  // A share of e^-k is above k times the mean.
  constexpr std::array<double, 5> kAbove{1, 0.36788, 0.13534, 0.04979, 0.01832};
  Draws draws(1, stream_id("exponential"), 0);
  double sum = 0;
  std::array<int, 5> above{};
  for (int i = 0; i < kCount; ++i) {
    const int64_t value = draws.exponential(kMean);
    ASSERT_GE(value, 0);
    ASSERT_LE(value, 45 * kMean);
    sum += static_cast<double>(value);
    for (size_t k = 0; k < above.size(); ++k)
      above[k] += value >= static_cast<int64_t>(k) * kMean ? 1 : 0;
  }
  EXPECT_NEAR(sum / kCount, kMean, 0.02 * kMean);
  for (size_t k = 0; k < above.size(); ++k)
    EXPECT_NEAR(above[k], kAbove[k] * kCount, 0.005 * kCount) << k;
  EXPECT_EQ(draws.count(), uint64_t{kCount}) << "one draw for each";
}

TEST(Draws, exponential_ones_are_pinned_and_take_any_mean) {
  Draws draws(42, stream_id("pinned"), 1);
  // The first draw is 2648732718103951048: -ln(draw / 2^64) = 1.940806576, here from 24 bits of its
  // logarithm.
  EXPECT_EQ(draws.exponential(1'000'000'000), 1'940'806'577);
  EXPECT_EQ(draws.exponential(0), 0);
  for (int i = 0; i < 1000; ++i) EXPECT_GE(draws.exponential(INT64_MAX / 45), 0);
  EXPECT_DEATH(draws.exponential(-1), "mean");
}

TEST(Fingerprint, depends_on_content_and_order) {
  Fingerprint ab;
  ab.extend(as_bytes("a"));
  ab.extend(as_bytes("b"));
  Fingerprint ba;
  ba.extend(as_bytes("b"));
  ba.extend(as_bytes("a"));
  Fingerprint joined;
  joined.extend(as_bytes("ab"));
  EXPECT_NE(ab, ba);
  EXPECT_NE(ab, joined);
  EXPECT_EQ(ab.to_string().size(), 32u);
}

}  // namespace
}  // namespace faultline
