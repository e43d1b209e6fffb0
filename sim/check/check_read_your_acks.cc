// SPDX-License-Identifier: Apache-2.0
// R1. When a fetch is sent, the partition's acked end is noted; its answer must tell of a log that
// reaches at least there, unless the tail was lost in between, which others judge.
#include <fmt/format.h>

#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class ReadYourAcksChecker final : public Checker {
 public:
  ReadYourAcksChecker()
      : Checker({"R1", "read your acks",
                 "Once a client has been told that a record is in, every fetch sent later sees a "
                 "log that holds it."}) {}

  void on_polled(const Step& step, const PartitionHistory& log, const ReaderHistory&,
                 const FetchInFlight* fetch, const history::Polled& event) override {
    if (fetch == nullptr || fetch->incarnation != log.incarnation()) return;
    if (fetch->acked_end <= log.start_offset()) return;
    count_check();
    if (event.high_watermark >= fetch->acked_end) return;
    const Offset acked = fetch->acked_end - 1;
    const Slot* slot = log.slot_at(acked);
    Finding finding{
        .subject = log.subject(acked),
        .since_ns = slot != nullptr ? slot->acked_ns : step.header.time_ns,
        .detected_ns = step.header.time_ns,
        .expected = fmt::format("a log that holds offset {}, acked before the fetch", acked),
        .observed = fmt::format("the fetch saw a log that ends at offset {}", event.high_watermark),
        .events = {fetch->id, step.header.id}};
    if (slot != nullptr) finding.events.insert(finding.events.begin(), slot->client_ack);
    violated(std::move(finding));
  }
};

}  // namespace

std::unique_ptr<Checker> make_read_your_acks_checker() {
  return make_checker<ReadYourAcksChecker>();
}

}  // namespace faultline::sim
