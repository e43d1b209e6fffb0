// SPDX-License-Identifier: Apache-2.0
// Counter-based randomness: each draw is mix(seed, stream, entity, counter), so it depends only on
// its own name and never on how often anybody else drew (design decision D5). Integers only:
// probabilities are ratios, ranges are exact, one draw per call.
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "broker/base/assert.h"

namespace faultline {

// FNV-1a of a label; names random streams at compile time.
constexpr uint64_t stream_id(std::string_view label) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : label) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

// The finaliser of SplitMix64: a bijection with good avalanche.
constexpr uint64_t mix64(uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
  value = (value ^ value >> 27) * 0x94d049bb133111eb;
  return value ^ value >> 31;
}

inline constexpr uint64_t kGoldenRatio = 0x9e3779b97f4a7c15;

// A stream of a seed: what the draws of its entities share, mixed once.
class DrawStream {
 public:
  constexpr DrawStream(uint64_t seed, uint64_t stream)
      : state_(mix64(mix64(seed + kGoldenRatio) ^ stream) + kGoldenRatio) {}
  // What mix() makes of all but the counter.
  constexpr uint64_t name_of(uint64_t entity) const { return mix64(state_ ^ entity); }

 private:
  uint64_t state_;
};

constexpr uint64_t mix_counter(uint64_t name, uint64_t counter) {
  return mix64(name + kGoldenRatio * (counter + 1));
}

constexpr uint64_t mix(uint64_t seed, uint64_t stream, uint64_t entity, uint64_t counter) {
  return mix_counter(DrawStream(seed, stream).name_of(entity), counter);
}

// An exact probability, numerator / denominator; 0 <= numerator <= denominator, denominator > 0.
struct Ratio {
  uint64_t numerator = 0;
  uint64_t denominator = 1;
};

// The draws of one entity in one stream, numbered from 0. Copyable: a copy repeats the future.
class Draws {
 public:
  constexpr Draws(DrawStream stream, uint64_t entity) : name_(stream.name_of(entity)) {}
  constexpr Draws(uint64_t seed, uint64_t stream, uint64_t entity)
      : Draws(DrawStream(seed, stream), entity) {}

  uint64_t next() { return mix_counter(name_, counter_++); }
  // Uniform in [0, limit); limit > 0. Bias below 2^-64 * limit.
  uint64_t below(uint64_t limit) {
    ASSERT(limit > 0);
    return static_cast<uint64_t>(static_cast<unsigned __int128>(next()) * limit >> 64);
  }
  // Uniform in [low, high], both included.
  int64_t between(int64_t low, int64_t high) {
    ASSERT_OP(low, <=, high);
    const uint64_t width = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
    return low + static_cast<int64_t>(width == 0 ? next() : below(width));
  }
  bool chance(Ratio ratio) {
    if (ratio.numerator == 0) {  // the draw counts, its value does not matter
      ++counter_;
      return false;
    }
    return below(ratio.denominator) < ratio.numerator;
  }
  // Exponential with this mean, at most 45 times it: the gaps of a Poisson process. Requires
  // 0 <= mean <= INT64_MAX / 45.
  int64_t exponential(int64_t mean) {
    ASSERT(mean >= 0 && mean <= INT64_MAX / 45);
    // -ln of a number in (0, 1), times 2^48.
    constexpr unsigned __int128 kLn2 = 0xb17217f7d1cf79ab;  // times 2^64
    const uint64_t halvings = (uint64_t{64} << kLogarithmBits) - logarithm(next() | 1);
    const auto means = static_cast<uint64_t>(kLn2 * halvings >> (64 + kLogarithmBits - 48));
    return static_cast<int64_t>(static_cast<unsigned __int128>(means) * mean >> 48);
  }
  uint64_t count() const { return counter_; }

 private:
  static constexpr int kLogarithmBits = 24;

  // log2(value) * 2^kLogarithmBits, rounded down, bit by bit: the square has twice the logarithm.
  static constexpr uint64_t logarithm(uint64_t value) {
    const int leading = std::countl_zero(value);
    uint64_t result = 63 - static_cast<uint64_t>(leading);
    uint64_t mantissa = value << leading;  // 2^63 stands for 1
    for (int bit = 0; bit < kLogarithmBits; ++bit) {
      const auto square = static_cast<unsigned __int128>(mantissa) * mantissa;
      const auto is_two_or_more = static_cast<int>(square >> 127);
      mantissa = static_cast<uint64_t>(square >> (63 + is_two_or_more));
      result = result << 1 | static_cast<uint64_t>(is_two_or_more);
    }
    return result;
  }

  uint64_t name_;
  uint64_t counter_ = 0;
};

}  // namespace faultline
