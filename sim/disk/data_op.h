// SPDX-License-Identifier: Apache-2.0
// DataOp: one change of a file's bytes that the page cache has taken and the platter may not have
// yet. What a power loss may do to it hangs on its identity: (node, file, number).
#pragma once

#include <cstdint>

#include "broker/base/bytes.h"
#include "broker/base/time.h"
#include "sim/disk/byte_ranges.h"

namespace faultline::sim {

constexpr uint64_t kSectorBytes = 512;  // what a device writes or fails to write as a whole
constexpr uint64_t kPageBytes = 4096;   // what an operating system writes back as a whole
constexpr uint64_t kFileBytesMax = uint64_t{1} << 62;

constexpr uint64_t round_down(uint64_t value, uint64_t unit) { return value / unit * unit; }
constexpr uint64_t round_up(uint64_t value, uint64_t unit) {
  return round_down(value + unit - 1, unit);
}
constexpr ByteRange whole_units(ByteRange range, uint64_t unit) {
  return {round_down(range.from, unit), round_up(range.to, unit)};
}

// Names and dates an operation.
struct OpStamp {
  uint64_t number = 0;    // of the file: 1, 2, ...
  uint64_t sequence = 0;  // of the disk, over all its files and directories
  Instant time{};         // true time
};

struct DataOp {
  enum class Kind : uint8_t { kWrite, kTruncate };
  Kind kind = Kind::kWrite;
  OpStamp stamp;
  uint64_t offset = 0;  // of a truncation: the new size
  Slice bytes;

  ByteRange range() const { return {offset, offset + bytes.size()}; }
  // The size of the file after the op, when it was `size` before.
  uint64_t size_after(uint64_t size) const {
    if (kind == Kind::kTruncate) return offset;
    return range().to > size ? range().to : size;
  }
};

}  // namespace faultline::sim
