// SPDX-License-Identifier: Apache-2.0
// Segment: one .log file and its indexes. Knows bytes, offsets and timestamps, nothing of
// producers, epochs or durability policy. Index files are read when first needed and written when
// the segment is finished; until then they live in memory, because recovery rebuilds them anyway.
// One writer at a time; reads may run beside it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/ids.h"
#include "broker/env/disk.h"
#include "broker/env/task.h"
#include "broker/log/file_names.h"
#include "broker/log/log_tracer.h"
#include "broker/log/log_types.h"
#include "broker/log/segment_range.h"
#include "broker/log/segment_state.h"
#include "broker/wire/record_batch.h"

namespace faultline::log {

struct SegmentOptions {
  std::string directory;
  int64_t index_interval_bytes = 4096;
  bool rebuild_index_if_invalid = true;
  LogTracer* tracer = nullptr;  // told of marks
};

// What an audit finds, segment by segment.
struct SegmentAudit {
  std::optional<Offset> first_offset;  // of the first batch
  uint64_t chain = 0;                  // over all batches
  std::string mismatch;                // of the first index that differs from one rebuilt
};

class Segment {
 public:
  Segment(Disk& disk, SegmentOptions options, Offset base_offset)
      : disk_(disk), options_(std::move(options)), state_(base_offset) {}

  Offset base_offset() const { return state_.base_offset; }
  Offset end_offset() const { return state_.end_offset; }  // offset of the next record
  void set_end_offset(Offset offset) { state_.end_offset = offset; }
  uint64_t size() const { return state_.size; }  // of whole batches; the file may be longer
  bool has_file() const { return file_ != nullptr; }
  std::string path(FileKind kind) const;

  // Opens the .log file; its size is believed.
  Task<Result<void>> open_file();
  Task<Result<void>> create_file();
  // After a clean stop: finds the end offset from the last index entry on. size() is then less than
  // the file's when its tail is no batch.
  Task<Result<void>> find_end();
  uint64_t file_size() const { return file_ == nullptr ? 0 : file_->size(); }
  File& file() { return *file_; }

  // --- writing ---
  // Puts whole batches with final offsets behind the others.
  Task<Result<void>> append(Slices bytes, std::vector<BatchFacts> batches);
  // Takes note of a batch that lies at size() already; false if it cannot belong to this segment.
  bool adopt(const BatchFacts& batch);
  // Forgets all batches, for recovery to adopt() them anew.
  void start_over();
  // Removes the batches from the one that holds `offset` on.
  Task<Result<void>> truncate_to(Offset offset);
  // Removes what lies behind size(), durably.
  Task<Result<void>> cut_file();
  void note_aborted(const AbortedTransaction& one) { state_.aborted.push_back(one); }

  // --- durability ---
  Task<Result<void>> sync_records();
  // Writes the index files, with the entry of the largest timestamp that ends a finished segment.
  Task<Result<void>> write_indexes(bool sync);
  // Its indexes are not in their files yet.
  bool needs_index_files() const { return has_indexes_ && !has_index_files_ && size() > 0; }
  Task<Result<void>> remove_files();
  // Before the batches change behind their backs: a stale index is worse than none.
  Task<Result<void>> remove_index_files();

  // --- reading ---
  // Whole batches from the one that holds `offset` on; none reaches `limit`. Nothing when no batch
  // of this segment is at or behind `offset`.
  Task<Result<std::optional<FoundRange>>> read(Offset offset, Offset limit, size_t bytes_max,
                                               bool at_least_one);
  // The first batch with a record at or behind `offset` and a timestamp of at least `timestamp_ms`.
  Task<Result<Slice>> find_batch_by_time(int64_t timestamp_ms, Offset offset);
  // The largest timestamp and the last offset of the batch that has it; -1, -1 when empty.
  Task<Result<TimeEntry>> largest_timestamp();
  // Timestamp of the first batch, for segment.ms; -1 in an empty segment.
  Task<Result<int64_t>> first_timestamp();
  Task<Result<void>> load_indexes();
  bool has_loaded_indexes() const { return has_indexes_; }
  // Its file and indexes are at hand; counts as a use of these.
  bool is_loaded() {
    was_used_ = true;
    return file_ != nullptr && has_indexes_;
  }
  // Forgets indexes that can be loaded again, unless a reader used them since the last call.
  void drop_unused_indexes();
  bool is_index_full(int64_t segment_index_bytes) const;
  // Reads all batches, of which those that end before `from` do not count. In log_audit.cc.
  Task<Result<void>> audit(Offset from, SegmentAudit* into);

  const SegmentState& state() const { return state_; }

  // Broker time of the newest append of this process, for retention (B39).
  std::optional<int64_t> appended_at_ms;
  bool is_removed = false;  // a reader may still hold it

 private:
  Task<Result<std::optional<FoundRange>>> find_by_walking(RangeRequest request);
  // False: a file is missing or contradicts the segment.
  Task<Result<bool>> read_index_files(SegmentState* into);
  Task<Result<void>> adopt_until(uint64_t end, SegmentState* into);
  Task<Result<void>> write_index_file(FileKind kind, Slice content, bool sync);
  Task<Result<void>> remove_file(FileKind kind);
  void reached(history::LogMark mark) const {
    if (options_.tracer != nullptr) options_.tracer->reached(mark);
  }
  int64_t relative(Offset offset) const { return offset - state_.base_offset; }

  Disk& disk_;
  const SegmentOptions options_;
  std::unique_ptr<File> file_;
  SegmentState state_;
  bool has_indexes_ = true;       // false: they are in files only
  bool has_index_files_ = false;  // and these say the same
  bool was_used_ = false;         // since drop_unused_indexes()
};

}  // namespace faultline::log
