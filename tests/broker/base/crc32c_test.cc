// SPDX-License-Identifier: Apache-2.0
// Goal: the fast CRC32C equals the definition. Method: the published check value, and comparison
// with the portable table over all lengths around the block sizes, splits and alignments.
#include "broker/base/crc32c.h"

#include <vector>

#include <gtest/gtest.h>

#include "broker/base/prng.h"

namespace faultline {
namespace {

TEST(Crc32c, has_the_published_check_value) {
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xe3069283u);
  EXPECT_EQ(crc32c_portable(as_bytes("123456789")), 0xe3069283u);
}

TEST(Crc32c, equals_the_portable_way_at_every_length_and_alignment) {
  Draws draws(1, stream_id("crc"), 0);
  std::vector<uint8_t> data(20'000);
  for (uint8_t& byte : data) byte = static_cast<uint8_t>(draws.next());
  for (size_t length = 0; length < 3000; ++length) {
    const Bytes part(data.data() + length % 9, length);
    ASSERT_EQ(crc32c(part), crc32c_portable(part)) << length;
  }
  for (size_t length : {6143u, 6144u, 6145u, 12'288u, 19'990u})
    EXPECT_EQ(crc32c({data.data(), length}), crc32c_portable({data.data(), length})) << length;
}

// Where whole vectors are folded and the rest is not, a CRC of earlier data goes into both.
TEST(Crc32c, goes_on_from_earlier_data_at_every_length) {
  Draws draws(2, stream_id("crc"), 0);
  std::vector<uint8_t> data(3000);
  for (uint8_t& byte : data) byte = static_cast<uint8_t>(draws.next());
  for (size_t length = 0; length < 2900; ++length) {
    const Bytes part(data.data() + length % 67, length);
    const auto before = static_cast<uint32_t>(draws.next());
    ASSERT_EQ(crc32c(part, before), crc32c_portable(part, before)) << length;
  }
}

TEST(Crc32c, of_a_split_input_chains) {
  const Bytes whole = as_bytes("the quick brown fox jumps over the lazy dog");
  for (size_t cut = 0; cut <= whole.size(); ++cut)
    EXPECT_EQ(crc32c(whole.subspan(cut), crc32c(whole.first(cut))), crc32c(whole));
}

}  // namespace
}  // namespace faultline
