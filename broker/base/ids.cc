// SPDX-License-Identifier: Apache-2.0
// Text form of UUIDs.
#include "broker/base/ids.h"

namespace faultline {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr size_t kTextLength = 22;

}  // namespace

Uuid Uuid::from_words(uint64_t high, uint64_t low) {
  Uuid uuid;
  for (size_t i = 0; i < 8; ++i) {
    uuid.bytes[i] = static_cast<uint8_t>(high >> (56 - 8 * i));
    uuid.bytes[8 + i] = static_cast<uint8_t>(low >> (56 - 8 * i));
  }
  return uuid;
}

std::string Uuid::to_string() const {
  std::string text;
  text.reserve(kTextLength);
  for (size_t i = 0; i < 18; i += 3) {
    uint32_t group = 0;
    for (size_t j = i; j < i + 3; ++j) group = group << 8 | (j < 16 ? bytes[j] : 0);
    for (int shift = 18; shift >= 0 && text.size() < kTextLength; shift -= 6)
      text += kAlphabet[group >> shift & 63];
  }
  return text;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  Uuid uuid;
  uint32_t bits = 0;
  int bit_count = 0;
  size_t at = 0;
  for (char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    bit_count += 6;
    if (bit_count >= 8 && at < 16) {
      bit_count -= 8;
      uuid.bytes[at++] = static_cast<uint8_t>(bits >> bit_count);
    }
  }
  if (uuid.to_string() != text) return std::nullopt;  // stray bits after the 128th
  return uuid;
}

}  // namespace faultline
