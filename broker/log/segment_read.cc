// SPDX-License-Identifier: Apache-2.0
// Reading of segments by offset and by time, and loading of their indexes.
#include <algorithm>
#include <utility>

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

}  // namespace

Task<Result<std::optional<FoundRange>>> Segment::read(Offset offset, Offset limit, size_t bytes_max,
                                                      bool at_least_one) {
  if (!is_loaded()) CO_TRY(co_await load_indexes());
  RangeRequest request{.offset = offset,
                       .limit = limit,
                       .bytes_max = bytes_max,
                       .at_least_one = at_least_one,
                       .end = state_.size,
                       .end_offset = state_.end_offset,
                       .expected = state_.base_offset};
  if (const auto place = state_.newest.before(offset)) {
    request.position = place->position;
    request.expected = place->base_offset;
  } else if (const auto entry = state_.offset_index.entry_before(relative(offset))) {
    request.position = static_cast<uint64_t>(entry->position);
    // B42: an entry that is wrong would send the reader past what it asked for.
    if (options_.rebuild_index_if_invalid)
      request.entry_offset = state_.base_offset + entry->relative_offset;
    else
      request.expected = 0;
  }
  if (is_long(request)) {
    CO_TRY_ASSIGN(std::optional<FoundRange> found, co_await find_by_headers(*file_, request));
    if (found) co_return found;
  }
  co_return co_await find_by_walking(request);
}

Task<Result<std::optional<FoundRange>>> Segment::find_by_walking(RangeRequest request) {
  // Less than a header would look like no batch at all.
  size_t want = std::max(request.bytes_max + static_cast<size_t>(options_.index_interval_bytes),
                         size_t{wire::kBatchHeaderSize});
  while (request.position < request.end) {
    const uint64_t left = request.end - request.position;
    const size_t length = std::min<uint64_t>(want, left);
    CO_TRY_ASSIGN(const Slice chunk, co_await file_->read_at(request.position, length));
    const ChunkCut cut = cut_batches(chunk.view(), request);
    if (cut.is_found)
      co_return FoundRange{chunk.subslice(cut.start, cut.end - cut.start), cut.next_offset};
    if (cut.start > 0 && !cut.is_bad) {
      request.position += cut.start;
      continue;
    }
    // No whole batch: it is longer than what was read, or no batch at all.
    Result<size_t> size = 0;
    if (chunk.size() >= wire::kBatchOverhead) size = wire::batch_size_at(chunk.view());
    if (!cut.is_bad && size && *size > length && *size <= left) {
      want = *size;
      continue;
    }
    if (!request.entry_offset) co_return fail(ErrorCode::kCorrupt, path(FileKind::kLog));
    // Not the batch that the index told of: without the index, then.
    reached(history::LogMark::kIndexMisled);
    request.entry_offset.reset();
    request.expected = state_.base_offset;
    request.position = 0;
  }
  co_return std::optional<FoundRange>();
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
