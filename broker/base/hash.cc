// SPDX-License-Identifier: Apache-2.0
// XXH3 behind the two hash functions.
#include "broker/base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "broker/base/prng.h"

namespace faultline {

uint64_t hash64(Bytes bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

void Fingerprint::extend(Bytes bytes) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), low);
  low = hash.low64;
  high = mix64(high + 0x9e3779b97f4a7c15) ^ hash.high64;
}

std::string Fingerprint::to_string() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (uint64_t word : {high, low})
    for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[word >> shift & 15];
  return text;
}

}  // namespace faultline
