// SPDX-License-Identifier: Apache-2.0
// From events to histories and hooks.
#include "sim/check/suite.h"

#include <algorithm>
#include <array>

namespace faultline::sim {

CheckSuite::CheckSuite(const Options& options) : options_(options) {
  checkers_.push_back(make_offsets_checker());
  checkers_.push_back(make_read_your_acks_checker());
  checkers_.push_back(make_durability_checker());
  checkers_.push_back(make_recovery_checker());
  checkers_.push_back(make_consistency_checker());
  checkers_.push_back(make_lost_writes_checker());
  checkers_.push_back(make_duplicates_checker());
  checkers_.push_back(make_order_checker());
  checkers_.push_back(make_failed_writes_checker());
  checkers_.push_back(make_time_search_checker());
  checkers_.push_back(make_high_watermark_checker());
  checkers_.push_back(make_retention_checker());
  checkers_.push_back(make_liveness_checker());
  for (const auto& checker : checkers_)
    for (size_t hook = 0; hook < by_hook_.size(); ++hook)
      if ((checker->hooks >> hook & 1) != 0) by_hook_[hook].push_back(checker.get());
}

CheckSuite::~CheckSuite() = default;

// The one payload type that each kind of event has, as a table by kind.
template <class... Payloads>
struct CheckSuite::Dispatch {
  using Handler = void (*)(CheckSuite&, const Step&, const EventView&);
  static constexpr size_t kKinds = std::max({Payloads::kType.id...}) + 1;

  static constexpr std::array<Handler, kKinds> make_table() {
    std::array<Handler, kKinds> table{};
    ((table[Payloads::kType.id] = &handle<Payloads>), ...);
    return table;
  }
  static void run(CheckSuite& suite, const Step& step, const EventView& event) {
    static constexpr std::array<Handler, kKinds> kTable = make_table();
    const size_t kind = event.header.kind;
    if (kind < kKinds && kTable[kind] != nullptr) kTable[kind](suite, step, event);
  }
  template <class Payload>
  static void handle(CheckSuite& suite, const Step& step, const EventView& event) {
    const auto handle = [&](const Payload& payload) { suite.handle(step, payload); };
    if (!with_payload<Payload>(event.contents(), handle)) ++suite.counts_.malformed_events;
  }
};

void CheckSuite::on_event(const EventView& event) {
  using namespace history;
  const Step step{event.header, ++place_};
  for (Checker* checker : with(Hook::kStep)) checker->on_step(step);
  Dispatch<LogAppended, LogFlushed, BrokerAcked, SendInvoked, SendAcked, FetchSent, Polled, LogFile,
           LogRecovered, LogTruncated, LogStartMoved, LogAudited, LogDeleted, SendFailed,
           SendUnknown, PositionReset, ReadThrough, Unreadable, OffsetFound, NodeCrashed,
           NodeStopped, FaultInjected, FaultHealed, DiskLost, DiskDamaged, TailStarted,
           RunEnded>::run(*this, step, event);
}

PartitionHistory& CheckSuite::partition(const std::string& topic, int32_t number) {
  PartitionHistory*& recent = recent_[static_cast<uint32_t>(number) % recent_.size()];
  const bool is_it =
      recent != nullptr && recent->name().partition == number && recent->name().topic == topic;
  if (is_it) return *recent;
  TopicPartition name{topic, number};
  recent = &partitions_.try_emplace(name, name, partitions_.size()).first->second;
  return *recent;
}

PartitionHistory& CheckSuite::log_of(const Step& step, const std::string& topic, int32_t number) {
  PartitionHistory& log = partition(topic, number);
  log.node = step.header.node;
  return log;
}

void CheckSuite::retired(const Step& step, PartitionHistory& log, const Retirement* retirement) {
  if (retirement == nullptr) return;
  for (const auto& checker : checkers_) checker->after_retired(step, log, *retirement);
}

// --- logs ---

void CheckSuite::handle(const Step& step, const history::LogFile& event) {
  log_of(step, event.topic, event.partition).on_file(event);
}

void CheckSuite::handle(const Step& step, const history::LogAppended& event) {
  PartitionHistory& log = log_of(step, event.topic, event.partition);
  for (Checker* checker : with(Hook::kAppended)) checker->on_appended(step, log, event);
  const history::Batch& batch = event.batch;
  if (batch.last_offset < batch.base_offset || batch.last_offset > log.end_offset() + kStepMax)
    return;
  const Offset reused_end = std::min(batch.last_offset + 1, log.end_offset_max());
  counts_.offsets_reused +=
      static_cast<uint64_t>(std::max<Offset>(0, reused_end - batch.base_offset));
  retired(step, log, log.on_cut(step, batch.base_offset));  // only after a broken gap rule
  log.on_appended(event);
}

void CheckSuite::handle(const Step& step, const history::LogFlushed& event) {
  PartitionHistory& log = log_of(step, event.topic, event.partition);
  for (const auto& checker : checkers_) checker->on_flushed(step, log, event);
  log.on_flushed(event.end_offset);
}

void CheckSuite::handle(const Step& step, const history::LogRecovered& event) {
  PartitionHistory& log = log_of(step, event.topic, event.partition);
  for (const auto& checker : checkers_) checker->on_recovered(step, log, event);
  retired(step, log, log.on_recovered(step, event));
}

void CheckSuite::handle(const Step& step, const history::LogTruncated& event) {
  PartitionHistory& log = log_of(step, event.topic, event.partition);
  retired(step, log, log.on_cut(step, event.end_offset));
}

void CheckSuite::handle(const Step& step, const history::LogStartMoved& event) {
  PartitionHistory& log = log_of(step, event.topic, event.partition);
  for (const auto& checker : checkers_) checker->on_start_moved(step, log, event);
  log.on_start_moved(event.start_offset);
}

void CheckSuite::handle(const Step& step, const history::LogAudited& event) {
  PartitionHistory& log = log_of(step, event.topic, event.partition);
  for (const auto& checker : checkers_) checker->on_audited(step, log, event);
}

void CheckSuite::handle(const Step& step, const history::LogDeleted& event) {
  log_of(step, event.topic, event.partition).on_deleted(step);
}

void CheckSuite::handle(const Step& step, const history::BrokerAcked& event) {
  PartitionHistory& log = partition(event.topic, event.partition);
  for (Checker* checker : with(Hook::kBrokerAcked)) checker->on_broker_acked(step, log, event);
  log.on_broker_acked(step, event);
}

// --- machines and the run ---

void CheckSuite::handle(const Step& step, const history::NodeCrashed& event) {
  crash_overlapped_ |= is_send_under_way();
  for (auto& [name, log] : partitions_)
    if (log.node == step.header.node) log.on_crash(event.how == "power_loss");
}

void CheckSuite::handle(const Step& step, const history::NodeStopped&) {
  for (const auto& checker : checkers_) checker->on_node_stopped(step);
}

void CheckSuite::handle(const Step& step, const history::FaultInjected& event) {
  for (const auto& checker : checkers_) checker->on_fault(step, event);
  active_faults_[event.fault] = is_send_under_way();
}

void CheckSuite::handle(const Step&, const history::FaultHealed& event) {
  const auto fault = active_faults_.find(event.fault);
  if (fault == active_faults_.end()) return;
  if (event.effects > 0) {
    ++counts_.faults;
    counts_.faults_overlapping += fault->second ? 1 : 0;
  }
  active_faults_.erase(fault);
}

void CheckSuite::handle(const Step& step, const history::DiskLost& event) {
  for (auto& [name, log] : partitions_)
    if (log.node == step.header.node) log.on_disk_lost(event);
}

void CheckSuite::handle(const Step& step, const history::DiskDamaged& event) {
  for (const auto& checker : checkers_) checker->on_disk_damaged(step, event);
  for (auto& [name, log] : partitions_)
    if (log.node == step.header.node) log.on_disk_damaged(event);
}

void CheckSuite::handle(const Step& step, const history::TailStarted& event) {
  for (const auto& checker : checkers_) checker->on_tail(step, event);
}

void CheckSuite::handle(const Step& step, const history::RunEnded& event) {
  has_ended_ =
      event.reason == history::RunEnded::kDone || event.reason == history::RunEnded::kUnread;
  if (!has_ended_) return;
  for (const auto& checker : checkers_) checker->on_end(step);
}

// --- the verdict ---

CheckReport CheckSuite::report() {
  CheckReport report = counts_;
  report.sends = clients_.send_count();
  report.acked = clients_.count(SendOutcome::kAcked);
  report.failed = clients_.count(SendOutcome::kFailed);
  report.unknown = clients_.count(SendOutcome::kUnknown) + clients_.count(SendOutcome::kPending);
  for (const auto& checker : checkers_) report.properties.push_back(checker->result());
  if (const PropertyResult* losses = report.property("H2"))
    report.records_lost_permitted = losses->permitted;
  for (const auto& [fault, is_overlapping] : active_faults_) {
    ++report.faults;
    report.faults_overlapping += is_overlapping ? 1 : 0;
  }
  judge_run(report);
  return report;
}

void CheckSuite::judge_run(CheckReport& report) const {
  const auto is_violated = [](const PropertyResult& result) {
    return result.verdict == Verdict::kViolated;
  };
  if (std::any_of(report.properties.begin(), report.properties.end(), is_violated)) {
    report.verdict = Verdict::kViolated;
    return;
  }
  const bool is_overlapped = report.faults_overlapping > 0 || crash_overlapped_;
  if (report.malformed_events > 0) {
    report.why_unknown = "some events could not be read";
  } else if (!has_ended_) {
    report.why_unknown = "the run did not come to its end";
  } else if (report.acked == 0) {
    report.why_unknown = "no write was acknowledged";
  } else if (report.records_read == 0) {
    report.why_unknown = "nothing was read back";
  } else if (options_.faults_expected && !is_overlapped) {
    report.why_unknown = "no fault overlapped a write";
  }
  report.verdict = report.why_unknown.empty() ? Verdict::kHeld : Verdict::kUnknown;
}

}  // namespace faultline::sim
