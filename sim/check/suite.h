// SPDX-License-Identifier: Apache-2.0
// CheckSuite: watches a run through its events and gives the verdict. It can be an observer of a
// running world or be fed a recorded run; both see the same.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/check/hooks.h"
#include "sim/trace/recorder.h"

namespace faultline::sim {

struct CheckReport {
  Verdict verdict = Verdict::kUnknown;
  std::string why_unknown;
  std::vector<PropertyResult> properties;

  uint64_t sends = 0;
  uint64_t acked = 0;
  uint64_t failed = 0;
  uint64_t unknown = 0;  // with those that never came to an end
  uint64_t records_read = 0;
  uint64_t records_lost_permitted = 0;  // acked to a client
  uint64_t offsets_reused = 0;
  uint64_t faults = 0;              // with an observed effect
  uint64_t faults_overlapping = 0;  // that hit while a send was under way
  uint64_t malformed_events = 0;

  const PropertyResult* property(std::string_view id) const;
};

// For people: the properties one per line, then the findings, losses and reuse.
std::string report_text(const CheckReport& report);
// One JSON object.
std::string report_json(const CheckReport& report);

class CheckSuite final : public EventObserver {
 public:
  struct Options {
    // The scenario plans faults: a run in which none overlapped a write proved nothing.
    bool faults_expected = true;
  };

  explicit CheckSuite(const Options& options);
  ~CheckSuite();

  void on_event(const EventView& event) override;
  // After the last event.
  CheckReport report();

  // For live counters.
  const ClientHistory& clients() const { return clients_; }

 private:
  template <class... Payloads>
  struct Dispatch;

  void handle(const Step& step, const history::LogFile& event);
  void handle(const Step& step, const history::LogAppended& event);
  void handle(const Step& step, const history::LogFlushed& event);
  void handle(const Step& step, const history::LogRecovered& event);
  void handle(const Step& step, const history::LogTruncated& event);
  void handle(const Step& step, const history::LogStartMoved& event);
  void handle(const Step& step, const history::LogAudited& event);
  void handle(const Step& step, const history::LogDeleted& event);
  void handle(const Step& step, const history::BrokerAcked& event);
  void handle(const Step& step, const history::SendInvoked& event);
  void handle(const Step& step, const history::SendAcked& event);
  void handle(const Step& step, const history::SendFailed& event);
  void handle(const Step& step, const history::SendUnknown& event);
  void handle(const Step& step, const history::FetchSent& event);
  void handle(const Step& step, const history::Polled& event);
  void handle(const Step& step, const history::PositionReset& event);
  void handle(const Step& step, const history::ReadThrough& event);
  void handle(const Step& step, const history::Unreadable& event);
  void handle(const Step& step, const history::OffsetFound& event);
  void handle(const Step& step, const history::NodeCrashed& event);
  void handle(const Step& step, const history::NodeStopped& event);
  void handle(const Step& step, const history::FaultInjected& event);
  void handle(const Step& step, const history::FaultHealed& event);
  void handle(const Step& step, const history::DiskLost& event);
  void handle(const Step& step, const history::DiskDamaged& event);
  void handle(const Step& step, const history::TailStarted& event);
  void handle(const Step& step, const history::RunEnded& event);

  PartitionHistory& partition(const std::string& topic, int32_t number);
  PartitionHistory& log_of(const Step& step, const std::string& topic, int32_t number);
  void retired(const Step& step, PartitionHistory& partition, const Retirement* retirement);
  // Finds the slot that a client's word about an offset means. `since`: place of the request that
  // the word answers.
  Claim resolve(PartitionHistory& partition, Offset offset, uint64_t digest, EventId event,
                uint64_t since, bool is_ack);
  void settle(const PartitionHistory& log, const Claim& claim);
  void look_ahead(const std::vector<history::PolledRecord>& records, size_t at);
  const std::vector<Checker*>& with(Hook hook) const { return by_hook_[static_cast<size_t>(hook)]; }
  bool is_send_under_way() const { return clients_.count(SendOutcome::kPending) > 0; }
  void resolve_send(const Step& step, int64_t send_id, SendOutcome outcome);
  void judge_run(CheckReport& report) const;

  const Options options_;
  std::vector<std::unique_ptr<Checker>> checkers_;
  std::array<std::vector<Checker*>, static_cast<size_t>(Hook::kCount)> by_hook_;
  std::map<TopicPartition, PartitionHistory> partitions_;  // never erased
  std::array<PartitionHistory*, 8> recent_{};  // asked for last, by the partition's index
  ClientHistory clients_;
  CheckReport counts_;
  uint64_t place_ = 0;
  std::vector<Slot*> candidates_;           // scratch of resolve()
  std::map<uint32_t, bool> active_faults_;  // by number; whether a send was under way meanwhile
  bool crash_overlapped_ = false;
  bool has_ended_ = false;
};

}  // namespace faultline::sim
