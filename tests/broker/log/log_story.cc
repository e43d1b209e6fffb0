// SPDX-License-Identifier: Apache-2.0
// The steps of the story and the property that holds after each.
#include "tests/broker/log/log_story.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace faultline::log {
namespace {

const TopicPartition kPartition{"t", 0};
const Uuid kTopicId = Uuid::from_words(3, 4);

LogConfig story_config() {
  LogConfig config;
  config.segment_bytes = 4000;
  config.index_interval_bytes = 300;
  config.retention_bytes = 12'000;
  config.retention_ms = -1;
  return config;
}

constexpr const char* kNames[kStepKinds] = {
    "append",     "read", "roll", "flush",      "truncate",           "delete records", "retention",
    "checkpoint", "stop", "kill", "lose power", "stop while loading", "failed sync"};

}  // namespace

Step random_step(Draws& draws) {
  constexpr StepKind kOften[] = {StepKind::kAppend, StepKind::kAppend, StepKind::kAppend,
                                 StepKind::kAppend, StepKind::kFlush,  StepKind::kCheckpoint};
  Step step;
  const uint64_t pick = draws.below(kStepKinds + 18);
  step.kind = pick < kStepKinds ? static_cast<StepKind>(pick) : kOften[pick % 6];
  step.number = draws.below(1000);
  if (draws.chance({1, 8})) step.dies_at = 1 + draws.below(12);
  step.loses_power = draws.chance({1, 2});
  return step;
}

std::string to_string(const Step& step) {
  std::string text = fmt::format("{} {}", kNames[static_cast<size_t>(step.kind)], step.number);
  if (step.dies_at > 0)
    text += fmt::format(" (dies at {}, {})", step.dies_at, step.loses_power ? "power" : "kill");
  return text;
}

LogStory::LogStory(LogRules rules) : rules_(rules) {
  const std::string wrong = start();
  ASSERT(wrong.empty());
  const Result<Log*> made = *run(manager_->create(kPartition, kTopicId, story_config()));
  ASSERT(made.has_value());
  log_ = *made;
}

LogStory::~LogStory() = default;

LogManagerOptions LogStory::options() const {
  LogManagerOptions options;
  options.directory = "data";
  options.default_config = story_config();
  return options;
}

std::string LogStory::play(const Step& step) {
  if (step.kind == StepKind::kKill) return stop_and_start(false, step.number);
  if (step.kind == StepKind::kLosePower) return stop_and_start(true, step.number);
  if (step.kind == StepKind::kStopWhileLoading) return stop_while_loading(step);
  if (step.dies_at > 0) storage_.disk.die_at(storage_.disk.op_count() + step.dies_at, step.number);
  std::string wrong = perform(step);
  if (!wrong.empty()) return wrong;
  // Open hole: a process that is killed between a failed fsync and the marker that it leaves
  // (cache_distrust.h) starts again on pages that it should not believe.
  const bool loses_power = step.loses_power || step.kind == StepKind::kFailedSync;
  if (storage_.disk.is_dead()) return stop_and_start(loses_power, step.number);
  storage_.disk.die_at(UINT64_MAX, 0);
  return check(false);
}

std::string LogStory::perform(const Step& step) {
  switch (step.kind) {
    case StepKind::kAppend: return append(step.number);
    case StepKind::kRead: return read(step.number);
    case StepKind::kRoll: {
      const auto rolled = run(log_->roll());
      return rolled && !*rolled ? "roll: " + rolled->error().to_string() : "";
    }
    case StepKind::kFlush: {
      const Offset end = log_->log_end_offset();
      const auto flushed = run(log_->flush());
      if (flushed && !*flushed) return "flush: " + flushed->error().to_string();
      if (flushed) promised_ = end;
      return "";
    }
    case StepKind::kTruncate: return truncate(step.number);
    case StepKind::kDeleteRecords: return delete_records(step.number);
    case StepKind::kRetention: {
      const auto deleted = run(log_->delete_old_segments());
      start_max_ = std::max(start_max_, log_->log_start_offset());
      return deleted && !*deleted ? "retention: " + deleted->error().to_string() : "";
    }
    case StepKind::kCheckpoint: {
      const Offset start = log_->log_start_offset();
      const auto points = run(manager_->checkpoint_recovery_points());
      const auto marks = run(manager_->checkpoint_high_watermarks());
      const auto starts = run(manager_->checkpoint_log_starts());
      if (starts && *starts) start_promised_ = start;
      return "";
    }
    case StepKind::kCleanStop: {
      const Offset end = log_->log_end_offset();
      const Offset start = log_->log_start_offset();
      const auto closed = run(manager_->close(1));
      if (!closed) return "";  // the disk died: play() goes on
      if (!*closed) return "close: " + closed->error().to_string();
      promised_ = end;
      start_promised_ = start;
      return stop_and_start(step.loses_power, step.number);
    }
    case StepKind::kFailedSync: {
      const auto appended = append(step.number);
      if (!appended.empty()) return appended;
      const Offset end = log_->log_end_offset();
      if (log_->recovery_point() == end) return "";  // a roll has flushed it in the background
      storage_.disk.fail_sync_in(1);
      const auto flushed = run(log_->flush());
      if (flushed && *flushed && rules_.storage.fence_on_fsync_error)
        return "flush: no error from a failed fsync";
      if (flushed && *flushed) promised_ = end;  // that code asked again and believed the answer
      const bool loses_power = step.loses_power || storage_.disk.is_dead();  // see play()
      return stop_and_start(loses_power, step.number);
    }
    default: UNREACHABLE();
  }
}

std::string LogStory::append(uint64_t number) {
  BatchSpec spec;
  spec.records = 1 + static_cast<int>(number % 3);
  spec.value_size = 20 + number;
  spec.seed = ++appends_;
  spec.timestamp_ms += static_cast<int64_t>(appends_);
  if (number % 2 == 0) {
    spec.producer_id = 5;
    spec.sequence = next_sequence_;
  }
  if (number % 7 == 0) ++epoch_;
  const Slice bytes = make_batch(spec);
  const wire::BatchView batch(bytes.view());
  const Offset base = log_->log_end_offset();
  Known known{{base, base + spec.records - 1, batch.crc(), true}, epoch_, spec.producer_id, -1};
  if (spec.producer_id >= 0) known.last_sequence = spec.sequence + spec.records - 1;
  known_.push_back(known);
  in_doubt_ = 1;
  const auto result = run(log_->append(client_append(bytes, epoch_)));
  if (!result) return "";  // whether it is there shows after the start
  if (!*result) return "append: " + result->error().to_string();
  if ((*result)->status != AppendStatus::kAppended) return "append was refused";
  if ((*result)->base_offset != base) return "append: wrong offset";
  in_doubt_ = 0;
  written_ = base + spec.records;
  if (spec.producer_id >= 0) next_sequence_ = known.last_sequence + 1;
  return "";
}

Offset LogStory::pick_offset(uint64_t number) const {
  const Offset start = log_->log_start_offset();
  return start +
         static_cast<Offset>(number % static_cast<uint64_t>(log_->log_end_offset() - start + 1));
}

std::string LogStory::read(uint64_t number) {
  ReadRequest request;
  request.offset = pick_offset(number);
  request.bytes_max = number;
  const auto result = run(log_->read(request));
  if (!result) return "";
  if (!*result) return "read: " + result->error().to_string();
  if (request.offset == log_->log_end_offset()) return "";
  if ((*result)->batches.empty()) return "read nothing below the end";
  const wire::BatchView batch((*result)->batches.view());
  const bool holds = batch.base_offset() <= request.offset && batch.last_offset() >= request.offset;
  return holds ? "" : "read began at the wrong batch";
}

std::string LogStory::truncate(uint64_t number) {
  if (number % 4 != 0) return "";  // rare, or nothing would ever grow
  const Offset offset = pick_offset(number);
  size_t kept = known_.size();
  while (kept > 0 && known_[kept - 1].batch.last_offset >= offset) --kept;
  const Offset end = kept == 0 ? 0 : known_[kept - 1].batch.last_offset + 1;
  promised_ = std::min(promised_, end);
  written_ = std::min(written_, end);
  const auto done = run(manager_->truncate(kPartition, offset));
  was_cut_short_ = !done;
  if (!done) return "";  // cut or not: the start shows
  if (!*done) return "truncate: " + done->error().to_string();
  known_.resize(kept);
  expect_next_sequence();
  return "";
}

std::string LogStory::delete_records(uint64_t number) {
  if (number % 3 != 0) return "";
  const auto done = run(log_->delete_records_before(pick_offset(number)));
  start_max_ = std::max(start_max_, log_->log_start_offset());
  return done && !*done ? "delete records: " + done->error().to_string() : "";
}

std::string LogStory::stop_and_start(bool loses_power, uint64_t seed) {
  log_ = nullptr;
  manager_.reset();
  has_lost_power_ = loses_power;
  if (loses_power) {
    storage_.disk.lose_power(seed);
  } else {
    storage_.disk.restart();
  }
  std::string wrong = start();
  if (!wrong.empty()) return wrong;
  log_ = manager_->find(kPartition);
  if (log_ == nullptr) return "the partition is gone";
  if (log_->topic_id() != kTopicId) return "the topic id is gone";
  std::string found = check(true);
  // Whoever wanted the cut would ask again; until then what was cut may come back.
  if (was_cut_short_) run(log_->flush());
  was_cut_short_ = false;
  return found;
}

std::string LogStory::start() {
  manager_ = std::make_unique<LogManager>(storage_.env(), rules_, options());
  const auto opened = run(manager_->open());
  ASSERT(opened.has_value());
  return *opened ? "" : "start: " + opened->error().to_string();
}

// The process is told to stop while it loads: it may write what an orderly stop writes.
std::string LogStory::stop_while_loading(const Step& step) {
  log_ = nullptr;
  manager_.reset();
  if (step.loses_power) {
    storage_.disk.lose_power(step.number);
  } else {
    storage_.disk.restart();
  }
  storage_.disk.die_at(storage_.disk.op_count() + 1 + step.number % 8, step.number);
  manager_ = std::make_unique<LogManager>(storage_.env(), rules_, options());
  {
    std::optional<Result<void>> result;
    Scope scope(storage_.executor);
    scope.spawn(store_result(manager_->open(), &result));
    storage_.executor.run_until_idle();
    scope.cancel();
    storage_.executor.run_until_idle();
  }
  storage_.disk.restart();
  const auto closed = run(manager_->close(1));
  has_lost_power_ = step.loses_power;
  (void)closed;
  const bool lost = step.loses_power;
  log_ = nullptr;
  manager_.reset();
  storage_.disk.restart();
  has_lost_power_ = lost;
  std::string wrong = start();
  if (!wrong.empty()) return wrong;
  log_ = manager_->find(kPartition);
  if (log_ == nullptr) return "the partition is gone";
  return check(true);
}

// The property.
std::string LogStory::check(bool after_start) {
  const Offset start = log_->log_start_offset();
  const Offset end = log_->log_end_offset();
  if (log_->high_watermark() > end) return "the high watermark is beyond the end";
  const std::vector<StoredBatch> stored = read_all(storage_, *log_);
  if (!stored.empty() && stored.back().last_offset + 1 != end) return "not readable to its end";
  if (stored.empty() && start != end) return "nothing readable";

  size_t at = 0;
  while (at < known_.size() && known_[at].batch.last_offset < start) ++at;
  for (const StoredBatch& batch : stored) {
    if (!batch.crc_is_valid) return fmt::format("a corrupt batch at {}", batch.base_offset);
    if (at == known_.size() || known_[at].batch != batch)
      return fmt::format("a batch at {} that was not appended there", batch.base_offset);
    const auto epoch = log_->leader_epochs().epoch_of(std::max(batch.base_offset, start));
    if (epoch != known_[at].epoch)
      return fmt::format("epoch {} of offset {} is {}", known_[at].epoch, batch.base_offset,
                         epoch.value_or(-1));
    ++at;
  }
  std::string audited = check_audit(stored);
  if (!audited.empty()) return audited;
  if (end < promised_) return fmt::format("flushed up to {}, ends at {}", promised_, end);
  if (start < start_promised_)
    return fmt::format("start {} promised, is {}", start_promised_, start);
  if (start > start_max_) return fmt::format("starts at {} without being told", start);
  if (!has_lost_power_ && end < written_)
    return fmt::format("a kill lost {}..{} of the page cache", end, written_);
  std::string wrong = check_producers(end);
  if (!wrong.empty() || !after_start) return wrong;

  // What is not there now will never be.
  while (!known_.empty() && known_.back().batch.last_offset >= end) known_.pop_back();
  in_doubt_ = 0;
  written_ = end;
  has_lost_power_ = false;
  start_max_ = std::max(start, start_max_);
  epoch_ = std::max(epoch_, log_->leader_epochs().latest().value_or(0));
  expect_next_sequence();
  return "";
}

// The log's own audit agrees with what was read, and finds the indexes as a rebuild makes them.
std::string LogStory::check_audit(const std::vector<StoredBatch>& stored) {
  storage_.probe.events.clear();
  const auto audited = run(log_->audit());
  if (!audited || !*audited) return "audit: " + (audited ? audited->error().to_string() : "died");
  const std::vector<history::LogAudited> events = storage_.probe.all<history::LogAudited>();
  if (events.size() != 1) return "the audit said nothing";
  uint64_t chain = 0;
  for (const StoredBatch& batch : stored)
    chain = history::extend_chain(chain, {batch.base_offset, batch.last_offset, batch.crc});
  if (!events[0].indexes_match) return "the audit found " + events[0].detail;
  if (events[0].chain != chain) return "the audit read other batches";
  if (events[0].end_offset != log_->log_end_offset()) return "the audit found another end";
  return "";
}

void LogStory::expect_next_sequence() {
  const auto found = log_->producers().entries.find(5);
  const bool is_known = found != log_->producers().entries.end() && found->second.newest();
  next_sequence_ = is_known ? found->second.newest()->last_sequence + 1 : 0;
}

std::string LogStory::check_producers(Offset end) {
  int32_t last_sequence = -1;
  Offset last_offset = -1;
  for (const Known& known : known_) {
    if (known.producer_id < 0 || known.batch.last_offset >= end) continue;
    last_sequence = known.last_sequence;
    last_offset = known.batch.last_offset;
  }
  const auto found = log_->producers().entries.find(5);
  const auto* newest = found == log_->producers().entries.end() ? nullptr : found->second.newest();
  const int32_t stored = newest == nullptr ? -1 : newest->last_sequence;
  if (stored == last_sequence) return "";
  // Its batches are all deleted: a crash may take the rest of what was known of it.
  if (stored == -1 && last_offset < log_->log_start_offset()) return "";
  return fmt::format("the producer's last sequence is {}, should be {}", stored, last_sequence);
}

}  // namespace faultline::log
