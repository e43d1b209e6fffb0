// SPDX-License-Identifier: Apache-2.0
// XXH3 over vectors of 256 bits: the same hashes as those of hash.cc, which every x86-64 processor
// can compute, in about half the time where inputs are long.
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker/base/bytes.h"

namespace faultline {

// XXH3 takes whole vectors only of longer inputs than this.
inline constexpr size_t kHashedAtOnceMax = 240;

// Whether this processor can: AVX2.
bool can_hash_wide();

// Each requires can_hash_wide(); they are XXH3_64bits_withSeed and XXH3_128bits_withSeed.
struct WideHash {
  uint64_t low = 0;
  uint64_t high = 0;
};
uint64_t hash64_wide(Bytes bytes, uint64_t seed);
WideHash hash128_wide(Bytes bytes, uint64_t seed);

}  // namespace faultline
