// SPDX-License-Identifier: Apache-2.0
// The audit: a fresh consumer that reads every partition through. Where reading fails for long
// although everything is healed it says so, looks for the next offset that can be read, and goes on
// there, so that what a damaged disk took is told from what is left.
#include "broker/client/consumer.h"
#include "broker/env/history_events.h"
#include "scenarios/run/client_programs.h"

namespace faultline::scenarios {
namespace {

constexpr Duration kPollWait = milliseconds(500);
constexpr Duration kRetryAfter = milliseconds(200);
constexpr Duration kStuckAfter = seconds(10);  // without one record
constexpr int kBadBatchesMax = 5;              // answers with a broken batch, one after the other
constexpr uint64_t kAuditConsumer = 1000;      // number of the audit's consumer in events
constexpr size_t kLookUps = 8;                 // by time, in each partition
constexpr int64_t kEarliest = -2;
constexpr int64_t kLatest = -1;

class AuditProgram final : public sim::Program {
 public:
  AuditProgram(Env& env, std::vector<TopicPartition> partitions, client::ConsumerConfig config,
               RunSignals& signals)
      : env_(env),
        signals_(signals),
        partitions_(std::move(partitions)),
        consumer_(env, std::move(config), kAuditConsumer) {}

  Task<void> run() override {
    for (const TopicPartition& partition : partitions_) {
      const Result<void> read = co_await read_through(partition);
      if (!read) co_return;  // cancelled
    }
    signals_.is_audited = true;
    const Result<void> for_ever = co_await idle_.wait();
    (void)for_ever;
  }

 private:
  // Until the leader answers; the run's own end bounds it.
  Task<Result<Offset>> ask_offset(TopicPartition partition, int64_t which) {
    while (true) {
      Result<Offset> offset = co_await consumer_.offset_for(partition, which);
      if (offset || offset.error().code == ErrorCode::kCancelled) co_return offset;
      CO_TRY(co_await env_.sleep(kRetryAfter));
    }
  }

  Task<Result<void>> read_through(TopicPartition partition) {
    CO_TRY_ASSIGN(const Offset start, co_await ask_offset(partition, kEarliest));
    CO_TRY_ASSIGN(const Offset end, co_await ask_offset(partition, kLatest));
    consumer_.assign({partition});
    consumer_.seek(partition, start);
    while (position_in(partition) < end) {
      CO_TRY_ASSIGN(const bool has_moved, co_await read_some(partition));
      if (!has_moved) CO_TRY(co_await skip(partition, end));
    }
    emit(env_.probe, kAuditConsumer,
         history::ReadThrough{.topic = partition.topic,
                              .partition = partition.partition,
                              .start_offset = start,
                              .end_offset = end});
    CO_TRY(co_await look_up_times(std::move(partition)));
    co_return Result<void>{};
  }

  // Asks by time for what was read: a few records from the whole length of the partition.
  Task<Result<void>> look_up_times(TopicPartition partition) {
    const size_t step = timestamps_.size() / kLookUps + 1;
    for (size_t i = timestamps_.size() / 2 % step; i < timestamps_.size(); i += step) {
      const int64_t timestamp_ms = timestamps_[i];
      CO_TRY_ASSIGN(const Offset offset, co_await ask_offset(partition, timestamp_ms));
      emit(env_.probe, kAuditConsumer,
           history::OffsetFound{partition.topic, partition.partition, timestamp_ms, offset});
    }
    timestamps_.clear();
    co_return Result<void>{};
  }

  Offset position_in(const TopicPartition& partition) const {
    return consumer_.position(partition).value_or(0);
  }

  // Polls until something was read: true; or until it is clear that nothing will be.
  Task<Result<bool>> read_some(TopicPartition partition) {
    const Offset before = position_in(partition);
    const Instant deadline = env_.clock.now() + kStuckAfter;
    int bad_batches = 0;
    while (true) {
      Result<std::vector<client::ConsumedRecord>> records = co_await consumer_.poll(kPollWait);
      if (records)
        for (const client::ConsumedRecord& record : *records)
          timestamps_.push_back(record.timestamp_ms);
      if (position_in(partition) > before) co_return true;
      if (!records && records.error().code == ErrorCode::kCancelled)
        co_return std::unexpected(records.error());
      const bool is_bad = !records && records.error().code == ErrorCode::kCorrupt;
      bad_batches = is_bad ? bad_batches + 1 : 0;
      why_ = records ? std::string("no answer") : records.error().to_string();
      if (bad_batches >= kBadBatchesMax || env_.clock.now() >= deadline) co_return false;
      if (!records) CO_TRY(co_await env_.sleep(kRetryAfter));
    }
  }

  // Nothing can be read at the position: moves it to the next offset where something can. Strides
  // double until one succeeds; then the gap is halved.
  Task<Result<void>> skip(TopicPartition partition, Offset end) {
    const Offset from = position_in(partition);
    const std::string error = why_;
    Offset bad = from;  // nothing between `from` and this one can be read
    Offset good = end;
    for (Offset stride = 1; bad + stride < end; stride *= 2) {
      CO_TRY_ASSIGN(const bool is_readable, co_await can_read(partition, bad + stride));
      if (is_readable) {
        good = bad + stride;
        break;
      }
      bad += stride;
    }
    while (bad + 1 < good) {
      const Offset middle = bad + (good - bad) / 2;
      CO_TRY_ASSIGN(const bool is_readable, co_await can_read(partition, middle));
      (is_readable ? good : bad) = middle;
    }
    emit(env_.probe, kAuditConsumer,
         history::Unreadable{.topic = partition.topic,
                             .partition = partition.partition,
                             .start_offset = from,
                             .end_offset = good,
                             .error = error});
    consumer_.seek(partition, good);
    co_return Result<void>{};
  }

  Task<Result<bool>> can_read(TopicPartition partition, Offset offset) {
    consumer_.seek(partition, offset);
    CO_TRY_ASSIGN(const bool has_moved, co_await read_some(partition));
    co_return has_moved;
  }

  Env& env_;
  RunSignals& signals_;
  const std::vector<TopicPartition> partitions_;
  std::vector<int64_t> timestamps_;  // of what was read of the current partition
  std::string why_;                  // the latest poll gave nothing
  Notifier idle_;
  client::Consumer consumer_;
};

}  // namespace

std::unique_ptr<sim::Program> make_audit_program(Env& env, std::vector<TopicPartition> partitions,
                                                 client::ConsumerConfig config,
                                                 RunSignals& signals) {
  return std::make_unique<AuditProgram>(env, std::move(partitions), std::move(config), signals);
}

}  // namespace faultline::scenarios
