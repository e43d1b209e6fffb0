// SPDX-License-Identifier: Apache-2.0
// Checker: one property, judged event by event. CheckSuite decodes each event once, keeps the
// shared histories and calls the hooks: on_x is told what happens before the histories know it,
// after_x when they do. A hook costs O(1) amortised and never writes to the histories.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/check/client_history.h"
#include "sim/check/finding.h"
#include "sim/check/partition_history.h"

namespace faultline::sim {

// What the histories make of a client's word that an offset holds a record.
struct Claim {
  Offset offset = 0;
  uint64_t digest = 0;
  EventId event = 0;     // that says so
  bool is_ack = false;   // else it was read
  Send* send = nullptr;  // whose record it is; null: nobody's
  // The one slot that it can mean; null when several could, or none.
  Slot* slot = nullptr;
  bool is_in_current_incarnation = false;
  bool is_confirmed = false;  // the slot was known to hold it
  // Every slot that it could mean holds something else, e.g. `other`.
  bool contradicts = false;
  std::string other;
  EventId other_event = 0;

  std::string record_text() const;  // for people
};

class Checker {
 public:
  explicit Checker(const Property& property) { result_.property = property; }
  virtual ~Checker() = default;

  // --- log ---
  virtual void on_appended(const Step&, const PartitionHistory&, const history::LogAppended&) {}
  virtual void on_flushed(const Step&, const PartitionHistory&, const history::LogFlushed&) {}
  virtual void on_recovered(const Step&, const PartitionHistory&, const history::LogRecovered&) {}
  // The head of the log was deleted; the log still says what it held.
  virtual void on_start_moved(const Step&, const PartitionHistory&, const history::LogStartMoved&) {
  }
  virtual void on_audited(const Step&, const PartitionHistory&, const history::LogAudited&) {}
  // Records left the end of the log: recovery found less, or it was cut.
  virtual void after_retired(const Step&, const PartitionHistory&, const Retirement&) {}
  // --- broker and clients ---
  virtual void on_broker_acked(const Step&, const PartitionHistory&, const history::BrokerAcked&) {}
  virtual void on_send(const Step&, const PartitionHistory&, const Send&) {}
  virtual void after_resolved(const Step&, const Send&) {}
  // A record was acked or read.
  virtual void on_claim(const Step&, const PartitionHistory&, const Claim&) {}
  virtual void after_client_acked(const Step&, const PartitionHistory&, const Claim&) {}
  virtual void on_fetch(const Step&, const PartitionHistory&, const ReaderHistory&, Offset) {}
  // `fetch` is null when its event is not known.
  virtual void on_polled(const Step&, const PartitionHistory&, const ReaderHistory&,
                         const FetchInFlight*, const history::Polled&) {}
  // Each record of it, with what it means; the reader stands before it.
  virtual void on_record_read(const Step&, const PartitionHistory&, const ReaderHistory&,
                              const Claim&) {}
  virtual void on_read_through(const Step&, const PartitionHistory&, const ReaderHistory&,
                               const history::ReadThrough&) {}
  virtual void on_unreadable(const Step&, const PartitionHistory&, const history::Unreadable&) {}
  virtual void on_offset_found(const Step&, const PartitionHistory&, const ReaderHistory&,
                               const history::OffsetFound&) {}
  // --- the run ---
  virtual void on_node_stopped(const Step&) {}  // by itself; the node is the event's
  virtual void on_disk_damaged(const Step&, const history::DiskDamaged&) {}
  virtual void on_fault(const Step&, const history::FaultInjected&) {}
  virtual void on_tail(const Step&, const history::TailStarted&) {}
  virtual void on_step(const Step&) {}  // every event, before anything else
  virtual void on_end(const Step&) {}

  // A bit for each Hook (hooks.h) that it overrides; all, unless make_checker() knows better.
  uint32_t hooks = UINT32_MAX;

  // Held when it was put to the test and never broken.
  const PropertyResult& result() {
    if (result_.violations > 0) {
      result_.verdict = Verdict::kViolated;
    } else {
      result_.verdict = result_.checks > 0 ? Verdict::kHeld : Verdict::kUnknown;
    }
    return result_;
  }

 protected:
  static constexpr uint64_t kFindingsMax = 10;  // kept of each kind

  void count_check(uint64_t count = 1) { result_.checks += count; }
  void violated(Finding finding) {
    finding.kind = Finding::Kind::kViolation;
    if (++result_.violations <= kFindingsMax) result_.findings.push_back(std::move(finding));
  }
  void permitted(Finding finding, uint64_t records) {
    finding.kind = Finding::Kind::kPermittedLoss;
    result_.permitted += records;
    keep(std::move(finding), permitted_findings_);
  }
  void note(Finding finding) { keep(std::move(finding), notes_); }

 private:
  void keep(Finding finding, uint64_t& count) {
    if (++count <= kFindingsMax) result_.findings.push_back(std::move(finding));
  }

  PropertyResult result_;
  uint64_t permitted_findings_ = 0;
  uint64_t notes_ = 0;
};

// I7: a log gives out offsets without gaps and each once, and readers see them so.
std::unique_ptr<Checker> make_offsets_checker();
// R1: a fetch sent after an ack sees the acked record.
std::unique_ptr<Checker> make_read_your_acks_checker();
// S1: an ack that promises fsync is given for durable bytes only, and they stay.
std::unique_ptr<Checker> make_durability_checker();
// S2: a log comes back as a prefix of what was written, with all that was durable.
std::unique_ptr<Checker> make_recovery_checker();
// H1: an offset holds one record, which somebody sent there.
std::unique_ptr<Checker> make_consistency_checker();
// H2: an acked record is readable for ever, as far as its ack promised.
std::unique_ptr<Checker> make_lost_writes_checker();
// H3: no record is there twice, where idempotence is promised.
std::unique_ptr<Checker> make_duplicates_checker();
// H4: one producer's records to one partition keep their order, where that is promised.
std::unique_ptr<Checker> make_order_checker();
// H5: a search by time finds the first record that is late enough.
std::unique_ptr<Checker> make_time_search_checker();
// I5: the high watermark is within the log.
std::unique_ptr<Checker> make_high_watermark_checker();
// S4: retention deletes only what is old or too much.
std::unique_ptr<Checker> make_retention_checker();
// H6: a record whose send failed for certain is never read.
std::unique_ptr<Checker> make_failed_writes_checker();
// L1: after the last fault, everything works again within the bound.
std::unique_ptr<Checker> make_liveness_checker();

}  // namespace faultline::sim
