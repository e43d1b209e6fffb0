// SPDX-License-Identifier: Apache-2.0
// XXH3 behind the two hash functions.
#include "broker/base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "broker/base/hash_wide.h"
#include "broker/base/prng.h"

namespace faultline {

uint64_t hash64(Bytes bytes, uint64_t seed) {
  if (bytes.size() > kHashedAtOnceMax && can_hash_wide()) return hash64_wide(bytes, seed);
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

void Fingerprint::extend(Bytes bytes) {
  WideHash hash;
  if (bytes.size() > kHashedAtOnceMax && can_hash_wide()) {
    hash = hash128_wide(bytes, low);
  } else {
    const XXH128_hash_t narrow = XXH3_128bits_withSeed(bytes.data(), bytes.size(), low);
    hash = {narrow.low64, narrow.high64};
  }
  low = hash.low;
  high = mix64(high + 0x9e3779b97f4a7c15) ^ hash.high;
}

std::string Fingerprint::to_string() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (uint64_t word : {high, low})
    for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[word >> shift & 15];
  return text;
}

}  // namespace faultline
