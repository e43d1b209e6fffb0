// SPDX-License-Identifier: Apache-2.0
// xxHash compiled a second time, for AVX2. All its functions are static here, so that no other file
// can come to call one of them on a processor that lacks the instructions.
#include "broker/base/hash_wide.h"

#include "broker/base/assert.h"

#if defined(__x86_64__)

// Whatever xxhash.h includes comes first, to be compiled as everywhere.
#include <cassert>
#include <climits>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

#define XXH_VECTOR 2  // XXH_AVX2, which xxhash.h defines later
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace faultline {

uint64_t hash64_wide(Bytes bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

WideHash hash128_wide(Bytes bytes, uint64_t seed) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes.data(), bytes.size(), seed);
  return {hash.low64, hash.high64};
}

}  // namespace faultline

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace faultline {

bool can_hash_wide() { return __builtin_cpu_supports("avx2"); }

}  // namespace faultline

#else

namespace faultline {

bool can_hash_wide() { return false; }
uint64_t hash64_wide(Bytes, uint64_t) { UNREACHABLE(); }
WideHash hash128_wide(Bytes, uint64_t) { UNREACHABLE(); }

}  // namespace faultline

#endif
