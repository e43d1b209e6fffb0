// SPDX-License-Identifier: Apache-2.0
// LogStory: one partition lives through appends, cuts, crashes and power losses beside a trivial
// model: the list of all batches that were ever accepted, and what was promised of it. After each
// start the log must be a run of that list, whole and in order, with everything that was flushed.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/broker/log/storage_fixture.h"

namespace faultline::log {

enum class StepKind : uint8_t {
  kAppend,
  kRead,
  kRoll,
  kFlush,
  kTruncate,
  kDeleteRecords,
  kRetention,
  kCheckpoint,
  kCleanStop,
  kKill,
  kLosePower,
  kStopWhileLoading,
  kFailedSync,
};
constexpr int kStepKinds = 13;

struct Step {
  StepKind kind = StepKind::kAppend;
  uint64_t number = 0;   // which size, offset, operation: the step makes of it what it needs
  uint64_t dies_at = 0;  // > 0: the disk dies at this operation of the step
  bool loses_power = false;
};
// Most steps append, flush or roll; some die in the middle.
Step random_step(Draws& draws);
std::string to_string(const Step& step);

class LogStory {
 public:
  explicit LogStory(LogRules rules);
  ~LogStory();

  // Empty, or what is wrong.
  std::string play(const Step& step);

 private:
  struct Known {
    StoredBatch batch;
    LeaderEpoch epoch = 0;
    ProducerId producer_id = -1;
    int32_t last_sequence = -1;
  };

  std::string start();
  std::string stop_and_start(bool loses_power, uint64_t seed);
  std::string stop_while_loading(const Step& step);
  std::string perform(const Step& step);
  std::string append(uint64_t number);
  std::string read(uint64_t number);
  std::string truncate(uint64_t number);
  std::string delete_records(uint64_t number);
  std::string check(bool after_start);
  std::string check_producers(Offset end);
  std::string check_audit(const std::vector<StoredBatch>& stored);
  void expect_next_sequence();
  Offset pick_offset(uint64_t number) const;
  LogManagerOptions options() const;
  // Runs a task; nothing comes back when the disk died meanwhile.
  template <class T>
  std::optional<T> run(Task<T> task) {
    return storage_.run_or_die(std::move(task));
  }

  Storage storage_;
  const LogRules rules_;
  std::unique_ptr<LogManager> manager_;
  Log* log_ = nullptr;
  uint64_t appends_ = 0;
  int32_t next_sequence_ = 0;
  LeaderEpoch epoch_ = 0;
  // The model.
  std::vector<Known> known_;     // all batches of this lineage, from offset 0
  size_t in_doubt_ = 0;          // the last so many may be missing after any crash
  bool was_cut_short_ = false;   // a truncation died
  bool has_lost_power_ = false;  // at the crash before this start
  Offset promised_ = 0;          // everything before it is durable
  Offset start_promised_ = 0;    // no start before it comes back
  Offset start_max_ = 0;         // nor one behind it
  Offset written_ = 0;           // in the page cache: a mere kill keeps it
};

}  // namespace faultline::log
