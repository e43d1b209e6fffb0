// SPDX-License-Identifier: Apache-2.0
// Base-128 integers as Kafka writes them: least significant group first; signed ones zigzag first.
// At most 5 bytes for 32 bits and 10 for 64; longer encodings are refused when read (bytes.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace faultline {

constexpr uint32_t zigzag_encode(int32_t value) {
  return static_cast<uint32_t>(value) << 1 ^ static_cast<uint32_t>(value >> 31);
}
constexpr uint64_t zigzag_encode(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}
constexpr int32_t zigzag_decode(uint32_t value) {
  return static_cast<int32_t>(value >> 1 ^ (~(value & 1) + 1));
}
constexpr int64_t zigzag_decode(uint64_t value) {
  return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
}

// Bytes that the unsigned varint of value takes.
constexpr size_t varint_size(uint64_t value) {
  size_t size = 1;
  for (; value >= 0x80; value >>= 7) ++size;
  return size;
}

}  // namespace faultline
