// SPDX-License-Identifier: Apache-2.0
// LogManager: one log directory (log.dirs): its partitions, its checkpoints, its clean-shutdown
// marker. Periodic work is explicit calls, which the server's loop makes. A failed fsync of any
// checkpoint takes the whole directory offline, as in Kafka.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/log/directory_files.h"
#include "broker/log/log.h"
#include "broker/log/offset_checkpoint.h"

namespace faultline::log {

struct LogManagerOptions {
  std::string directory;   // below the disk's root
  std::string cluster_id;  // empty: the directory's own, or a new one
  int32_t node_id = 0;
  LogConfig default_config;
  // Configs of single topics; the default where absent.
  std::map<std::string, LogConfig> topic_configs;
};

class LogManager {
 public:
  LogManager(StorageEnv env, LogRules rules, LogManagerOptions options);

  // Takes the directory (kLocked if another process has it), formats it when it is new, loads every
  // partition and recovers after an unclean stop.
  Task<Result<void>> open();

  Log* find(const TopicPartition& partition);
  std::vector<Log*> logs();  // sorted by partition
  // Makes the partition, or gives the one that is there. kCorrupt if its topic id differs.
  Task<Result<Log*>> create(TopicPartition partition, Uuid topic_id, LogConfig config);
  // The partition's data is gone for good; pointers to its Log die.
  Task<Result<void>> remove(TopicPartition partition);
  // For data that no topic claims: it is kept as "...-stray" but not looked at again.
  Task<Result<void>> set_aside(TopicPartition partition);
  // Log::truncate_to and Log::truncate_fully_and_start_at behind a lowered recovery point (B32).
  Task<Result<void>> truncate(TopicPartition partition, Offset offset);
  Task<Result<void>> truncate_fully(TopicPartition partition, Offset offset);

  // --- periodic work; intervals are the caller's (Kafka: 60 s, 5 s, 60 s, 5 min, by flush.ms) ---
  Task<Result<void>> checkpoint_recovery_points();
  Task<Result<void>> checkpoint_high_watermarks();
  Task<Result<void>> checkpoint_log_starts();
  Task<Result<int>> apply_retention();  // segments deleted
  Task<Result<void>> flush_due();       // logs whose flush.ms has passed
  void expire_producers();
  // Every log that works tells what it holds: Log::audit.
  Task<Result<void>> audit();

  // Orderly end: every log closed, checkpoints and the marker written.
  Task<Result<void>> close(int64_t broker_epoch);

  // The directory had an I/O error: its logs take no more requests, a restart recovers.
  bool is_offline() const;
  const MetaProperties& meta() const { return meta_; }
  bool was_clean() const { return was_clean_; }
  int64_t previous_broker_epoch() const { return previous_broker_epoch_; }

 private:
  Task<Result<void>> load_meta(bool exists);
  Task<Result<void>> load_marker();
  Task<Result<OffsetCheckpoint>> load_checkpoint(std::string name);
  Task<Result<void>> load_partitions(std::vector<std::string> names);
  Task<Result<void>> remove_tree(std::string path);
  // Forgets a log and renames its directory; gives the new path.
  Task<Result<std::string>> take_out(TopicPartition partition, std::string suffix);
  Task<Result<void>> write_file(std::string name, std::string text);
  Task<Result<void>> write_recovery_points(std::optional<TopicPartition> lowered, Offset offset);
  Task<Result<void>> write_log_starts();
  Result<Log*> find_or_fail(const TopicPartition& partition);

  StorageEnv env_;
  const LogRules rules_;
  const LogManagerOptions options_;
  MetaProperties meta_;
  bool was_clean_ = false;
  bool is_loaded_ = false;
  bool is_offline_ = false;
  int64_t previous_broker_epoch_ = -1;
  std::map<std::string, std::string> written_;  // what the checkpoint files hold
  Mutex checkpointing_;                         // one writer of checkpoint files
  Mutex changing_;                              // one creation or removal of partitions
  std::map<TopicPartition, std::unique_ptr<Log>> logs_;
  std::vector<std::unique_ptr<Log>> removed_;  // frames may still wait inside them
};

}  // namespace faultline::log
