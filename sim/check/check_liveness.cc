// SPDX-License-Identifier: Apache-2.0
// L1. After the last fault and a time to settle, each send is acked within the bound, and at the
// end every partition with acked records has been read through. What a damaged disk keeps from
// being read is a loss, which others report.
#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sim/check/hooks.h"
#include "sim/trace/print.h"

namespace faultline::sim {
namespace {

class LivenessChecker final : public Checker {
 public:
  LivenessChecker()
      : Checker({"L1", "everything works again after the last fault",
                 "After the faults each send is acked within the bound, and everything that was "
                 "acked is read."}) {}

  void on_tail(const Step& step, const history::TailStarted& event) override {
    is_tail_ = true;
    from_ns_ = step.header.time_ns + event.settle_ns;
    bound_ns_ = event.bound_ns;
    read_.clear();
  }

  void on_send(const Step& step, const PartitionHistory& log, const Send& send) override {
    if (is_tail_ && step.header.time_ns >= from_ns_) waiting_.push_back({&send, &log});
  }

  void on_step(const Step& step) override {
    while (!waiting_.empty()) {
      const Send& send = *waiting_.front().send;
      const bool is_late = step.header.time_ns > send.invoked.header.time_ns + bound_ns_;
      if (send.outcome == SendOutcome::kPending && !is_late) return;
      const PartitionHistory& log = *waiting_.front().log;
      if (!is_excused(step, log)) judge(step, send, is_late);
      waiting_.pop_front();
    }
  }

  void after_client_acked(const Step&, const PartitionHistory& log, const Claim&) override {
    if (last_acked_ == &log) return;
    last_acked_ = &log;
    acked_[log.name()] = &log;
  }

  void on_read_through(const Step&, const PartitionHistory& log, const ReaderHistory&,
                       const history::ReadThrough&) override {
    read_[log.name()] = true;
  }

  void on_unreadable(const Step& step, const PartitionHistory& log,
                     const history::Unreadable& event) override {
    if (!is_tail_) return;
    count_check();
    const Offset from = std::max(event.start_offset, log.start_offset());
    const Offset end = std::min(event.end_offset, log.acked_end());
    if (from >= end || log.circumstances().damaged_from <= from) return;
    if (is_excused(step, log)) return;
    violated({.subject = log.subject(from, end),
              .since_ns = from_ns_,
              .detected_ns = step.header.time_ns,
              .expected = "every acked record can be read after the faults",
              .observed = "reading it failed for as long as it was tried: " + event.error,
              .events = {step.header.id}});
  }

  void on_end(const Step& step) override {
    if (!is_tail_) return;
    on_step(step);
    for (const auto& [name, log] : acked_) {
      if (log->acked_end() <= log->start_offset() || read_.contains(name)) continue;
      if (log->circumstances().damaged_from < log->acked_end()) continue;
      if (is_excused(step, *log)) continue;
      violated({.subject = log->subject(log->start_offset(), log->acked_end()),
                .since_ns = from_ns_,
                .detected_ns = step.header.time_ns,
                .expected = "a reader reaches the end of the acked records after the faults",
                .observed = "none did before the run ended",
                .events = {step.header.id}});
    }
  }

  void on_disk_damaged(const Step& step, const history::DiskDamaged& event) override {
    if (event.why == "latent_sector_error") unreadable_.insert(step.header.node);
  }
  void on_node_stopped(const Step& step) override {
    if (is_tail_) stopped_.insert(step.header.node);
  }

 private:
  struct Waiting {
    const Send* send = nullptr;
    const PartitionHistory* log = nullptr;
  };

  // A process that finds its only disk unreadable ends, as it should; nobody can take its place.
  bool is_excused(const Step& step, const PartitionHistory& log) {
    if (!unreadable_.contains(log.node) || !stopped_.contains(log.node)) return false;
    if (!excused_.insert(log.name()).second) return true;
    note({.kind = Finding::Kind::kNote,
          .subject = log.name().to_string(),
          .since_ns = from_ns_,
          .detected_ns = step.header.time_ns,
          .expected = "everything works again after the faults",
          .observed = "its broker ends: the disk has sectors that cannot be read, and there is no "
                      "other replica",
          .events = {step.header.id}});
    return true;
  }

  void judge(const Step& step, const Send& send, bool is_late) {
    count_check();
    if (send.outcome == SendOutcome::kAcked && !is_late) return;
    const TopicPartition name{send.request.topic, send.request.partition};
    std::string observed = "it was not acked";
    if (send.outcome == SendOutcome::kAcked) observed = "the ack came later";
    if (send.outcome == SendOutcome::kFailed) observed = "the send failed";
    if (send.outcome == SendOutcome::kUnknown) observed = "the producer gave up";
    Finding finding{
        .subject = name.to_string(),
        .since_ns = send.invoked.header.time_ns,
        .detected_ns = step.header.time_ns,
        .expected = fmt::format("{} is acked within {} s", send.to_string(), time_text(bound_ns_)),
        .observed = std::move(observed),
        .events = {send.invoked.header.id}};
    if (send.resolved != 0) finding.events.push_back(send.resolved);
    violated(std::move(finding));
  }

  bool is_tail_ = false;
  int64_t from_ns_ = 0;
  int64_t bound_ns_ = 0;
  std::deque<Waiting> waiting_;
  std::set<int32_t> unreadable_;  // nodes whose disk has sectors that cannot be read
  std::set<int32_t> stopped_;     // nodes whose process ended by itself after the faults
  std::set<TopicPartition> excused_;
  std::map<TopicPartition, const PartitionHistory*> acked_;
  const PartitionHistory* last_acked_ = nullptr;
  std::map<TopicPartition, bool> read_;
};

}  // namespace

std::unique_ptr<Checker> make_liveness_checker() { return make_checker<LivenessChecker>(); }

}  // namespace faultline::sim
