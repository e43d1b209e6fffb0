// SPDX-License-Identifier: Apache-2.0
// Log: the records of one partition on disk, in Kafka's format. Appends, truncation, rolling and
// deletion take turns; reads and fsyncs run beside them. After a failed fsync the log is fenced:
// every later call fails with kFenced (B31). Destroying a Log is a crash: it does no I/O.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "broker/env/scope.h"
#include "broker/env/sync.h"
#include "broker/log/log_facts.h"
#include "broker/log/log_tracer.h"
#include "broker/log/retention.h"
#include "broker/log/storage_env.h"
#include "broker/log/storage_rules.h"

namespace faultline::log {

class Log : public LogFacts {
 public:
  // Opens the partition's directory, which must exist, and recovers what an unclean stop left.
  // Errors: those of the disk; kCorrupt when partition.metadata belongs to another topic.
  static Task<Result<std::unique_ptr<Log>>> open(StorageEnv env, LogRules rules,
                                                 LogOptions options);

  // Appends whole batches. A client's batch gets the next offsets and the request's epoch, and its
  // producer is checked: a refusal is a status, not an Error. Returns after flush.messages is
  // satisfied. Errors: kCorrupt (no whole batch), kNoSpace (nothing was appended), kFenced, kIo.
  Task<Result<AppendResult>> append(AppendRequest request);

  // Whole batches from the one that contains `offset` on, at most `bytes_max` and below the limit
  // of `isolation`; the first batch always, when `at_least_one`. Errors: kOutOfRange outside
  // [log_start, limit].
  Task<Result<ReadResult>> read(ReadRequest request);
  // What read() would say without looking at a file: at the limit, or an error; else nothing.
  std::optional<Result<ReadResult>> read_at_once(const ReadRequest& request) const;
  // The first record at or after `timestamp_ms`; nothing when all are older.
  Task<Result<std::optional<TimestampOffset>>> find_timestamp(int64_t timestamp_ms);
  // The first record that carries the largest timestamp of the log.
  Task<Result<std::optional<TimestampOffset>>> find_max_timestamp();

  // Makes all before `offset` durable. Concurrent calls share fsyncs.
  Task<Result<void>> flush_up_to(Offset offset);
  Task<Result<void>> flush() { return flush_up_to(log_end_offset()); }
  Task<Result<void>> roll();  // starts a new segment, unless the current one is empty

  // Removes the records from `offset` on. The caller first lowers the recovery point checkpoint:
  // LogManager::truncate does.
  Task<Result<void>> truncate_to(Offset offset);
  // Removes everything; the next record gets `offset`.
  Task<Result<void>> truncate_fully_and_start_at(Offset offset);
  // Deletes the segments that retention.ms and retention.bytes no longer keep. Returns how many.
  Task<Result<int>> delete_old_segments();
  // DeleteRecords: no record before `offset` is readable any more. kOutOfRange beyond the high
  // watermark. Durable when the manager has checkpointed log starts.
  Task<Result<void>> delete_records_before(Offset offset);
  Task<Result<void>> audit();  // reads all and tells in an event what is there, and if indexes fit
  void expire_producers();     // forgets idle producer ids

  // Flushes all and writes what a clean start needs; no call may follow.
  Task<Result<void>> close();
  // The directory is about to be removed: lets go of its files for good (kClosed).
  Task<Result<void>> abandon();
  Task<Result<void>> set_topic_id(Uuid topic_id);  // writes the partition.metadata that is missing

  void set_config(const LogConfig& config) { options_.config = config; }
  void set_high_watermark(Offset offset);
  // Notified when an offset or the state of the log changes: long polls wait here.
  Notifier& changed() { return changed_; }

  Log(StorageEnv env, LogRules rules, LogOptions options);  // for open()
  Log(const Log&) = delete;
  ~Log();

 private:
  struct Placed;  // an append, decided and laid out
  struct Snapshot {
    Offset offset = 0;
    producer::ProducerState state;
  };

  // log.cc
  Task<Result<void>> load();
  Task<Result<void>> write_segments_anew(std::vector<SegmentFileName> files);
  Task<Result<void>> load_metadata();
  Task<Result<void>> load_segments(std::vector<SegmentFileName> files);
  Task<Result<void>> load_clean_end();
  Task<Result<Offset>> load_snapshot(std::vector<SegmentFileName> files, Offset offset_max);
  Result<void> check_usable() const;
  AbortedTransaction aborted_entry(const producer::EndedTransaction& ended) const;
  Error fence(const Error& cause, const char* what);
  std::unique_ptr<Segment> make_segment(Offset base_offset);
  // log_recovery.cc
  Task<Result<void>> recover(std::vector<SegmentFileName> files, RecoveryFacts* facts);
  Task<Result<bool>> recover_segment(Segment* segment, std::optional<Offset> next_segment,
                                     RecoveryFacts* facts);
  Task<Result<void>> learn_epochs();
  Task<Result<void>> replay_producers(Offset from, Offset to);
  void replay_batch(const wire::BatchView& batch, Segment* segment);
  // log_append.cc
  Task<Result<AppendResult>> append_in_turn(AppendRequest request);
  Result<void> place(const AppendRequest& request, Placed* placed) const;
  AppendStatus check_producer(const wire::BatchView& batch, Offset base, AppendResult* to) const;
  bool is_first_timestamp_wanted();
  bool must_roll(int64_t bytes, Offset last_offset, int64_t timestamp_ms);
  Task<Result<void>> roll_in_turn(Offset base_offset);
  Task<Result<void>> prepare_active();
  Task<Result<void>> undo_append(Error cause);
  void note_appended(const Placed& placed);
  // log_read.cc
  Offset limit_of(Isolation isolation) const;
  ReadResult result_at(Offset offset) const;
  Task<Result<std::optional<TimestampOffset>>> find_in_segment(Segment* segment, int64_t time_ms);
  // log_flush.cc
  Task<Result<void>> flush_in_turn();
  Task<Result<void>> flush_files(std::vector<Segment*> segments, const Segment* active);
  Task<Result<void>> write_snapshots();
  Task<void> flush_in_background(Offset offset);
  // log_cut.cc
  Task<Result<void>> remove_segments(size_t from, size_t to);  // a Pin must live
  Task<Result<void>> remove_snapshots_beyond(Offset offset);
  Task<Result<void>> remove_stray_snapshots();
  Task<Result<void>> remove_snapshot(Offset offset);
  Task<Result<std::vector<SegmentFacts>>> segment_facts();
  Task<Result<void>> truncate_in_turn(Offset offset);
  Task<Result<void>> start_anew(Offset offset);
  Task<Result<void>> reload_producers();
  void move_log_start(Offset offset, std::string reason, const DeletionFacts& facts);

  StorageEnv env_;
  const LogRules rules_;
  LogTracer tracer_;
  const RetentionClock retention_clock_;
  std::vector<Snapshot> unwritten_snapshots_;
  std::vector<Offset> snapshot_offsets_;  // files that exist
  uint64_t cuts_ = 0;                     // counts truncations, for readers that waited meanwhile
  int64_t unflushed_records_ = 0;
  bool has_unsynced_names_ = false;
  bool has_unwritten_epochs_ = false;
  bool has_unfinished_append_ = false;
  bool is_closed_ = false;
  Mutex writing_;   // appends, rolls, cuts
  Mutex flushing_;  // fsyncs and cuts; taken after writing_ when both are needed
  Notifier changed_;
  Scope background_;  // last: its tasks use all of the above
};

}  // namespace faultline::log
