// SPDX-License-Identifier: Apache-2.0
// The decisions of a producer about one partition, without time, network or bytes: which closed
// batch goes next, with which sequence number, and what an answer means. Idempotence after KIP-98,
// recovery by a new epoch after KIP-360. Outcomes are honest: kFailed only when the batch is
// certainly not in the log.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "broker/base/ids.h"
#include "broker/base/time.h"
#include "broker/wire/error_codes.h"

namespace faultline::client {

struct CoreBatch {
  uint64_t id = 0;
  int32_t records = 0;
  Instant expires;             // delivery.timeout.ms after its first record
  int32_t attempts = 0;        // times sent
  int32_t base_sequence = -1;  // -1 until first sent, or not idempotent
  bool is_in_doubt = false;    // sent at least once without a definite answer

  bool operator==(const CoreBatch&) const = default;
};

enum class BatchOutcome : uint8_t {
  kPending,  // it stays with the core and will be sent again
  kAcked,
  kFailed,   // certainly not in the log
  kUnknown,  // nobody knows
};

struct ProducerRules {
  bool is_idempotent = true;
  int32_t max_in_flight = 5;
  int32_t retries = INT32_MAX;
};

// Sequence number `records` after `sequence`: wraps from 2^31 - 1 to 0.
int32_t next_sequence(int32_t sequence, int32_t records);

// State of one partition. Copyable and comparable, for the explorer.
class PartitionCore {
 public:
  // Queues a closed batch behind all others.
  void add(CoreBatch batch) { queue_.push_back(batch); }

  // The batch to send at `now`, moved in flight with its sequence; none while the order, the limit
  // of batches in flight, a backoff or a pending change of epoch forbids. `producer_epoch` is the
  // producer's newest: the partition takes it up, from sequence 0, when nothing older is
  // unresolved.
  std::optional<CoreBatch> take_next(const ProducerRules& rules, Instant now,
                                     ProducerEpoch producer_epoch);

  // The answer to batch `id` in flight. kNetworkException stands for a lost connection or a
  // timeout. After kPending the partition waits until `retry_at`.
  BatchOutcome on_answer(const ProducerRules& rules, uint64_t id, wire::KafkaError error,
                         Instant now, Instant retry_at);

  struct Expired {
    uint64_t id;
    BatchOutcome outcome;  // kFailed or kUnknown
  };
  // Takes waiting batches whose time has run out.
  std::vector<Expired> take_expired(const ProducerRules& rules, Instant now);

  // A gap in the sequence can no longer be closed: the producer must raise its epoch, after which
  // take_next() starts this partition again. Cleared by it.
  bool needs_new_epoch() const { return needs_new_epoch_ && in_flight_.empty(); }
  void on_new_epoch();

  ProducerEpoch epoch() const { return epoch_; }
  bool has_waiting() const { return !queue_.empty(); }
  bool has_in_flight() const { return !in_flight_.empty(); }
  size_t in_flight_count() const { return in_flight_.size(); }
  // When take_next() or take_expired() may first give something again; far_future when nothing
  // waits.
  Instant next_time() const;

  bool operator==(const PartitionCore&) const = default;

 private:
  bool is_oldest(const CoreBatch& batch) const;
  void requeue(CoreBatch batch);

  std::deque<CoreBatch> queue_;       // in order of sending; sequences ascend
  std::vector<CoreBatch> in_flight_;  // in order of sending
  Instant not_before_{};
  int32_t next_sequence_ = 0;
  ProducerEpoch epoch_ = -1;
  bool needs_new_epoch_ = false;
};

}  // namespace faultline::client
