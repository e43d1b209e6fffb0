// SPDX-License-Identifier: Apache-2.0
// Whether the page cache holds a part of a file, from end to end: what may be sent without waiting
// for the device. It may hold less a moment later.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "broker/base/bytes.h"

namespace faultline::posix {

// Nothing when this kernel does not know that call, or refuses it: it came with Linux 6.5.
std::optional<bool> is_cached_by_cachestat(int file, uint64_t offset, size_t length);

// Eight times as dear. `mapping` is the file's, from its beginning to the part's end or further.
bool is_cached_by_mincore(Bytes mapping, uint64_t offset, size_t length);

}  // namespace faultline::posix
