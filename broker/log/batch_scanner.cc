// SPDX-License-Identifier: Apache-2.0
// Reading runs of whole batches.
#include "broker/log/batch_scanner.h"

#include <algorithm>

namespace faultline::log {

std::optional<wire::BatchView> BatchWalk::next() {
  const std::optional<wire::BatchView> batch = wire::batch_at_start(bytes_.subspan(position_));
  if (batch) position_ += batch->size();
  return batch;
}

std::optional<Offset> BatchWalk::next_base() const {
  const Bytes rest = bytes_.subspan(position_);
  if (rest.size() < sizeof(int64_t)) return std::nullopt;
  if (rest.size() >= wire::kBatchHeaderSize && !wire::sound_batch_size(rest)) return kNoBatch;
  return load_big_endian<int64_t>(rest.data());
}

bool follows_on(const wire::BatchView& batch, Offset expected, std::optional<Offset> next_base) {
  if (batch.base_offset() <= expected) return batch.base_offset() == expected;
  return !next_base || batch.next_offset() <= *next_base;
}

bool epoch_fits(const wire::BatchView& batch, LeaderEpoch latest) {
  const LeaderEpoch epoch = batch.leader_epoch();
  return epoch == -1 || epoch >= std::max<LeaderEpoch>(latest, 0);
}

Task<Result<Slice>> BatchScanner::next_run() {
  size_t want = chunk_bytes_;
  while (position_ < end_) {
    const size_t length = std::min<uint64_t>(want, end_ - position_);
    CO_TRY_ASSIGN(Slice chunk, co_await file_.read_at(position_, length));
    BatchWalk walk(chunk.view());
    while (walk.next()) {
    }
    if (walk.position() > 0) {
      position_ += walk.position();
      co_return chunk.subslice(0, walk.position());
    }
    // The first batch is longer than the chunk, or these bytes are no batch.
    if (chunk.size() < wire::kBatchHeaderSize || chunk.size() < length) break;
    const Result<size_t> size = wire::batch_size_at(chunk.view());
    if (!size || *size <= length || *size > end_ - position_) break;
    want = *size;
  }
  co_return Slice();
}

}  // namespace faultline::log
