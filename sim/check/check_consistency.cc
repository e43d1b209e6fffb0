// SPDX-License-Identifier: Apache-2.0
// H1. What clients are told of an offset, by acks and by reads, is one record per incarnation, and
// one that a producer sent to this partition.
#include <fmt/format.h>

#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class ConsistencyChecker final : public Checker {
 public:
  ConsistencyChecker()
      : Checker({"H1", "one record per offset",
                 "Everybody who is told what an offset holds is told the same, and it is a record "
                 "that was sent to this partition."}) {}

  void on_send(const Step&, const PartitionHistory&, const Send&) override { has_sends_ = true; }

  void on_claim(const Step& step, const PartitionHistory& log, const Claim& claim) override {
    if (claim.is_confirmed || claim.contradicts) count_check();
    if (claim.contradicts) report(step, log, claim, claim.other);
    if (claim.is_ack || claim.slot == nullptr || !has_sends_) return;
    if (claim.send == nullptr) {
      report(step, log, claim, "a record that somebody sent");
    } else if (claim.send->request.topic != log.name().topic ||
               claim.send->request.partition != log.name().partition) {
      report(step, log, claim, "a record that was sent to this partition");
    }
  }

 private:
  void report(const Step& step, const PartitionHistory& log, const Claim& claim,
              const std::string& expected) {
    Finding finding{.subject = log.subject(claim.offset),
                    .since_ns = step.header.time_ns,
                    .detected_ns = step.header.time_ns,
                    .expected = expected,
                    .observed = fmt::format("{} {}", claim.record_text(),
                                            claim.is_ack ? "was acked there" : "was read there"),
                    .events = {step.header.id}};
    if (claim.other_event != 0) finding.events.insert(finding.events.begin(), claim.other_event);
    violated(std::move(finding));
  }

  bool has_sends_ = false;
};

}  // namespace

std::unique_ptr<Checker> make_consistency_checker() { return make_checker<ConsistencyChecker>(); }

}  // namespace faultline::sim
