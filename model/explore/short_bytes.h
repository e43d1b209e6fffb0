// SPDX-License-Identifier: Apache-2.0
// Comparing and copying byte strings of a few words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace faultline::model {

inline uint64_t word_at(const uint8_t* at) {
  uint64_t value = 0;
  std::memcpy(&value, at, sizeof value);
  return value;
}
// memcmp() without the call: states are short.
inline bool equal_bytes(const uint8_t* left, const uint8_t* right, size_t size) {
  if (size < 8) return std::memcmp(left, right, size) == 0;
  uint64_t difference = word_at(left + size - 8) ^ word_at(right + size - 8);
  for (size_t i = 0; i + 8 < size && difference == 0; i += 8)
    difference = word_at(left + i) ^ word_at(right + i);
  return difference == 0;
}

// memcpy() likewise.
inline void copy_bytes(uint8_t* to, const uint8_t* from, size_t size) {
  if (size < 8) {
    for (size_t i = 0; i < size; ++i) to[i] = from[i];
    return;
  }
  for (size_t i = 0; i + 8 < size; i += 8) {
    const uint64_t word = word_at(from + i);
    std::memcpy(to + i, &word, sizeof word);
  }
  const uint64_t last = word_at(from + size - 8);
  std::memcpy(to + size - 8, &last, sizeof last);
}

}  // namespace faultline::model
