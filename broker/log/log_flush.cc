// SPDX-License-Identifier: Apache-2.0
// Durability: what is synced in which order, and who waits for whom. Records first, then the
// indexes and snapshots of finished segments, the epochs, the names; only then does the recovery
// point move, for recovery believes everything before it.
#include <algorithm>

#include "broker/log/cache_distrust.h"
#include "broker/log/file_names.h"
#include "broker/log/log.h"
#include "broker/log/producer_snapshot.h"
#include "broker/log/whole_file.h"

namespace faultline::log {

Task<Result<void>> Log::flush_up_to(Offset offset) {
  // Cuts and removals are to last, too; after a crash also those of the process before.
  while (recovery_point_ < std::min(offset, log_end_offset_) || has_unsynced_names_) {
    CO_TRY(check_usable());
    CO_TRY_ASSIGN(const Mutex::Guard turn, co_await flushing_.lock());
    CO_TRY(check_usable());
    // Whoever had the turn before may have synced this offset too.
    if (recovery_point_ >= std::min(offset, log_end_offset_) && !has_unsynced_names_) break;
    CO_TRY(co_await flush_in_turn());
  }
  CO_TRY(check_usable());
  co_return Result<void>{};
}

Task<Result<void>> Log::flush_in_turn() {
  const SegmentList::Pin pin(segments_);
  const Offset from = recovery_point_;
  const Offset to = log_end_offset_;
  const Segment* active = &segments_.active();
  std::vector<Segment*> dirty;
  for (Segment* segment : segments_.pointers()) {
    const bool lacks_index = segment != active && segment->needs_index_files();
    const bool may_be_cut = segment == active && has_unsynced_names_;
    if (segment->end_offset() > from || lacks_index || may_be_cut) dirty.push_back(segment);
  }
  unflushed_since_.reset();
  unflushed_records_ = 0;
  Result<void> flushed = co_await flush_files(dirty, active);
  // What systems did for years (B31): ask again and believe the answer.
  const bool may_retry = !flushed && flushed.error().code == ErrorCode::kIo;
  if (may_retry && !rules_.storage.fence_on_fsync_error)
    flushed = co_await flush_files(dirty, active);
  if (flushed) {
    recovery_point_ = std::max(recovery_point_, to);
    tracer_.flushed(recovery_point_);
    co_return Result<void>{};
  }
  if (!unflushed_since_) unflushed_since_ = env_.clock.now();
  if (flushed.error().code == ErrorCode::kCancelled) co_return flushed;
  co_await leave_unsynced_marker(&env_.disk, options_.directory);
  // B31 (fsyncgate, KAFKA-10778): a retry would succeed although the pages are gone.
  co_return std::unexpected(fence(flushed.error(), "flush"));
}

Task<Result<void>> Log::flush_files(std::vector<Segment*> segments, const Segment* active) {
  for (Segment* segment : segments) {
    CO_TRY(co_await segment->sync_records());
    if (segment == active || !segment->needs_index_files()) continue;
    has_unsynced_names_ = true;
    CO_TRY(co_await segment->write_indexes(true));
  }
  CO_TRY(co_await write_snapshots());
  if (has_unwritten_epochs_) {
    has_unwritten_epochs_ = false;
    Slice text = Slice::copy_of(epochs_.format());
    const Result<void> written = co_await replace_file(
        env_.disk, rules_.storage, options_.directory, std::string(kEpochFile), std::move(text));
    if (!written) {
      has_unwritten_epochs_ = true;
      co_return written;
    }
  }
  if (has_unsynced_names_) {
    has_unsynced_names_ = false;
    const Result<void> synced = co_await sync_names(env_.disk, rules_.storage, options_.directory);
    if (!synced) {
      has_unsynced_names_ = true;
      co_return synced;
    }
  }
  co_return Result<void>{};
}

Task<Result<void>> Log::write_snapshots() {
  while (!unwritten_snapshots_.empty()) {
    const Offset offset = unwritten_snapshots_.front().offset;
    Slice content = encode_producer_snapshot(unwritten_snapshots_.front().state);
    const std::string name = file_name(offset, FileKind::kProducerSnapshot);
    CO_TRY(co_await replace_file(env_.disk, rules_.storage, options_.directory, name,
                                 std::move(content)));
    // A cut may have emptied the list meanwhile.
    if (unwritten_snapshots_.empty() || unwritten_snapshots_.front().offset != offset) continue;
    unwritten_snapshots_.erase(unwritten_snapshots_.begin());
    snapshot_offsets_.push_back(offset);
  }
  co_return Result<void>{};
}

Task<void> Log::flush_in_background(Offset offset) {
  // A failure fences the log, which is how the next caller hears of it.
  const Result<void> flushed = co_await flush_up_to(offset);
  (void)flushed;
}

}  // namespace faultline::log
