// SPDX-License-Identifier: Apache-2.0
// H2. Acked records may leave the end of a log only if no promise covered what happened to it; that
// loss is reported and counted as permitted. And a reader who reads everything must meet them all.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class LostWritesChecker final : public Checker {
 public:
  LostWritesChecker()
      : Checker({"H2", "no lost writes",
                 "A record that a client was told is in stays readable, as far as the settings of "
                 "its ack promised."}) {}

  void after_client_acked(const Step&, const PartitionHistory& log, const Claim&) override {
    count_check();
    if (last_acked_ == &log) return;
    last_acked_ = &log;
    acked_[log.name()] = &log;
  }

  void after_retired(const Step& step, const PartitionHistory& log,
                     const Retirement& retired) override {
    const auto slot_at = [&](Offset offset) -> const Slot& {
      return retired.slots[static_cast<size_t>(offset - retired.from)];
    };
    // Neighbours that were lost for the same reason are one finding.
    for (Offset from = retired.from; from < retired.end();) {
      if (!slot_at(from).is_client_acked) {
        ++from;
        continue;
      }
      const LossJudgement loss = judge_loss(retired.circumstances, from, slot_at(from));
      Offset end = from + 1;
      while (end < retired.end() && slot_at(end).is_client_acked &&
             judge_loss(retired.circumstances, end, slot_at(end)).because == loss.because)
        ++end;
      report(step, log, from, end, slot_at(from), loss);
      from = end;
    }
  }

  void on_read_through(const Step& step, const PartitionHistory& log, const ReaderHistory& reader,
                       const history::ReadThrough& event) override {
    read_.insert(log.name());
    const Offset from = std::max(event.start_offset, log.start_offset());
    const auto has_read = [&](Offset offset) {
      return offset >= reader.contiguous_from && offset < reader.next;
    };
    const Offset end = log.acked_end();
    if (from >= end || (has_read(from) && has_read(end - 1))) return;
    for (Offset offset = from; offset < end; ++offset) {
      const Slot* slot = log.slot_at(offset);
      if (slot == nullptr || !slot->is_client_acked || has_read(offset)) continue;
      if (slot->reader == reader.number) continue;
      LossJudgement loss{log.circumstances().damaged_from <= offset,
                         "a reader of the whole log did not meet it"};
      report(step, log, offset, offset + 1, *slot, loss);
    }
  }

  // Nobody could read a damaged log to its end: what lies behind the damage counts as lost.
  // (Without damage it is a matter of liveness.)
  void on_end(const Step& step) override {
    for (const auto& [name, log] : acked_) {
      if (read_.contains(name)) continue;
      const Offset from = std::max(log->circumstances().damaged_from, log->start_offset());
      for (Offset offset = from; offset < log->acked_end(); ++offset) {
        const Slot* slot = log->slot_at(offset);
        if (slot == nullptr || !slot->is_client_acked) continue;
        const LossJudgement loss{true, "the disk was damaged and nothing behind could be read"};
        report(step, *log, offset, offset + 1, *slot, loss);
      }
    }
  }

 private:
  // NOLINTNEXTLINE(readability-function-size): the words of one finding
  void report(const Step& step, const PartitionHistory& log, Offset from, Offset end,
              const Slot& first, const LossJudgement& loss) {
    const int64_t count = end - from;
    Finding finding{
        .subject = log.subject(from, end),
        .since_ns = first.acked_ns,
        .detected_ns = step.header.time_ns,
        .expected =
            count == 1 ? "the acked record stays" : fmt::format("the {} acked records stay", count),
        .observed = fmt::format("{} gone: {}", count == 1 ? "it is" : "they are", loss.because),
        .events = {}};
    if (first.client_ack != 0) finding.events.push_back(first.client_ack);
    finding.events.push_back(step.header.id);
    if (loss.is_permitted) {
      permitted(std::move(finding), static_cast<uint64_t>(count));
    } else {
      violated(std::move(finding));
    }
  }

  std::map<TopicPartition, const PartitionHistory*> acked_;
  const PartitionHistory* last_acked_ = nullptr;
  std::set<TopicPartition> read_;
};

}  // namespace

std::unique_ptr<Checker> make_lost_writes_checker() { return make_checker<LostWritesChecker>(); }

}  // namespace faultline::sim
