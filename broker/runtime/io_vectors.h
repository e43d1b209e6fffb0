// SPDX-License-Identifier: Apache-2.0
// Slices as the vectors that readv, writev and sendmsg take.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <sys/uio.h>

#include "broker/base/bytes.h"

namespace faultline::posix {

// Fills `vectors` with what of `bytes` follows the first `done` bytes; returns how many it used.
template <size_t kCount>
size_t fill_vectors(std::array<iovec, kCount>& vectors, std::span<const Slice> bytes, size_t done) {
  size_t used = 0;
  for (const Slice& slice : bytes) {
    if (done >= slice.size()) {
      done -= slice.size();
      continue;
    }
    // The system calls take void* for writing too.
    vectors[used++] = {const_cast<uint8_t*>(slice.data()) + done, slice.size() - done};
    done = 0;
    if (used == kCount) break;
  }
  return used;
}

}  // namespace faultline::posix
