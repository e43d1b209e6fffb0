// SPDX-License-Identifier: Apache-2.0
// Cpu: work that takes time. In the simulator each kind has a price and the node's processor is a
// queue, so load builds up; what a fiber does after a charge happens that much later. Free in the
// real runtime.
#pragma once

#include <cstdint>

namespace faultline {

enum class Work : uint8_t {
  kRequest,         // one request: parse, dispatch, answer; amount = requests
  kNetworkByte,     // copied from or to a socket
  kChecksumByte,    // CRC32C
  kCompressByte,    // uncompressed size, into
  kDecompressByte,  // uncompressed size, out of
  kRecord,          // one record walked through
  kLogAppend,       // one batch into a log
  kLogRead,         // one read from a log
};
constexpr int kWorkKinds = 8;

class Cpu {
 public:
  virtual void charge(Work kind, int64_t amount) = 0;

 protected:
  ~Cpu() = default;
};

}  // namespace faultline
