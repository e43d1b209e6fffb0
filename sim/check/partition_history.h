// SPDX-License-Identifier: Apache-2.0
// PartitionHistory: what events have said so far about the log of one partition: which batches were
// appended where, what was acked with which promise, what is known of each offset's record.
//
// A loss gives offsets out again, so an offset alone does not name a record. The tail from the cut
// on starts a new incarnation; what the old one held is kept as a Retirement, because answers that
// were under way may still speak of it.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/ids.h"
#include "broker/env/history_events.h"
#include "broker/env/world_events.h"

namespace faultline::sim {

// An event's place in the run and its header. Places, not times, say what came first.
struct Step {
  EventHeader header;
  uint64_t place = 0;  // from 1
};

constexpr Offset kNoOffset = INT64_MAX;
constexpr Offset kStepMax = 1'000'000;  // a history that names wild offsets must not eat memory

// The offset after this one.
constexpr Offset next_offset(Offset offset) { return offset == INT64_MAX ? offset : offset + 1; }

// One offset in one incarnation.
struct Slot {
  bool has_digest = false;
  uint64_t digest = 0;
  bool promises_flush = false;
  bool is_client_acked = false;
  uint64_t broker_acked_place = 0;  // of the latest ack; 0 never
  EventId broker_ack = 0;
  EventId client_ack = 0;
  int64_t acked_ns = 0;  // true time of the first ack that anybody saw
  EventId read = 0;      // the latest Polled that held it
  uint32_t reader = 0;   // whose; 0 nobody's
};

// Why a log may have lost what it loses, as far as the world is to blame.
struct Circumstances {
  bool power_lost = false;          // since the log was last opened
  Offset dropped_from = kNoOffset;  // unsynced bytes of this and later offsets were dropped
  Offset damaged_from = kNoOffset;  // the platter was damaged in this offset's batch
  Offset flushed_end = 0;           // the log's own claim
  bool index_damaged = false;       // the platter was, in a file beside one of the log's
};

struct StoredBatch {
  history::Batch batch;
  Offset file = 0;  // base offset of the file
  int64_t position = -1;
  int32_t bytes = 0;
};

// Offsets [from, from + slots.size()) left the log at `place`.
struct Retirement {
  Offset from = 0;
  std::vector<Slot> slots;
  std::vector<StoredBatch> batches;
  uint32_t incarnation = 0;  // that ended
  uint64_t place = 0;
  Circumstances circumstances;

  Offset end() const { return from + static_cast<Offset>(slots.size()); }
};

// Whether losing this record breaks no promise, and in which words.
struct LossJudgement {
  bool is_permitted = false;
  std::string because;
};
LossJudgement judge_loss(const Circumstances& circumstances, Offset offset, const Slot& slot);

class PartitionHistory {
 public:
  PartitionHistory(TopicPartition name, size_t number) : name_(std::move(name)), number_(number) {}

  // --- what happened; each returns what it took out of the log, if anything ---
  void on_file(const history::LogFile& event) { files_[event.path] = file_ = event.base_offset; }
  void on_appended(const history::LogAppended& event);
  void on_flushed(Offset end_offset);
  const Retirement* on_recovered(const Step& step, const history::LogRecovered& event);
  const Retirement* on_cut(const Step& step, Offset end_offset);
  void on_start_moved(Offset start_offset);
  void on_deleted(const Step& step);
  void on_broker_acked(const Step& step, const history::BrokerAcked& event);
  void on_client_acked(const Step& step, Offset offset);
  void on_crash(bool power_lost) { circumstances_.power_lost |= power_lost; }
  void on_disk_lost(const history::DiskLost& event);
  void on_disk_damaged(const history::DiskDamaged& event);

  // --- what is known ---
  const TopicPartition& name() const { return name_; }
  size_t number() const { return number_; }  // from 0, in the order in which events named them
  std::string subject(Offset offset) const;
  std::string subject(Offset from, Offset end) const;  // [from, end)
  int32_t node = -1;                                   // where its log is; -1 no log event yet
  bool has_log() const { return node != -1; }
  Offset start_offset() const { return start_; }
  Offset end_offset() const { return end_; }
  Offset end_offset_max() const { return end_max_; }  // ever
  uint32_t incarnation() const { return incarnation_; }
  // One past the highest offset acked to a client in this incarnation.
  Offset acked_end() const { return acked_end_; }
  const Circumstances& circumstances() const { return circumstances_; }
  const std::deque<StoredBatch>& batches() const { return batches_; }
  // Batches at and after the one that holds `offset`, as an index into batches().
  size_t batch_index(Offset offset) const;
  // Null when the log does not hold it. Without a log, offsets exist once somebody names one.
  Slot* slot(Offset offset);
  const Slot* slot_at(Offset offset) const;
  // How much of what the log held is still there after a recovery that read these batches back.
  Offset kept_end(const history::LogRecovered& event) const;
  // Adds the slots that once held `offset` and left after `place`, newest first.
  void add_retired_slots(Offset offset, uint64_t place, std::vector<Slot*>& slots);
  const std::deque<Retirement>& retirements() const { return retired_; }

 private:
  void extend_to(Offset end);
  const Retirement* retire(const Step& step, Offset from);
  // The batches that a range of bytes of a file touches, as [first, last) of batches_.
  std::pair<size_t, size_t> batches_in(const std::string& path, int64_t offset, int64_t length);

  const TopicPartition name_;
  const size_t number_;
  Offset start_ = 0;
  Offset end_ = 0;
  Offset end_max_ = 0;
  Offset acked_end_ = 0;
  uint32_t incarnation_ = 0;
  Circumstances circumstances_;
  std::map<std::string, Offset> files_;
  Offset file_ = 0;
  std::deque<StoredBatch> batches_;
  mutable size_t asked_for_ = 0;  // the latest answer of batch_index()
  Offset slots_from_ = 0;
  std::deque<Slot> slots_;  // [slots_from_, end_)
  std::deque<Retirement> retired_;
};

}  // namespace faultline::sim
