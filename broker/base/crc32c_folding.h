// SPDX-License-Identifier: Apache-2.0
// CRC32C by folding: 256 bytes at a time are multiplied without carries by x^2048 modulo the
// polynomial and added to the next 256 (V. Gopal et al., "Fast CRC Computation for Generic
// Polynomials Using PCLMULQDQ Instruction", Intel 2009; bit-reflected case).
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker/base/bytes.h"

namespace faultline {

inline constexpr size_t kFoldedVectorBytes = 64;
inline constexpr size_t kFoldedBytesMin = 4 * kFoldedVectorBytes;

// Whether this processor can: AVX-512 with carry-less multiplication of whole vectors.
bool can_fold_crc32c();

// crc32c() of whole vectors, at least kFoldedBytesMin. Requires can_fold_crc32c().
uint32_t fold_crc32c(Bytes vectors, uint32_t previous);

}  // namespace faultline
