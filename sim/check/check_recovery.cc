// SPDX-License-Identifier: Apache-2.0
// S2. Every batch that a recovery reads back must have been written at that place once, without a
// hole, and nothing that the log itself had called flushed may be missing. An audit compares the
// whole log and its indexes.
#include <algorithm>

#include <fmt/format.h>

#include "sim/check/hooks.h"

namespace faultline::sim {
namespace {

// Whether the log held this very batch in an earlier incarnation: a power loss may undo a cut.
bool was_once_there(const PartitionHistory& log, const history::Batch& batch) {
  return std::any_of(log.retirements().begin(), log.retirements().end(), [&](const auto& retired) {
    return std::any_of(retired.batches.begin(), retired.batches.end(),
                       [&](const StoredBatch& stored) { return stored.batch == batch; });
  });
}

class RecoveryChecker final : public Checker {
 public:
  RecoveryChecker()
      : Checker(
            {"S2", "recovery gives back what was written",
             "A log comes back as a prefix of what was written to it, cut between batches, with "
             "everything that it had flushed and with indexes that fit."}) {}

  void on_recovered(const Step& step, const PartitionHistory& log,
                    const history::LogRecovered& event) override {
    if (log.end_offset_max() == 0) return;  // first opened: nothing is known of it
    count_check();
    check_scanned(step, log, event);
    check_end(step, log, event);
    check_flushed(step, log, event);
    if (event.start_offset > log.start_offset() &&
        log.circumstances().damaged_from >= event.start_offset)
      report(step, log.subject(log.start_offset(), event.start_offset),
             fmt::format("the log still starts at offset {}", log.start_offset()),
             fmt::format("it starts at offset {}", event.start_offset));
  }

  void on_audited(const Step& step, const PartitionHistory& log,
                  const history::LogAudited& event) override {
    count_check();
    // Reading it fails, and must; indexes that were right no longer fit what lies there.
    if (log.circumstances().damaged_from != kNoOffset) return;
    if (!event.indexes_match && !log.circumstances().index_damaged)
      report(step, log.name().to_string(), "indexes equal to those rebuilt from the log",
             event.detail);
    uint64_t chain = 0;
    const auto& batches = log.batches();
    const size_t first = log.batch_index(event.start_offset);
    for (size_t i = first; i < batches.size(); ++i)
      chain = history::extend_chain(chain, batches[i].batch);
    const bool is_same_start =
        first == batches.size() || batches[first].batch.base_offset == event.start_offset;
    if (!is_same_start || event.end_offset != log.end_offset() || event.chain != chain)
      report(step, log.subject(event.start_offset, std::max(event.end_offset, log.end_offset())),
             fmt::format("{} batches up to offset {}", batches.size() - first, log.end_offset()),
             fmt::format("an audit read other batches, from offset {} to {}", event.start_offset,
                         event.end_offset));
  }

 private:
  void report(const Step& step, std::string subject, std::string expected, std::string observed) {
    violated({.subject = std::move(subject),
              .since_ns = step.header.time_ns,
              .detected_ns = step.header.time_ns,
              .expected = std::move(expected),
              .observed = std::move(observed),
              .events = {step.header.id}});
  }

  void check_scanned(const Step& step, const PartitionHistory& log,
                     const history::LogRecovered& event) {
    Offset next = event.scanned.empty() ? event.end_offset : event.scanned.front().base_offset;
    for (const history::Batch& batch : event.scanned) {
      if (batch.base_offset != next)
        report(step, log.subject(next), fmt::format("a batch at offset {}", next),
               fmt::format("the next batch read back starts at offset {}", batch.base_offset));
      next = next_offset(batch.last_offset);
      if (batch.last_offset < log.start_offset()) continue;
      const size_t index = log.batch_index(batch.base_offset);
      const bool is_there = index < log.batches().size() && log.batches()[index].batch == batch;
      if (!is_there && !was_once_there(log, batch))
        report(step, log.subject(batch.base_offset, next_offset(batch.last_offset)),
               "only batches that were written there are read back",
               fmt::format("a batch with checksum {:08x}, which never was", batch.crc));
    }
    if (next != event.end_offset)
      report(step, log.subject(next), fmt::format("the log ends at offset {}", next),
             fmt::format("it says that it ends at offset {}", event.end_offset));
  }

  // Between two batches, also where nothing was scanned.
  void check_end(const Step& step, const PartitionHistory& log,
                 const history::LogRecovered& event) {
    const auto& batches = log.batches();
    if (!event.scanned.empty() || event.end_offset == log.end_offset()) return;
    const size_t index = log.batch_index(event.end_offset);
    if (index < batches.size() && batches[index].batch.base_offset == event.end_offset) return;
    if (batches.empty() && event.end_offset <= log.end_offset()) return;
    report(
        step, log.subject(event.end_offset), "the log ends where a batch ended",
        fmt::format("it ends at offset {}; it had reached {}", event.end_offset, log.end_offset()));
  }

  void check_flushed(const Step& step, const PartitionHistory& log,
                     const history::LogRecovered& event) {
    const Circumstances& world = log.circumstances();
    const Offset durable_end = std::min(world.flushed_end, world.damaged_from);
    const Offset kept_end = log.kept_end(event);
    if (kept_end >= durable_end) return;
    report(step, log.subject(kept_end, durable_end),
           fmt::format("everything up to offset {}, which the log had flushed", world.flushed_end),
           fmt::format("only what is below offset {} is still there", kept_end));
  }
};

}  // namespace

std::unique_ptr<Checker> make_recovery_checker() { return make_checker<RecoveryChecker>(); }

}  // namespace faultline::sim
