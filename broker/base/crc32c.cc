// SPDX-License-Identifier: Apache-2.0
// Three CRC instructions are in flight at once, each over its own third of a block; the thirds are
// joined by multiplying with x^(8n) modulo the polynomial, tabulated for the two block lengths
// used.
#include "broker/base/crc32c.h"

#include <array>
#include <cstring>

#include "broker/base/crc32c_folding.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace faultline {
namespace {

constexpr uint32_t kPolynomial = 0x82f63b78;  // reflected 0x1edc6f41
constexpr size_t kLongBlock = 2048;
constexpr size_t kShortBlock = 256;

using ByteTable = std::array<uint32_t, 256>;

constexpr ByteTable make_byte_table() {
  ByteTable table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ kPolynomial : crc >> 1;
    table[i] = crc;
  }
  return table;
}

constexpr ByteTable kByteTable = make_byte_table();

// The effect of `length` zero bytes on a CRC register, one table per register byte.
using ShiftTable = std::array<ByteTable, 4>;

constexpr uint32_t shift_by_zeros(uint32_t crc, size_t length) {
  for (size_t i = 0; i < length; ++i) crc = crc >> 8 ^ kByteTable[crc & 0xff];
  return crc;
}

// The register is linear over GF(2): 32 single-bit images give all entries.
constexpr ShiftTable make_shift_table(size_t length) {
  std::array<uint32_t, 32> image{};
  for (size_t bit = 0; bit < 32; ++bit) image[bit] = shift_by_zeros(uint32_t{1} << bit, length);
  ShiftTable table{};
  for (size_t byte = 0; byte < 4; ++byte)
    for (size_t value = 0; value < 256; ++value)
      for (size_t bit = 0; bit < 8; ++bit)
        if ((value >> bit & 1) != 0) table[byte][value] ^= image[8 * byte + bit];
  return table;
}

#if defined(__x86_64__)

constexpr ShiftTable kLongShift = make_shift_table(kLongBlock);
constexpr ShiftTable kShortShift = make_shift_table(kShortBlock);

uint32_t shift(const ShiftTable& table, uint32_t crc) {
  return table[0][crc & 0xff] ^ table[1][crc >> 8 & 0xff] ^ table[2][crc >> 16 & 0xff] ^
         table[3][crc >> 24];
}

uint64_t load64(const uint8_t* from) {
  uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

__attribute__((target("sse4.2"))) uint64_t three_streams(const ShiftTable& table, size_t block,
                                                         const uint8_t* data, uint64_t crc) {
  uint64_t second = 0;
  uint64_t third = 0;
  for (size_t i = 0; i < block; i += 8) {
    crc = _mm_crc32_u64(crc, load64(data + i));
    second = _mm_crc32_u64(second, load64(data + block + i));
    third = _mm_crc32_u64(third, load64(data + 2 * block + i));
  }
  crc = shift(table, static_cast<uint32_t>(crc)) ^ second;
  return shift(table, static_cast<uint32_t>(crc)) ^ third;
}

__attribute__((target("sse4.2"))) uint32_t crc32c_sse42(Bytes bytes, uint32_t previous) {
  const uint8_t* data = bytes.data();
  size_t left = bytes.size();
  uint64_t crc = ~previous;
  for (; left >= 3 * kLongBlock; left -= 3 * kLongBlock, data += 3 * kLongBlock)
    crc = three_streams(kLongShift, kLongBlock, data, crc);
  for (; left >= 3 * kShortBlock; left -= 3 * kShortBlock, data += 3 * kShortBlock)
    crc = three_streams(kShortShift, kShortBlock, data, crc);
  for (; left >= 8; left -= 8, data += 8) crc = _mm_crc32_u64(crc, load64(data));
  for (; left > 0; --left, ++data) crc = _mm_crc32_u8(static_cast<uint32_t>(crc), *data);
  return ~static_cast<uint32_t>(crc);
}

#endif

}  // namespace

uint32_t crc32c_portable(Bytes bytes, uint32_t previous) {
  uint32_t crc = ~previous;
  for (uint8_t byte : bytes) crc = crc >> 8 ^ kByteTable[(crc ^ byte) & 0xff];
  return ~crc;
}

uint32_t crc32c(Bytes bytes, uint32_t previous) {
  if (bytes.size() >= kFoldedBytesMin && can_fold_crc32c()) {
    const size_t folded = bytes.size() - bytes.size() % kFoldedVectorBytes;
    previous = fold_crc32c(bytes.first(folded), previous);
    bytes = bytes.subspan(folded);
  }
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return crc32c_sse42(bytes, previous);
#endif
  return crc32c_portable(bytes, previous);
}

}  // namespace faultline
