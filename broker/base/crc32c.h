// SPDX-License-Identifier: Apache-2.0
// CRC32C (Castagnoli), as record batches and snapshots carry it. Folds vectors of 512 bits where
// the processor can, else SSE4.2 in three interleaved streams, else a table; chosen at run time.
// Same value everywhere.
#pragma once

#include <cstdint>

#include "broker/base/bytes.h"

namespace faultline {

// CRC of `bytes` appended to data whose CRC is `previous` (0 for none).
uint32_t crc32c(Bytes bytes, uint32_t previous = 0);

// The portable way, for tests and as a yardstick.
uint32_t crc32c_portable(Bytes bytes, uint32_t previous = 0);

}  // namespace faultline
