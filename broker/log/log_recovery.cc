// SPDX-License-Identifier: Apache-2.0
// Recovery after an unclean stop: every batch from the recovery point's segment on is checked, the
// log ends before the first bad one, and indexes, epochs and producers are learned anew. Sequences
// are not checked: coordinators repeat them.
#include <algorithm>

#include "broker/log/batch_scanner.h"
#include "broker/log/file_names.h"
#include "broker/log/log.h"
#include "broker/log/producer_input.h"
#include "broker/log/whole_file.h"

namespace faultline::log {
namespace {

// B33: what is behind a bad batch, a torn one for instance, is not part of the log any more.
// NOLINTNEXTLINE(readability-function-size): a batch, what is around it, and the rules
bool is_recoverable(const wire::BatchView& batch, Offset expected, std::optional<Offset> next_base,
                    LeaderEpoch latest_epoch, const StorageRules& rules, bool is_compacted) {
  // A torn write can leave a batch whose header is right and whose records are not.
  const bool is_valid = !rules.verify_crc_on_recovery || batch.crc_is_valid();
  if (!rules.stop_at_first_bad_batch) return true;
  // Only compaction makes gaps, and it leaves the end of a log alone.
  const bool has_gap = batch.base_offset() != expected;
  if (has_gap && !next_base && !is_compacted) return false;
  return is_valid && follows_on(batch, expected, next_base) && epoch_fits(batch, latest_epoch);
}

}  // namespace

Task<Result<void>> Log::recover(std::vector<SegmentFileName> files, RecoveryFacts* facts) {
  const SegmentList::Pin pin(segments_);
  // The segment that ends at the recovery point may have been flushed as the active one: then its
  // records are durable, but the process may have died in the middle of writing its indexes.
  const bool is_last_included = rules_.storage.recover_last_flushed_segment;
  const Offset from = options_.recovery_point - (is_last_included ? 1 : 0);
  const size_t first = segments_.floor(std::max<Offset>(from, 0));
  const Offset first_base = segments_[first].base_offset();
  for (size_t i = first; i < segments_.size(); ++i) {
    const SegmentFileName index{segments_[i].base_offset(), FileKind::kOffsetIndex};
    if (std::ranges::count(files, index) > 0) CO_TRY(co_await segments_[i].remove_index_files());
  }
  CO_TRY_ASSIGN(const Offset producers_from, co_await load_snapshot(std::move(files), first_base));
  CO_TRY(co_await replay_producers(producers_from, first_base));

  // The process before us may have died between making a segment and syncing its name.
  has_unsynced_names_ = true;
  // What the checkpoint says of the rest may be of batches that were cut since.
  if (epochs_.truncate_from_end(first_base)) has_unwritten_epochs_ = true;

  CO_TRY(co_await remove_snapshots_beyond(first_base));

  Offset end_offset = first_base;
  for (size_t i = first; i < segments_.size(); ++i) {
    Segment& segment = segments_[i];
    // B33: what does not join on to the batches before it is not part of this log any more.
    const bool is_apart = segment.base_offset() != end_offset && !options_.config.is_compacted;
    bool is_whole = false;
    if (!is_apart || !rules_.storage.stop_at_first_bad_batch) {
      const bool has_snapshot = std::ranges::count(snapshot_offsets_, segment.base_offset()) > 0;
      if (i > 0 && !has_snapshot)
        unwritten_snapshots_.push_back({segment.base_offset(), producers_});
      std::optional<Offset> next_segment;
      if (i + 1 < segments_.size()) next_segment = segments_[i + 1].base_offset();
      CO_TRY_ASSIGN(is_whole, co_await recover_segment(&segment, next_segment, facts));
      end_offset = segment.end_offset();
    }
    if (is_whole || !rules_.storage.stop_at_first_bad_batch) continue;
    const size_t keep = is_apart ? i : i + 1;
    if (keep < segments_.size()) tracer_.reached(history::LogMark::kSegmentsDropped);
    CO_TRY(co_await remove_segments(keep, segments_.size()));
    // They must not come back behind what is appended in their place.
    CO_TRY(co_await sync_names(env_.disk, rules_.storage, directory()));
    break;
  }
  log_end_offset_ = segments_.active().end_offset();
  if (log_end_offset_ > first_base) unflushed_since_ = env_.clock.now();
  co_return Result<void>{};
}

Task<Result<bool>> Log::recover_segment(Segment* segment, std::optional<Offset> next_segment,
                                        RecoveryFacts* facts) {
  if (!segment->has_file()) co_return true;
  segment->start_over();
  const uint64_t end = segment->file_size();
  BatchScanner scanner(segment->file(), 0, end);
  bool is_good = true;
  while (is_good) {
    CO_TRY_ASSIGN(const Slice run, co_await scanner.next_run());
    if (run.empty()) break;
    env_.cpu.charge(Work::kChecksumByte, static_cast<int64_t>(run.size()));
    std::optional<Offset> behind = next_segment;
    if (!scanner.is_at_end()) {
      CO_TRY_ASSIGN(const Slice next,
                    co_await segment->file().read_at(scanner.position(), wire::kBatchHeaderSize));
      behind = BatchWalk(next.view()).next_base();
    }
    BatchWalk walk(run.view());
    for (auto batch = walk.next(); batch && is_good; batch = walk.next()) {
      const auto next_base = walk.position() == run.size() ? behind : walk.next_base();
      is_good =
          is_recoverable(*batch, segment->end_offset(), next_base, epochs_.latest().value_or(-1),
                         rules_.storage, options_.config.is_compacted) &&
          segment->adopt(BatchFacts::of(*batch));
      if (!is_good) break;
      facts->scanned.push_back({batch->base_offset(), batch->last_offset(), batch->crc()});
      replay_batch(*batch, segment);
    }
  }
  const bool is_whole = segment->size() == end;
  if (!is_whole) tracer_.reached(history::LogMark::kTornTailCut);
  CO_TRY(co_await segment->cut_file());
  co_return is_whole;
}

void Log::replay_batch(const wire::BatchView& batch, Segment* segment) {
  if (epochs_.assign_if_newer(batch.leader_epoch(), batch.base_offset()))
    has_unwritten_epochs_ = true;
  const Result<producer::BatchInput> input = producer_input_of(batch, batch.base_offset());
  if (!input) return;  // its checksum is right: whoever wrote it meant no producer
  const auto ended = producer::apply(producers_, rules_.producer, *input);
  if (ended && !ended->is_commit && segment != nullptr)
    segment->note_aborted(aborted_entry(*ended));
}

// Each batch tells its epoch; the checkpoint only saves looking.
Task<Result<void>> Log::learn_epochs() {
  for (Segment* segment : segments_.pointers()) {
    if (!segment->has_file()) continue;
    BatchScanner scanner(segment->file(), 0, segment->file_size());
    while (true) {
      CO_TRY_ASSIGN(const Slice run, co_await scanner.next_run());
      if (run.empty()) break;
      BatchWalk walk(run.view());
      while (const auto batch = walk.next())
        epochs_.assign_if_newer(batch->leader_epoch(), batch->base_offset());
    }
  }
  has_unwritten_epochs_ = true;
  co_return Result<void>{};
}

Task<Result<void>> Log::replay_producers(Offset from, Offset to) {
  if (from >= to) co_return Result<void>{};
  for (size_t i = segments_.floor(from); i < segments_.size(); ++i) {
    Segment& segment = segments_[i];
    if (segment.base_offset() >= to) break;
    if (!segment.has_file()) continue;
    BatchScanner scanner(segment.file(), 0, segment.size());
    while (true) {
      CO_TRY_ASSIGN(const Slice run, co_await scanner.next_run());
      if (run.empty()) break;
      BatchWalk walk(run.view());
      while (const auto batch = walk.next()) {
        if (batch->base_offset() >= from && batch->base_offset() < to)
          replay_batch(*batch, nullptr);
      }
    }
  }
  co_return Result<void>{};
}

}  // namespace faultline::log
