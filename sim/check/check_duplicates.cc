// SPDX-License-Identifier: Apache-2.0
// H3. A record met at two offsets that both still hold it. Without idempotence Kafka promises no
// better: then it is noted only.
#include <fmt/format.h>

#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class DuplicatesChecker final : public Checker {
 public:
  DuplicatesChecker()
      : Checker({"H3", "no duplicates where idempotence is promised",
                 "A record of an idempotent producer is in the log once, however often it was "
                 "retried."}) {}

  void on_claim(const Step& step, const PartitionHistory& log, const Claim& claim) override {
    if (claim.send == nullptr || !claim.is_in_current_incarnation) return;
    const Send& send = *claim.send;
    if (send.request.is_idempotent) count_check();
    if (send.placed_at == -1 || send.placed_at == claim.offset || claim.is_confirmed) return;
    // The first copy still counts when retention deleted it, but not when a crash took it.
    const bool is_deleted = send.placed_at < log.start_offset();
    if (is_deleted && send.placed_in != log.incarnation()) return;
    const Slot* other = log.slot_at(send.placed_at);
    const bool is_there = other != nullptr && other->has_digest && other->digest == claim.digest;
    if (!is_deleted && !is_there) return;
    Finding finding{
        .kind = Finding::Kind::kNote,
        .subject = log.subject(claim.offset),
        .since_ns = step.header.time_ns,
        .detected_ns = step.header.time_ns,
        .expected = fmt::format("{} is at offset {} only", send.to_string(), send.placed_at),
        .observed = "it is here too",
        .events = {send.invoked.header.id, step.header.id}};
    if (send.request.is_idempotent) {
      violated(std::move(finding));
    } else {
      note(std::move(finding));
    }
  }
};

}  // namespace

std::unique_ptr<Checker> make_duplicates_checker() { return make_checker<DuplicatesChecker>(); }

}  // namespace faultline::sim
