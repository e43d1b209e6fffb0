// SPDX-License-Identifier: Apache-2.0
// Writing of segments: files, appends, truncation, index files. Reading is in segment_read.cc.
#include "broker/log/segment.h"

#include "broker/base/assert.h"
#include "broker/log/batch_scanner.h"
#include "broker/log/cache_distrust.h"

namespace faultline::log {

std::string Segment::path(FileKind kind) const {
  return join_path(options_.directory, file_name(state_.base_offset, kind));
}

Task<Result<void>> Segment::open_file() {
  CO_TRY_ASSIGN(file_, co_await disk_.open(path(FileKind::kLog), OpenMode::kReadWrite));
  state_ = SegmentState(state_.base_offset);
  state_.size = file_->size();
  has_indexes_ = state_.size == 0;
  co_return Result<void>{};
}

Task<Result<void>> Segment::create_file() {
  CO_TRY_ASSIGN(file_, co_await disk_.open(path(FileKind::kLog), OpenMode::kCreate));
  start_over();
  CO_TRY(co_await cut_file());  // a removed segment of this name may have come back
  co_return Result<void>{};
}

void Segment::start_over() {
  state_ = SegmentState(state_.base_offset);
  has_indexes_ = true;
  has_index_files_ = false;
}

bool Segment::adopt(const BatchFacts& batch) {
  has_index_files_ = false;
  return state_.adopt(batch, options_.index_interval_bytes);
}

Task<Result<void>> Segment::append(Slices bytes, std::vector<BatchFacts> batches) {
  ASSERT(has_indexes_);
  CO_TRY(co_await file_->write_at(state_.size, std::move(bytes)));
  for (const BatchFacts& batch : batches) {
    const bool belongs = adopt(batch);
    ASSERT(belongs);
  }
  co_return Result<void>{};
}

Task<Result<void>> Segment::cut_file() {
  if (file_ == nullptr || file_->size() == state_.size) co_return Result<void>{};
  CO_TRY(co_await file_->truncate(state_.size));
  // What was cut must not come back behind batches that are appended in its place.
  const Result<void> synced = co_await file_->sync();
  // B31: the next process would find the file cut already, although the platter still has it whole.
  if (!synced && synced.error().code == ErrorCode::kIo)
    co_await leave_unsynced_marker(&disk_, options_.directory);
  co_return synced;
}

Task<Result<void>> Segment::truncate_to(Offset offset) {
  if (offset >= end_offset()) co_return Result<void>{};
  CO_TRY(co_await load_indexes());
  const uint64_t end = state_.size;
  CO_TRY(co_await remove_index_files());
  state_.rewind(offset);
  BatchScanner scanner(*file_, state_.size, end);
  bool is_done = false;
  while (!is_done) {
    CO_TRY_ASSIGN(const Slice run, co_await scanner.next_run());
    BatchWalk walk(run.view());
    auto batch = walk.next();
    is_done = !batch;
    while (batch && !is_done) {
      is_done = batch->last_offset() >= offset || !adopt(BatchFacts::of(*batch));
      batch = walk.next();
    }
  }
  CO_TRY(co_await cut_file());
  co_return Result<void>{};
}

Task<Result<void>> Segment::adopt_until(uint64_t end, SegmentState* into) {
  BatchScanner scanner(*file_, into->size, end);
  while (true) {
    CO_TRY_ASSIGN(const Slice run, co_await scanner.next_run());
    if (run.empty()) break;
    BatchWalk walk(run.view());
    while (const auto batch = walk.next()) {
      if (!into->adopt(BatchFacts::of(*batch), options_.index_interval_bytes))
        co_return Result<void>{};
    }
  }
  co_return Result<void>{};
}

Task<Result<void>> Segment::find_end() {
  CO_TRY(co_await load_indexes());
  state_.rewind(INT64_MAX);
  CO_TRY(co_await adopt_until(file_->size(), &state_));
  co_return Result<void>{};
}

Task<Result<void>> Segment::sync_records() {
  if (file_ == nullptr) co_return Result<void>{};
  CO_TRY(co_await file_->sync());
  co_return Result<void>{};
}

Task<Result<void>> Segment::write_index_file(FileKind kind, Slice content, bool sync) {
  const std::string name = path(kind);
  CO_TRY_ASSIGN(std::unique_ptr<File> file, co_await disk_.open(name, OpenMode::kCreate));
  if (file->size() > content.size()) CO_TRY(co_await file->truncate(content.size()));
  if (!content.empty()) {
    Slices bytes;
    bytes.push_back(std::move(content));
    CO_TRY(co_await file->write_at(0, std::move(bytes)));
  }
  if (sync) CO_TRY(co_await file->sync());
  co_return Result<void>{};
}

Task<Result<void>> Segment::write_indexes(bool sync) {
  if (!needs_index_files()) co_return Result<void>{};
  state_.time_index.append(state_.largest.timestamp_ms, state_.largest.relative_offset);
  CO_TRY(co_await write_index_file(FileKind::kOffsetIndex, state_.offset_index.encode(), sync));
  CO_TRY(co_await write_index_file(FileKind::kTimeIndex, state_.time_index.encode(), sync));
  if (!state_.aborted.empty()) {
    Slice content = encode_transaction_index(state_.aborted);
    CO_TRY(co_await write_index_file(FileKind::kTransactionIndex, std::move(content), sync));
  }
  has_index_files_ = true;
  co_return Result<void>{};
}

Task<Result<void>> Segment::remove_file(FileKind kind) {
  const Result<void> removed = co_await disk_.remove(path(kind));
  if (!removed && removed.error().code != ErrorCode::kNotFound) co_return removed;
  co_return Result<void>{};
}

Task<Result<void>> Segment::remove_index_files() {
  has_index_files_ = false;
  CO_TRY(co_await remove_file(FileKind::kOffsetIndex));
  CO_TRY(co_await remove_file(FileKind::kTimeIndex));
  CO_TRY(co_await remove_file(FileKind::kTransactionIndex));
  co_return Result<void>{};
}

Task<Result<void>> Segment::remove_files() {
  CO_TRY(co_await remove_index_files());
  CO_TRY(co_await remove_file(FileKind::kProducerSnapshot));
  CO_TRY(co_await remove_file(FileKind::kLog));
  co_return Result<void>{};
}

}  // namespace faultline::log
