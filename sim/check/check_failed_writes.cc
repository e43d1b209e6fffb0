// SPDX-License-Identifier: Apache-2.0
// H6. A client that calls a send failed says that its record is not in the log. Calling it failed
// where nobody can know is the usual way to hide a duplicate or a loss.
#include <fmt/format.h>

#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class FailedWritesChecker final : public Checker {
 public:
  FailedWritesChecker()
      : Checker({"H6", "failed means absent",
                 "A record whose send failed for certain is never read."}) {}

  void after_resolved(const Step& step, const Send& send) override {
    if (send.outcome != SendOutcome::kFailed) return;
    count_check();
    if (send.placed_at != -1) report(step, send, send.placed_at);
  }
  void on_record_read(const Step& step, const PartitionHistory&, const ReaderHistory&,
                      const Claim& claim) override {
    if (claim.send != nullptr && claim.send->outcome == SendOutcome::kFailed)
      report(step, *claim.send, claim.offset);
  }

 private:
  void report(const Step& step, const Send& send, Offset offset) {
    const TopicPartition name{send.request.topic, send.request.partition};
    violated({.subject = name.to_string() + "@" + std::to_string(offset),
              .since_ns = send.invoked.header.time_ns,
              .detected_ns = step.header.time_ns,
              .expected = fmt::format("{}, whose send failed, is nowhere", send.to_string()),
              .observed = fmt::format("it was read at offset {}", offset),
              .events = {send.resolved, step.header.id}});
  }
};

}  // namespace

std::unique_ptr<Checker> make_failed_writes_checker() {
  return make_checker<FailedWritesChecker>();
}

}  // namespace faultline::sim
