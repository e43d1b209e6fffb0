// SPDX-License-Identifier: Apache-2.0
// Four vectors of 512 bits are folded side by side, so that their multiplications overlap.
#include "broker/base/crc32c_folding.h"

#include "broker/base/assert.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace faultline {

#if defined(__x86_64__)

namespace {

constexpr uint32_t kPolynomial = 0x1edc6f41;
constexpr size_t kVectorBytes = kFoldedVectorBytes;
constexpr size_t kVectorBits = 8 * kVectorBytes;

// x^power modulo the polynomial, as a factor for bit-reflected operands: reflected, and shifted by
// the one bit that a product of reflected numbers lacks.
constexpr int64_t factor(size_t power) {
  uint32_t remainder = 1;
  for (size_t i = 0; i < power; ++i)
    remainder = remainder << 1 ^ ((remainder >> 31) != 0 ? kPolynomial : 0);
  uint64_t reflected = 0;
  for (size_t bit = 0; bit < 32; ++bit)
    if ((remainder >> bit & 1) != 0) reflected |= uint64_t{1} << (31 - bit);
  return static_cast<int64_t>(reflected << 1);
}

// How 128 bits move so many bits further: one factor for each half. In reflected order the lower
// half holds the higher powers.
struct Distance {
  int64_t low;
  int64_t high;
};
constexpr Distance over(size_t bits) { return {factor(bits + 32), factor(bits - 32)}; }

#define FAULTLINE_FOLDS __attribute__((target("avx512f,avx512vl,vpclmulqdq,pclmul,sse4.2")))

FAULTLINE_FOLDS inline __m512i moved(__m512i value, __m512i factors) {
  return _mm512_xor_si512(_mm512_clmulepi64_epi128(value, factors, 0x00),
                          _mm512_clmulepi64_epi128(value, factors, 0x11));
}

FAULTLINE_FOLDS inline __m512i everywhere(Distance distance) {
  return _mm512_set_epi64(distance.high, distance.low, distance.high, distance.low, distance.high,
                          distance.low, distance.high, distance.low);
}

FAULTLINE_FOLDS inline __m512i load(const uint8_t* from) { return _mm512_loadu_si512(from); }

constexpr Distance kOne = over(kVectorBits);
constexpr Distance kTwo = over(2 * kVectorBits);
constexpr Distance kThree = over(3 * kVectorBits);
constexpr Distance kFour = over(4 * kVectorBits);
constexpr Distance kLanes1 = over(128);
constexpr Distance kLanes2 = over(256);
constexpr Distance kLanes3 = over(384);

}  // namespace

bool can_fold_crc32c() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("pclmul") &&
         __builtin_cpu_supports("sse4.2");
}

FAULTLINE_FOLDS uint32_t fold_crc32c(Bytes bytes, uint32_t previous) {
  ASSERT(bytes.size() >= kFoldedBytesMin && bytes.size() % kVectorBytes == 0);
  const uint8_t* data = bytes.data();
  size_t vectors = bytes.size() / kVectorBytes;
  // The register goes into the first four bytes: from there on it starts at 0.
  __m512i first = _mm512_xor_si512(
      load(data), _mm512_zextsi128_si512(_mm_cvtsi32_si128(static_cast<int32_t>(~previous))));
  __m512i second = load(data + kVectorBytes);
  __m512i third = load(data + 2 * kVectorBytes);
  __m512i fourth = load(data + 3 * kVectorBytes);
  const __m512i four = everywhere(kFour);
  for (vectors -= 4, data += 4 * kVectorBytes; vectors >= 4;
       vectors -= 4, data += 4 * kVectorBytes) {
    first = _mm512_xor_si512(moved(first, four), load(data));
    second = _mm512_xor_si512(moved(second, four), load(data + kVectorBytes));
    third = _mm512_xor_si512(moved(third, four), load(data + 2 * kVectorBytes));
    fourth = _mm512_xor_si512(moved(fourth, four), load(data + 3 * kVectorBytes));
  }
  const __m512i one = everywhere(kOne);
  __m512i sum = _mm512_xor_si512(
      _mm512_xor_si512(moved(first, everywhere(kThree)), moved(second, everywhere(kTwo))),
      _mm512_xor_si512(moved(third, one), fourth));
  for (; vectors > 0; --vectors, data += kVectorBytes)
    sum = _mm512_xor_si512(moved(sum, one), load(data));

  // The four lanes move onto the last one.
  const __m512i lanes = moved(sum, _mm512_set_epi64(0, 0, kLanes1.high, kLanes1.low, kLanes2.high,
                                                    kLanes2.low, kLanes3.high, kLanes3.low));
  const __m128i last = _mm_xor_si128(
      _mm_xor_si128(_mm512_castsi512_si128(lanes), _mm512_extracti32x4_epi32(lanes, 1)),
      _mm_xor_si128(_mm512_extracti32x4_epi32(lanes, 2), _mm512_extracti32x4_epi32(sum, 3)));
  const uint64_t low = _mm_crc32_u64(0, static_cast<uint64_t>(_mm_cvtsi128_si64(last)));
  return ~static_cast<uint32_t>(
      _mm_crc32_u64(low, static_cast<uint64_t>(_mm_extract_epi64(last, 1))));
}

#undef FAULTLINE_FOLDS

#else

bool can_fold_crc32c() { return false; }

uint32_t fold_crc32c(Bytes, uint32_t) { UNREACHABLE(); }

#endif

}  // namespace faultline
