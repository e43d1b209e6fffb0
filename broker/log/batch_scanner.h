// SPDX-License-Identifier: Apache-2.0
// BatchScanner: walks the batches of a segment file in large reads. It believes lengths only as far
// as the file goes, and stops at the first bytes that are no batch; whether a batch's checksum is
// right is the caller's question.
#pragma once

#include <optional>

#include "broker/base/byte_io.h"
#include "broker/base/ids.h"
#include "broker/env/disk.h"
#include "broker/env/task.h"
#include "broker/wire/record_batch.h"

namespace faultline::log {

// The whole batches at the start of some bytes, one after the other, without I/O.
class BatchWalk {
 public:
  explicit BatchWalk(Bytes bytes) : bytes_(bytes) {}
  // Nothing at the end, and where no whole batch follows.
  std::optional<wire::BatchView> next();
  size_t position() const { return position_; }  // behind the last batch given
  // The base offset of the batch at position(), which need not be all there; kNoBatch where no
  // batch can begin, nothing where too few bytes are left to tell.
  std::optional<Offset> next_base() const;
  static constexpr Offset kNoBatch = -1;

 private:
  Bytes bytes_;
  size_t position_ = 0;
};

// Whether a batch can stand where it was found, behind a batch that ended before `expected`. No
// checksum covers a base offset. Compaction leaves gaps, so one is believed unless what is behind
// the batch contradicts it: a lower base offset, or no batch.
bool follows_on(const wire::BatchView& batch, Offset expected, std::optional<Offset> next_base);

// The same of its leader epoch, which no checksum covers either: epochs never fall below `latest`,
// that of the batches before. What does is of another life of the log, or rotten. -1, as Kafka's
// first formats have it, says nothing.
bool epoch_fits(const wire::BatchView& batch, LeaderEpoch latest);

class BatchScanner {
 public:
  static constexpr size_t kChunkBytes = 1 << 20;

  // Reads [position, end) of `file`, which must outlive the scanner.
  BatchScanner(File& file, uint64_t position, uint64_t end, size_t chunk_bytes = kChunkBytes)
      : file_(file), position_(position), end_(end), chunk_bytes_(chunk_bytes) {}

  // The next run of whole batches, at least one; an empty slice at the end, be it the end of the
  // range or bytes that are no batch.
  Task<Result<Slice>> next_run();
  // Where the last run ended. Below the end of the range after the last run: no batch starts there.
  uint64_t position() const { return position_; }
  bool is_at_end() const { return position_ == end_; }

 private:
  File& file_;
  uint64_t position_;
  const uint64_t end_;
  const size_t chunk_bytes_;
};

}  // namespace faultline::log
