// SPDX-License-Identifier: Apache-2.0
// CRC32C by folding: 256 bytes at a time are multiplied without carries by x^2048 modulo the
// polynomial and added to the next 256 (V. Gopal et al., "Fast CRC Computation for Generic
// Polynomials Using PCLMULQDQ Instruction", Intel 2009; bit-reflected case).
#pragma once

#include <cstddef>
#include <cstdint>

namespace faultline {

inline constexpr size_t kFoldedBytesMin = 256;

// Whether this processor can: AVX-512 with carry-less multiplication of whole vectors.
bool can_fold_crc32c();

// Takes in as much of `data` as whole vectors of 64 bytes cover, at least kFoldedBytesMin; `crc` is
// the register, i.e. the complement of a CRC. Requires can_fold_crc32c().
uint32_t fold_crc32c(const uint8_t* data, size_t vectors, uint32_t crc);

}  // namespace faultline
