// SPDX-License-Identifier: Apache-2.0
// I7. Compares each batch with the end of its incarnation, each ack with what was appended, and
// each record read with the one before. Reuse of offsets after a loss is reported, not judged.
#include <algorithm>

#include <fmt/format.h>

#include "sim/check/by_partition.h"
#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

class OffsetsChecker final : public Checker {
 public:
  OffsetsChecker()
      : Checker({"I7", "offsets gapless and unique",
                 "A log gives out offsets one after another, each once in an incarnation of its "
                 "tail, and readers see them so."}) {}

  void on_appended(const Step& step, const PartitionHistory& log,
                   const history::LogAppended& event) override {
    count_check();
    const history::Batch& batch = event.batch;
    const Offset end = log.end_offset();
    if (batch.base_offset != end || batch.last_offset < batch.base_offset) {
      violated({.subject = log.subject(batch.base_offset),
                .since_ns = step.header.time_ns,
                .detected_ns = step.header.time_ns,
                .expected = fmt::format("the next batch starts at offset {}", end),
                .observed = fmt::format("a batch of offsets {} to {} was appended",
                                        batch.base_offset, batch.last_offset),
                .events = {step.header.id}});
    } else if (batch.base_offset < log.end_offset_max() && is_newly_reused(log)) {
      note({.kind = Finding::Kind::kReuse,
            .subject = log.subject(batch.base_offset, log.end_offset_max()),
            .since_ns = step.header.time_ns,
            .detected_ns = step.header.time_ns,
            .expected = "",
            .observed =
                fmt::format("incarnation {} gives these offsets out again", log.incarnation()),
            .events = {step.header.id}});
    }
  }

  void on_broker_acked(const Step& step, const PartitionHistory& log,
                       const history::BrokerAcked& event) override {
    count_check();
    const bool is_there = event.base_offset <= event.last_offset && event.base_offset >= 0 &&
                          event.last_offset < log.end_offset();
    if (is_there || !log.has_log()) return;
    violated({.subject = log.subject(event.base_offset, next_offset(event.last_offset)),
              .since_ns = step.header.time_ns,
              .detected_ns = step.header.time_ns,
              .expected = fmt::format("acks for offsets below the end, {}", log.end_offset()),
              .observed =
                  fmt::format("offsets {} to {} were acked", event.base_offset, event.last_offset),
              .events = {step.header.id}});
  }

  void on_fetch(const Step& step, const PartitionHistory& log, const ReaderHistory& reader,
                Offset offset) override {
    if (reader.next == -1) return;
    count_check();
    if (offset == reader.next) return;
    violated({.subject = log.subject(std::min(offset, reader.next)),
              .since_ns = step.header.time_ns,
              .detected_ns = step.header.time_ns,
              .expected = fmt::format("the reader goes on at offset {}", reader.next),
              .observed = fmt::format("it fetches from offset {} without a reset", offset),
              .events = {step.header.id}});
  }

  void on_record_read(const Step& step, const PartitionHistory& log, const ReaderHistory& reader,
                      const Claim& claim) override {
    if (reader.next == -1) return;
    count_check();
    const bool is_beyond = log.has_log() && claim.offset >= log.end_offset_max();
    if (claim.offset == reader.next && !is_beyond) return;
    violated({.subject = log.subject(claim.offset),
              .since_ns = step.header.time_ns,
              .detected_ns = step.header.time_ns,
              .expected = is_beyond ? fmt::format("records below the end, {}", log.end_offset_max())
                                    : fmt::format("offset {} comes next", reader.next),
              .observed = fmt::format("offset {} was read", claim.offset),
              .events = {step.header.id}});
  }

 private:
  // Once per incarnation of a log.
  bool is_newly_reused(const PartitionHistory& log) {
    uint32_t& reported = reported_[log];
    if (reported >= log.incarnation()) return false;
    reported = log.incarnation();
    return true;
  }

  ByPartition<uint32_t> reported_;
};

}  // namespace

std::unique_ptr<Checker> make_offsets_checker() { return make_checker<OffsetsChecker>(); }

}  // namespace faultline::sim
