// SPDX-License-Identifier: Apache-2.0
// Goal: sparse bytes and sets of ranges behave as a plain array of bytes does, and share instead of
// copying. Method: random operations beside an array; addresses of what is read back.
#include "sim/disk/extent_map.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/base/prng.h"

namespace faultline::sim {
namespace {

constexpr uint64_t kEnd = 300;

TEST(ByteRanges, BehaveAsASetOfPositions) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Draws draws(seed, stream_id("ranges"), 0);
    ByteRanges ranges;
    std::vector<bool> expected(kEnd);
    for (int step = 0; step < 60; ++step) {
      const uint64_t from = draws.below(kEnd);
      const ByteRange range{from, from + draws.below(std::min<uint64_t>(kEnd - from, 40) + 1)};
      const bool is_add = draws.chance({1, 2});
      for (uint64_t i = range.from; i < range.to; ++i) expected[i] = is_add;
      is_add ? ranges.add(range) : ranges.remove(range);
      std::vector<bool> got(kEnd);
      for (size_t i = 0; i < ranges.ranges().size(); ++i) {
        const ByteRange& r = ranges.ranges()[i];
        ASSERT_FALSE(r.empty());
        if (i > 0) ASSERT_LT(ranges.ranges()[i - 1].to, r.from) << "touching ranges must merge";
        for (uint64_t position = r.from; position < r.to; ++position) got[position] = true;
      }
      ASSERT_EQ(got, expected);
      const uint64_t probe = draws.below(kEnd);
      const ByteRange window{probe, std::min(kEnd, probe + 25)};
      uint64_t inside = 0;
      for (uint64_t i = window.from; i < window.to; ++i) inside += expected[i];
      uint64_t found = 0;
      for (const ByteRange& part : ranges.within(window)) found += part.size();
      ASSERT_EQ(found, inside);
      ASSERT_EQ(ranges.overlaps(window), inside > 0);
    }
  }
}

TEST(ExtentMap, BehavesAsAnArrayOfBytesWithHoles) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Draws draws(seed, stream_id("extents"), 0);
    ExtentMap map;
    std::string bytes(kEnd, '\0');
    std::vector<bool> is_there(kEnd);
    for (int step = 0; step < 60; ++step) {
      const uint64_t from = draws.below(kEnd);
      const uint64_t size = draws.below(std::min<uint64_t>(kEnd - from, 50) + 1);
      const bool is_write = draws.chance({2, 3});
      const std::string data(size, static_cast<char>(1 + draws.below(250)));
      if (is_write) {
        map.write(from, Slice::copy_of(data));
      } else {
        map.clear({from, from + size});
      }
      for (uint64_t i = from; i < from + size; ++i) {
        bytes[i] = is_write ? data[0] : '\0';
        is_there[i] = is_write;
      }
      uint64_t allocated = 0;
      for (const bool there : is_there) allocated += there;
      ASSERT_EQ(map.allocated(), allocated);
      const uint64_t at = draws.below(kEnd);
      const uint64_t length = draws.below(kEnd - at + 1);
      ASSERT_EQ(map.read({at, at + length}).text(), bytes.substr(at, length));
      uint64_t visited = 0;
      map.visit({at, at + length}, [&](uint64_t offset, const Slice& part) {
        ASSERT_EQ(part.text(), bytes.substr(offset, part.size()));
        visited += part.size();
      });
      ASSERT_EQ(visited, map.allocated_in({at, at + length}));
    }
  }
}

TEST(ExtentMap, SharesTheBytesThatWereWritten) {
  ExtentMap map;
  const Slice batch = Slice::copy_of(std::string(1000, 'x'));
  map.write(50, batch);
  map.write(200, Slice::of_static("y"));  // cuts it in two
  EXPECT_EQ(map.read({50, 200}).data(), batch.data());
  EXPECT_EQ(map.read({201, 1050}).data(), batch.data() + 151);
  EXPECT_EQ(map.extents().size(), 3u);
}

}  // namespace
}  // namespace faultline::sim
