// SPDX-License-Identifier: Apache-2.0
// Reading of segments by offset and by time, and loading of their indexes.
#include <algorithm>
#include <utility>

#include "broker/base/assert.h"
#include "broker/base/notation_sink.h"
#include "broker/log/batch_scanner.h"
#include "broker/log/segment.h"
#include "broker/log/whole_file.h"

namespace faultline::log {
namespace {

constexpr size_t kIndexFileMax = 64 << 20;
constexpr size_t kTimeSearchChunk = 64 << 10;

Result<bool> not_found_is_false(const Error& error) {
  if (error.code == ErrorCode::kNotFound) return false;
  return std::unexpected(error);
}

// Where a reader stands in a segment, and what it wants.
struct Reading {
  Offset offset = 0;
  Offset limit = 0;
  size_t bytes_max = 0;
  bool at_least_one = false;
  uint64_t position = 0;
  Offset expected = 0;                 // the batch there begins with
  std::optional<Offset> entry_offset;  // or ends with, as the index says
};

// The part of a chunk to hand out: from the batch that holds the offset on.
struct Cut {
  bool is_found = false;
  bool is_bad = false;  // a batch contradicts the ones around it, or the index
  size_t start = 0;
  size_t end = 0;
};

bool is_in_place(const wire::BatchView& batch, const Reading& at, std::optional<Offset> next_base) {
  if (at.entry_offset) return batch.last_offset() == *at.entry_offset;
  return follows_on(batch, at.expected, next_base);
}

// `end_offset`: of the segment when the chunk reaches to its end.
Cut cut_batches(Bytes chunk, Reading& at, std::optional<Offset> end_offset) {
  BatchWalk walk(chunk);
  Cut cut;
  const auto next_good = [&]() -> std::optional<wire::BatchView> {
    const auto batch = walk.next();
    if (!batch) return std::nullopt;
    const auto next_base = walk.position() == chunk.size() ? end_offset : walk.next_base();
    cut.is_bad = !is_in_place(*batch, at, next_base);
    if (cut.is_bad) return std::nullopt;
    at.entry_offset.reset();
    at.expected = batch->next_offset();
    return batch;
  };
  auto batch = next_good();
  while (batch && batch->last_offset() < at.offset) {
    cut.start = walk.position();
    batch = next_good();
  }
  cut.end = cut.start;
  cut.is_found = batch.has_value();
  while (batch && batch->last_offset() < at.limit) {
    const bool fits = walk.position() - cut.start <= at.bytes_max;
    if (!fits && !(at.at_least_one && cut.end == cut.start)) break;
    cut.end = walk.position();
    batch = next_good();
  }
  return cut;
}

// A short part is copied by whoever encodes it, later: then it must not be the file itself.
Slice part_to_send(const Slice& chunk, const Cut& cut) {
  const Slice part = chunk.subslice(cut.start, cut.end - cut.start);
  const bool is_copied_later = part.size() < notation::kSpliceBytesMin && part.lender() != nullptr;
  return is_copied_later ? Slice::copy_of(part.view()) : part;
}

}  // namespace

Task<Result<std::optional<Slice>>> Segment::read(Offset offset, Offset limit, size_t bytes_max,
                                                 bool at_least_one) {
  if (!is_loaded()) CO_TRY(co_await load_indexes());
  const uint64_t end = state_.size;
  const Offset end_offset = state_.end_offset;
  Reading at{offset, limit, bytes_max, at_least_one, 0, state_.base_offset, std::nullopt};
  if (const auto entry = state_.offset_index.entry_before(relative(offset))) {
    at.position = static_cast<uint64_t>(entry->position);
    // B42: an entry that is wrong would send the reader past what it asked for.
    if (options_.rebuild_index_if_invalid)
      at.entry_offset = state_.base_offset + entry->relative_offset;
    else
      at.expected = 0;
  }
  // Less than a header would look like no batch at all.
  size_t want = std::max(bytes_max + static_cast<size_t>(options_.index_interval_bytes),
                         size_t{wire::kBatchHeaderSize});
  while (at.position < end) {
    const size_t length = std::min<uint64_t>(want, end - at.position);
    CO_TRY_ASSIGN(Slice chunk, co_await file_->read_to_send(at.position, length));
    const bool is_to_end = at.position + chunk.size() == end;
    const Cut cut =
        cut_batches(chunk.view(), at, is_to_end ? std::optional(end_offset) : std::nullopt);
    if (cut.is_found) co_return std::optional(part_to_send(chunk, cut));
    if (cut.start > 0 && !cut.is_bad) {
      at.position += cut.start;
      continue;
    }
    // No whole batch: it is longer than what was read, or no batch at all.
    Result<size_t> size = 0;
    if (chunk.size() >= wire::kBatchOverhead) size = wire::batch_size_at(chunk.view());
    if (!cut.is_bad && size && *size > length && *size <= end - at.position) {
      want = *size;
      continue;
    }
    if (!at.entry_offset) co_return fail(ErrorCode::kCorrupt, path(FileKind::kLog));
    // Not the batch that the index told of: without the index, then.
    reached(history::LogMark::kIndexMisled);
    at.entry_offset.reset();
    at.expected = state_.base_offset;
    at.position = 0;
  }
  co_return std::optional<Slice>();
}

Task<Result<Slice>> Segment::find_batch_by_time(int64_t timestamp_ms, Offset offset) {
  CO_TRY(co_await load_indexes());
  const TimeEntry floor = state_.time_index.floor(timestamp_ms);
  const int64_t start = std::max<int64_t>(relative(offset), floor.relative_offset);
  const uint64_t end = state_.size;
  BatchScanner scanner(*file_, state_.offset_index.position_before(start), end, kTimeSearchChunk);
  while (true) {
    CO_TRY_ASSIGN(const Slice run, co_await scanner.next_run());
    if (run.empty()) co_return Slice();
    BatchWalk walk(run.view());
    size_t batch_start = 0;
    while (const auto batch = walk.next()) {
      if (batch->last_offset() >= offset && batch->max_timestamp() >= timestamp_ms)
        co_return run.subslice(batch_start, batch->size());
      batch_start = walk.position();
    }
  }
}

Task<Result<TimeEntry>> Segment::largest_timestamp() {
  if (!has_indexes_ && state_.largest.timestamp_ms < 0) CO_TRY(co_await load_indexes());
  co_return state_.largest;
}

Task<Result<int64_t>> Segment::first_timestamp() {
  if (state_.first_timestamp_ms < 0 && state_.size >= wire::kBatchHeaderSize) {
    CO_TRY_ASSIGN(const Slice header, co_await file_->read_at(0, wire::kBatchHeaderSize));
    if (header.size() < wire::kBatchHeaderSize)
      co_return fail(ErrorCode::kCorrupt, path(FileKind::kLog));
    state_.first_timestamp_ms = wire::BatchView(header.view()).max_timestamp();
  }
  co_return state_.first_timestamp_ms;
}

bool Segment::is_index_full(int64_t segment_index_bytes) const {
  const auto offset_entries = static_cast<int64_t>(state_.offset_index.entries().size());
  const auto time_entries = static_cast<int64_t>(state_.time_index.entries().size());
  // One time entry is kept free for the last one, as in Kafka.
  return offset_entries >= segment_index_bytes / static_cast<int64_t>(OffsetIndex::kEntrySize) ||
         time_entries >= segment_index_bytes / static_cast<int64_t>(TimeIndex::kEntrySize) - 1;
}

Task<Result<bool>> Segment::read_index_files(SegmentState* into) {
  const std::string offset_path = path(FileKind::kOffsetIndex);
  const std::string time_path = path(FileKind::kTimeIndex);
  const std::string transaction_path = path(FileKind::kTransactionIndex);
  const Result<Slice> offset_bytes = co_await read_file(disk_, offset_path, kIndexFileMax);
  if (!offset_bytes) co_return not_found_is_false(offset_bytes.error());
  const Result<Slice> time_bytes = co_await read_file(disk_, time_path, kIndexFileMax);
  if (!time_bytes) co_return not_found_is_false(time_bytes.error());
  const Result<Slice> aborted_bytes = co_await read_file(disk_, transaction_path, kIndexFileMax);
  if (aborted_bytes) {
    auto aborted = decode_transaction_index(aborted_bytes->view());
    if (!aborted) co_return false;
    into->aborted = std::move(*aborted);
  }
  // Of the active segment the end is not known yet.
  const int64_t offsets_max =
      into->end_offset > into->base_offset ? relative(into->end_offset) : int64_t{INT32_MAX};
  const auto file_size = static_cast<int64_t>(into->size);
  auto offsets = OffsetIndex::decode(offset_bytes->view(), file_size);
  auto times = TimeIndex::decode(time_bytes->view(), offsets_max);
  // B42: an index that contradicts its segment sends readers to the wrong place.
  if (!options_.rebuild_index_if_invalid) {
    offsets = OffsetIndex::decode_unchecked(offset_bytes->view());
    times = TimeIndex::decode_unchecked(time_bytes->view());
  }
  if (!offsets || !times) co_return false;
  into->offset_index = std::move(*offsets);
  into->time_index = std::move(*times);
  into->largest = into->time_index.last();
  co_return true;
}

void Segment::drop_unused_indexes() {
  const bool was_used = std::exchange(was_used_, false);
  if (was_used || !has_indexes_ || !has_index_files_ || size() == 0) return;
  state_.offset_index = {};
  state_.time_index = {};
  state_.aborted = {};
  has_indexes_ = false;
}

Task<Result<void>> Segment::load_indexes() {
  was_used_ = true;
  if (has_indexes_) co_return Result<void>{};
  // Readers may be here at once, so the work is done aside and put in place in one step.
  SegmentState loaded(state_.base_offset);
  loaded.size = state_.size;
  loaded.end_offset = state_.end_offset;
  CO_TRY_ASSIGN(const bool is_valid, co_await read_index_files(&loaded));
  if (!is_valid) {
    reached(history::LogMark::kIndexRebuilt);
    loaded = SegmentState(state_.base_offset);
    CO_TRY(co_await adopt_until(state_.size, &loaded));
  }
  if (has_indexes_) co_return Result<void>{};
  loaded.size = state_.size;
  loaded.end_offset = std::max(loaded.end_offset, state_.end_offset);
  state_ = std::move(loaded);
  has_indexes_ = true;
  has_index_files_ = is_valid;
  co_return Result<void>{};
}

}  // namespace faultline::log
