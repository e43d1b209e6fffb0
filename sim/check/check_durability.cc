// SPDX-License-Identifier: Apache-2.0
// S1. An ack that promises fsync is checked three times: the log must have called its records
// flushed, the disk must not have dropped them, and they must still be there after any crash.
#include <fmt/format.h>

#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class DurabilityChecker final : public Checker {
 public:
  DurabilityChecker()
      : Checker({"S1", "acked means durable where promised",
                 "An ack that promises fsync is given for durable records only, and no crash takes "
                 "them."}) {}

  void on_broker_acked(const Step& step, const PartitionHistory& log,
                       const history::BrokerAcked& event) override {
    if (!event.promises_flush) return;
    count_check();
    const Offset flushed_end = log.circumstances().flushed_end;
    if (event.last_offset < flushed_end) return;
    violated({.subject = log.subject(event.base_offset, next_offset(event.last_offset)),
              .since_ns = step.header.time_ns,
              .detected_ns = step.header.time_ns,
              .expected = "an ack that promises fsync comes after it",
              .observed = fmt::format("the log was flushed up to offset {} only", flushed_end),
              .events = {step.header.id}});
  }

  void on_flushed(const Step& step, const PartitionHistory& log,
                  const history::LogFlushed& event) override {
    const Offset dropped_from = log.circumstances().dropped_from;
    if (dropped_from >= event.end_offset) return;
    violated({.subject = log.subject(dropped_from, event.end_offset),
              .since_ns = step.header.time_ns,
              .detected_ns = step.header.time_ns,
              .expected = "a log that was told of a failed fsync does not call its bytes durable",
              .observed = fmt::format("flushed up to offset {}, but the disk dropped offset {}",
                                      event.end_offset, dropped_from),
              .events = {step.header.id}});
  }

  void after_retired(const Step& step, const PartitionHistory& log,
                     const Retirement& retired) override {
    for (Offset offset = retired.from; offset < retired.end(); ++offset) {
      const Slot& slot = retired.slots[static_cast<size_t>(offset - retired.from)];
      if (!slot.promises_flush) continue;
      const LossJudgement loss = judge_loss(retired.circumstances, offset, slot);
      Finding finding{.subject = log.subject(offset),
                      .since_ns = slot.acked_ns,
                      .detected_ns = step.header.time_ns,
                      .expected = "a record whose ack promised fsync stays",
                      .observed = "it is gone: " + loss.because,
                      .events = {slot.broker_ack, step.header.id}};
      if (loss.is_permitted) {
        permitted(std::move(finding), 1);
      } else {
        violated(std::move(finding));
      }
    }
  }
};

}  // namespace

std::unique_ptr<Checker> make_durability_checker() { return make_checker<DurabilityChecker>(); }

}  // namespace faultline::sim
