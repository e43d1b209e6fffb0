// SPDX-License-Identifier: Apache-2.0
// Random: a node's source of chance for ids, jitter and partitioning. Streams are named, so that a
// new draw in one place leaves all other places as they were (design decision D5).
#pragma once

#include <cstdint>

#include "broker/base/prng.h"

namespace faultline {

class Random {
 public:
  // The next draw of the stream; stream_id("label") names it.
  virtual uint64_t next(uint64_t stream) = 0;

 protected:
  ~Random() = default;
};

}  // namespace faultline
