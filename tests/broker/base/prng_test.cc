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
