// SPDX-License-Identifier: Apache-2.0
// Goal: a typing mistake finds the name that was meant, and nonsense finds none. Method: examples.
#include "scenarios/schema/suggest.h"

#include <gtest/gtest.h>

namespace faultline::scenarios {
namespace {

constexpr std::string_view kNames[] = {"flush.messages", "flush.ms", "retention.ms", "acks", "s"};

TEST(Suggest, distance_counts_edits_and_swaps_of_neighbours) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("acks", "acks"), 0u);
  EXPECT_EQ(edit_distance("akcs", "acks"), 1u);
  EXPECT_EQ(edit_distance("ACKS", "acks"), 0u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(Suggest, a_mistake_finds_what_was_meant) {
  EXPECT_EQ(nearest("flush.mesages", kNames), "flush.messages");
  EXPECT_EQ(nearest("flush.mss", kNames), "flush.ms");
  EXPECT_EQ(nearest("akcs", kNames), "acks");
  EXPECT_EQ(nearest("S", kNames), "s");
}

TEST(Suggest, nonsense_finds_nothing) {
  EXPECT_EQ(nearest("", kNames), "");
  EXPECT_EQ(nearest("x", kNames), "");
  EXPECT_EQ(nearest("compression", kNames), "");
  EXPECT_EQ(nearest(std::string(100'000, 'a'), kNames), "");
}

}  // namespace
}  // namespace faultline::scenarios
