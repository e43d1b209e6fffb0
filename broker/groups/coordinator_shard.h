// SPDX-License-Identifier: Apache-2.0
// CoordinatorShard: the groups whose records lie in one partition of __consumer_offsets. It reads
// them back when this broker begins to lead the partition, and writes through one queue, so that
// records lie in the log in the order in which they were decided; what waits together becomes one
// batch.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "broker/env/clock.h"
#include "broker/env/sync.h"
#include "broker/groups/coordinator_records.h"
#include "broker/groups/core/group_core.h"
#include "broker/log/log.h"

namespace faultline::groups {

struct Group {
  GroupState state;
  std::map<OffsetKey, CommittedOffset> offsets;
  std::optional<Instant> scheduled;  // in the coordinator's agenda
};

// Records to be written, and what they mean once they are.
struct ShardWrite {
  std::string group;
  std::vector<CoordinatorRecord> records;
  std::map<OffsetKey, std::optional<CommittedOffset>> offsets;  // to apply
  uint64_t store = 0;    // of the core's Store; 0 if there is none
  uint64_t request = 0;  // who waits for the outcome; 0 for nobody
};

class CoordinatorShard {
 public:
  // Called when a write has come to its end, in the order of the writes.
  using OnWritten = std::function<void(const ShardWrite&, const Result<void>&)>;

  CoordinatorShard(Clock& clock, log::Log& log, LeaderEpoch epoch, OnWritten on_written);

  // Folds the log into groups. kCorrupt if it cannot be read to its end.
  Task<Result<void>> load();
  bool is_loaded() const { return is_loaded_; }

  void write(ShardWrite write);
  // Writes what is queued until its scope is cancelled.
  Task<void> run_writer();
  // Waits until nothing is queued or under way.
  Task<Result<void>> drained();

  std::map<std::string, Group> groups;

 private:
  Result<void> fold(const Slice& batches);
  void apply(const CoordinatorEntry& entry);
  Task<Result<void>> append(const std::vector<ShardWrite>* writes);

  Clock& clock_;
  log::Log& log_;
  const LeaderEpoch epoch_;
  const OnWritten on_written_;
  bool is_loaded_ = false;
  bool is_writing_ = false;
  std::deque<ShardWrite> queue_;
  Notifier changed_;
};

}  // namespace faultline::groups
