// SPDX-License-Identifier: Apache-2.0
// Bit fields of a word, for models whose states are a few packed integers, and the texts of what
// such fields often hold: a set of replicas as a mask, a replica or none as its number plus one.
#pragma once

#include <concepts>
#include <string>

namespace faultline::model {

struct BitField {
  unsigned shift;
  unsigned width;
};

template <std::unsigned_integral Word>
constexpr unsigned get(Word word, BitField field) {
  return static_cast<unsigned>(word >> field.shift & ((Word{1} << field.width) - 1));
}

template <std::unsigned_integral Word>
constexpr Word with(Word word, BitField field, unsigned value) {
  return (word & ~(((Word{1} << field.width) - 1) << field.shift)) | Word{value} << field.shift;
}

constexpr unsigned bit(unsigned member) { return 1U << member; }
constexpr bool has(unsigned mask, unsigned member) { return (mask >> member & 1U) != 0; }

// "{0 2}".
inline std::string members_text(unsigned mask) {
  std::string text = "{";
  for (unsigned member = 0; member < 32; ++member)
    if (has(mask, member)) text += (text.size() > 1 ? " " : "") + std::to_string(member);
  return text + "}";
}

inline std::string one_or_none_text(unsigned number_plus_one) {
  return number_plus_one == 0 ? "none" : std::to_string(number_plus_one - 1);
}

}  // namespace faultline::model
