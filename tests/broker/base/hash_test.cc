// SPDX-License-Identifier: Apache-2.0
// Goal: hashes are XXH3's, bit for bit, on every processor: where vectors are wide as where they
// are not. Method: all lengths around every limit of the algorithm, beside xxHash as it comes.
#include "broker/base/hash.h"

#include <vector>

#include <gtest/gtest.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "broker/base/hash_wide.h"
#include "broker/base/prng.h"

namespace faultline {
namespace {

Buffer random_bytes(size_t size) {
  Draws draws(1, stream_id("hashed"), size);
  Buffer bytes;
  bytes.resize(size);
  for (size_t i = 0; i < size; ++i) bytes.data()[i] = static_cast<uint8_t>(draws.next());
  return bytes;
}

std::vector<size_t> lengths() {
  std::vector<size_t> all;
  for (size_t length = 0; length <= 1100; ++length) all.push_back(length);
  for (size_t length : {4096u, 8191u, 65'537u}) all.push_back(length);
  return all;
}

TEST(Hash, is_xxh3_at_every_length) {
  for (const size_t length : lengths()) {
    const Buffer bytes = random_bytes(length);
    for (const uint64_t seed : {uint64_t{0}, uint64_t{7}, ~uint64_t{0}}) {
      ASSERT_EQ(hash64(bytes.view(), seed), XXH3_64bits_withSeed(bytes.data(), length, seed))
          << length;
    }
  }
}

TEST(Hash, of_wide_vectors_is_the_same) {
  if (!can_hash_wide()) GTEST_SKIP() << "this processor has no AVX2";
  for (const size_t length : lengths()) {
    const Buffer bytes = random_bytes(length);
    for (const uint64_t seed : {uint64_t{0}, uint64_t{7}, ~uint64_t{0}}) {
      const XXH128_hash_t narrow = XXH3_128bits_withSeed(bytes.data(), length, seed);
      const WideHash wide = hash128_wide(bytes.view(), seed);
      ASSERT_EQ(wide.low, narrow.low64) << length;
      ASSERT_EQ(wide.high, narrow.high64) << length;
      ASSERT_EQ(hash64_wide(bytes.view(), seed), XXH3_64bits_withSeed(bytes.data(), length, seed));
    }
  }
}

TEST(Fingerprint, takes_each_string_with_the_hash_before_as_its_seed) {
  for (const size_t length : {0u, 100u, 6000u}) {
    const Buffer bytes = random_bytes(length);
    Fingerprint fingerprint;
    uint64_t low = 0;
    for (int i = 0; i < 3; ++i) {
      fingerprint.extend(bytes.view());
      low = XXH3_128bits_withSeed(bytes.data(), length, low).low64;
      EXPECT_EQ(fingerprint.low, low);
    }
  }
}

}  // namespace
}  // namespace faultline
