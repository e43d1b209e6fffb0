// SPDX-License-Identifier: Apache-2.0
// Making a log shorter: truncation at its end, retention and DeleteRecords at its start. All take
// both turns, so nothing is appended or synced meanwhile; readers notice by cuts_.
#include <algorithm>

#include "broker/log/file_names.h"
#include "broker/log/log.h"
#include "broker/log/whole_file.h"

namespace faultline::log {

Task<Result<void>> Log::truncate_to(Offset offset) {
  CO_TRY_ASSIGN(const Mutex::Guard writing, co_await writing_.lock());
  CO_TRY_ASSIGN(const Mutex::Guard flushing, co_await flushing_.lock());
  CO_TRY(check_usable());
  if (offset >= log_end_offset_) co_return Result<void>{};
  const Result<void> cut = co_await truncate_in_turn(std::max(offset, log_start_offset_));
  if (!cut) co_return std::unexpected(fence(cut.error(), "truncate"));
  co_return Result<void>{};
}

Task<Result<void>> Log::truncate_in_turn(Offset offset) {
  const SegmentList::Pin pin(segments_);
  ++cuts_;
  const size_t keep = segments_.floor(offset);
  CO_TRY(co_await remove_segments(keep + 1, segments_.size()));
  Segment& active = segments_.active();
  if (active.has_file()) CO_TRY(co_await active.truncate_to(offset));
  // Removed segments must not come back beside the ones that take their place.
  CO_TRY(co_await sync_names(env_.disk, rules_.storage, directory()));
  has_unsynced_names_ = false;
  // Offsets go on behind the last whole batch that is left.
  log_end_offset_ = active.end_offset();
  if (log_end_offset_ < log_start_offset_) {  // the cut batch reached over the log start
    CO_TRY(co_await start_anew(log_start_offset_));
    tracer_.truncated(log_end_offset_, "truncation");
    tracer_.file(segments_.active().path(FileKind::kLog), log_end_offset_);
    co_return Result<void>{};
  }
  recovery_point_ = std::min(recovery_point_, log_end_offset_);
  high_watermark_ = std::min(high_watermark_, log_end_offset_);
  if (epochs_.truncate_from_end(log_end_offset_)) has_unwritten_epochs_ = true;
  CO_TRY(co_await remove_snapshots_beyond(log_end_offset_));
  CO_TRY(co_await reload_producers());
  tracer_.truncated(log_end_offset_, "truncation");
  changed_.notify_all();
  co_return Result<void>{};
}

Task<Result<void>> Log::reload_producers() {
  std::vector<SegmentFileName> files;
  for (const Offset offset : snapshot_offsets_)
    files.push_back({offset, FileKind::kProducerSnapshot});
  CO_TRY_ASSIGN(const Offset from, co_await load_snapshot(std::move(files), log_end_offset_));
  CO_TRY(co_await replay_producers(from, log_end_offset_));
  co_return Result<void>{};
}

Task<Result<void>> Log::truncate_fully_and_start_at(Offset offset) {
  CO_TRY_ASSIGN(const Mutex::Guard writing, co_await writing_.lock());
  CO_TRY_ASSIGN(const Mutex::Guard flushing, co_await flushing_.lock());
  CO_TRY(check_usable());
  const Offset start_before = log_start_offset_;
  const Result<void> done = co_await start_anew(offset);
  if (!done) co_return std::unexpected(fence(done.error(), "truncate"));
  tracer_.truncated(start_before, "started anew");
  tracer_.start_moved(offset, "started anew", {});
  tracer_.file(segments_.active().path(FileKind::kLog), offset);
  co_return Result<void>{};
}

Task<Result<void>> Log::start_anew(Offset offset) {
  const SegmentList::Pin pin(segments_);
  ++cuts_;
  // The files go before the new one comes: their names may be the same.
  Result<void> done = co_await remove_segments(0, segments_.size());
  segments_.push_back(make_segment(offset));
  if (done) done = co_await segments_.active().create_file();
  if (done) done = co_await remove_snapshots_beyond(-1);
  if (done) done = co_await sync_names(env_.disk, rules_.storage, directory());
  if (!done) co_return done;
  producers_ = {};
  epochs_.clear();
  has_unwritten_epochs_ = true;
  log_start_offset_ = log_end_offset_ = recovery_point_ = high_watermark_ = offset;
  changed_.notify_all();
  co_return Result<void>{};
}

Task<Result<void>> Log::remove_segments(size_t from, size_t to) {
  if (from >= to) co_return Result<void>{};
  has_unsynced_names_ = true;
  const std::vector<Segment*> removed = segments_.remove(from, to);
  for (Segment* segment : removed) {
    std::erase(snapshot_offsets_, segment->base_offset());
    CO_TRY(co_await segment->remove_files());
  }
  co_return Result<void>{};
}

Task<Result<void>> Log::remove_snapshot(Offset offset) {
  std::erase(snapshot_offsets_, offset);
  has_unsynced_names_ = true;
  const std::string name = file_name(offset, FileKind::kProducerSnapshot);
  const std::string path = join_path(options_.directory, name);
  const Result<void> removed = co_await env_.disk.remove(path);
  if (!removed && removed.error().code != ErrorCode::kNotFound) co_return removed;
  co_return Result<void>{};
}

Task<Result<void>> Log::remove_snapshots_beyond(Offset offset) {
  std::erase_if(unwritten_snapshots_,
                [&](const Snapshot& snapshot) { return snapshot.offset > offset; });
  const std::vector<Offset> present = snapshot_offsets_;
  for (const Offset one : present) {
    if (one > offset) CO_TRY(co_await remove_snapshot(one));
  }
  co_return Result<void>{};
}

// Keeps those at the bases of segments, which deletion needs, and the newest.
Task<Result<void>> Log::remove_stray_snapshots() {
  if (snapshot_offsets_.empty()) co_return Result<void>{};
  const Offset newest = std::ranges::max(snapshot_offsets_);
  const std::vector<Offset> present = snapshot_offsets_;
  for (const Offset one : present) {
    const bool has_segment = segments_[segments_.floor(one)].base_offset() == one;
    if (one != newest && !has_segment) CO_TRY(co_await remove_snapshot(one));
  }
  co_return Result<void>{};
}

Task<Result<std::vector<SegmentFacts>>> Log::segment_facts() {
  std::vector<SegmentFacts> all;
  for (Segment* segment : segments_.pointers()) {
    SegmentFacts facts{segment->base_offset(), segment->end_offset(),
                       static_cast<int64_t>(segment->size()), -1, segment->appended_at_ms};
    if (segment->has_file()) {
      CO_TRY_ASSIGN(const TimeEntry largest, co_await segment->largest_timestamp());
      facts.largest_timestamp_ms = largest.timestamp_ms;
    }
    all.push_back(facts);
  }
  co_return all;
}

Task<Result<int>> Log::delete_old_segments() {
  CO_TRY_ASSIGN(const Mutex::Guard writing, co_await writing_.lock());
  CO_TRY(check_usable());
  const SegmentList::Pin pin(segments_);
  RetentionInput input;
  CO_TRY_ASSIGN(input.segments, co_await segment_facts());
  segments_.drop_unused_indexes();
  input.retention_ms = options_.config.retention_ms;
  input.retention_bytes = options_.config.retention_bytes;
  input.delete_by_retention = options_.config.delete_by_retention;
  input.high_watermark = high_watermark_;
  input.log_start_offset = log_start_offset_;
  input.now_ms = retention_clock_.now_ms(env_.clock.wall_now(), env_.clock.now(), rules_.storage);
  const RetentionChoice choice = choose_deletable(input, rules_.storage);
  if (choice.count == 0) co_return 0;
  // A log is never without a segment to append to.
  if (choice.count == input.segments.size()) {
    CO_TRY(co_await prepare_active());
    CO_TRY(co_await roll_in_turn(log_end_offset_));
  }
  CO_TRY_ASSIGN(const Mutex::Guard flushing, co_await flushing_.lock());
  CO_TRY(check_usable());
  // The snapshot at the new start knows the producers of what goes.
  if (recovery_point_ < segments_[choice.count].base_offset()) CO_TRY(co_await flush_in_turn());
  const Offset start_offset = std::max(log_start_offset_, segments_[choice.count].base_offset());
  DeletionFacts facts{options_.config.retention_ms, options_.config.retention_bytes, 0};
  for (size_t i = choice.count; i < input.segments.size(); ++i)
    facts.bytes_left += input.segments[i].size_bytes;
  move_log_start(start_offset, std::string(to_string(choice.reason)), facts);
  const Result<void> removed = co_await remove_segments(0, choice.count);
  if (!removed) co_return std::unexpected(fence(removed.error(), "delete"));
  // Epochs are forgotten after the segments that had them, or a crash would bring back records
  // without an epoch.
  const Result<void> synced = co_await sync_names(env_.disk, rules_.storage, directory());
  if (!synced) co_return std::unexpected(fence(synced.error(), "delete"));
  if (epochs_.truncate_from_start(segments_.first().base_offset())) has_unwritten_epochs_ = true;
  co_return static_cast<int>(choice.count);
}

Task<Result<void>> Log::delete_records_before(Offset offset) {
  CO_TRY_ASSIGN(const Mutex::Guard writing, co_await writing_.lock());
  CO_TRY(check_usable());
  if (offset > high_watermark_ || offset < 0)
    co_return fail(ErrorCode::kOutOfRange, partition().to_string());
  if (offset <= log_start_offset_) co_return Result<void>{};
  move_log_start(offset, "DeleteRecords", {});
  co_return Result<void>{};
}

void Log::move_log_start(Offset offset, std::string reason, const DeletionFacts& facts) {
  log_start_offset_ = offset;
  high_watermark_ = std::max(high_watermark_, offset);
  producer::delete_head(producers_, rules_.producer, offset);
  tracer_.start_moved(offset, std::move(reason), facts);
  changed_.notify_all();
}

}  // namespace faultline::log
