// SPDX-License-Identifier: Apache-2.0
// Hashes that are equal on every machine and build: a 64-bit content hash and the 128-bit rolling
// fingerprint of a run (XXH3, which is specified bit for bit).
#pragma once

#include <cstdint>
#include <string>

#include "broker/base/bytes.h"

namespace faultline {

uint64_t hash64(Bytes bytes, uint64_t seed = 0);

// A chain: extending by the same sequence of byte strings gives the same value, in no other order.
struct Fingerprint {
  uint64_t high = 0;
  uint64_t low = 0;

  bool operator==(const Fingerprint&) const = default;
  void extend(Bytes bytes);
  std::string to_string() const;  // 32 hexadecimal digits
};

}  // namespace faultline
