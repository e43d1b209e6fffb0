// SPDX-License-Identifier: Apache-2.0
// Goal: a digest leads to the send that had it last, whenever it is asked for. Method: sends with
// digests that crowd in few places of the index, against a map.
#include "sim/check/client_history.h"

#include <map>

#include <gtest/gtest.h>

#include "broker/base/prng.h"

namespace faultline::sim {
namespace {

TEST(DigestIndex, finds_what_was_put_last_and_nothing_else) {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    Draws draws(seed, stream_id("digests"), 0);
    DigestIndex index;
    std::map<uint64_t, uint32_t> expected;
    EXPECT_EQ(index.find(0), DigestIndex::kNone);
    for (uint32_t send = 0; send < 5'000; ++send) {
      const uint64_t digest = draws.below(64) << 40 | draws.below(100);
      index.expect(digest);
      index.put(digest, send);
      expected[digest] = send;
      if (draws.chance({1, 2})) continue;  // two are put in a row, too
      const uint64_t asked = draws.chance({1, 2}) ? digest : draws.below(64) << 40 | 7;
      const auto found = expected.find(asked);
      ASSERT_EQ(index.find(asked), found == expected.end() ? DigestIndex::kNone : found->second);
    }
    for (const auto& [digest, send] : expected) ASSERT_EQ(index.find(digest), send);
  }
}

}  // namespace
}  // namespace faultline::sim
