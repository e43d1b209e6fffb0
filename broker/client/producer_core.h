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
#include "broker/client/client_rules.h"
#include "broker/wire/error_codes.h"

namespace faultline::client {

struct CoreBatch {
  uint64_t id = 0;
  int32_t records = 0;
  Instant expires;             // delivery.timeout.ms after its first record
  int32_t attempts = 0;        // times sent
  int32_t base_sequence = -1;  // -1 until first sent, or not idempotent
  uint64_t ordinal = 0;        // counts the batches that got a sequence; never reused
  bool is_in_doubt = false;    // may be in the log under its present sequence
  bool was_lost = false;       // a request without answer may still arrive

  bool operator==(const CoreBatch&) const = default;
};

enum class BatchOutcome : uint8_t {
  kPending,  // it stays with the core and will be sent again
  kAcked,
  kFailed,   // certainly not in the log
  kUnknown,  // nobody knows
};

// Under whose name sequences count.
struct ProducerIdentity {
  ProducerId id = -1;
  ProducerEpoch epoch = -1;

  bool operator==(const ProducerIdentity&) const = default;
};

struct ProducerRules {
  bool is_idempotent = true;
  int32_t max_in_flight = 5;
  int32_t retries = INT32_MAX;
  ClientRules safety;
};

// Sequence number `records` after `sequence`: wraps from 2^31 - 1 to 0.
int32_t next_sequence(int32_t sequence, int32_t records);

// State of one partition. Copyable and comparable, for the explorer.
class PartitionCore {
 public:
  // Queues a closed batch behind all others.
  void add(CoreBatch batch) { queue_.push_back(batch); }

  // The batch to send at `now`, moved in flight with its sequence; none while the order, the limit
  // of batches in flight, a backoff or a pending change of epoch forbids. `newest` is the
  // producer's identity: the partition takes it up, from sequence 0, when nothing older is
  // unresolved.
  std::optional<CoreBatch> take_next(const ProducerRules& rules, Instant now,
                                     ProducerIdentity newest);
  // The batch that take_next() would send, as it waits; null when none.
  const CoreBatch* peek_next(const ProducerRules& rules, Instant now,
                             ProducerIdentity newest) const {
    return has_waiting() ? peek_waiting(rules, now, newest) : nullptr;
  }
  // Batch `id` in flight could not be sent at all: it waits again, as if never taken.
  void on_unsent(const ProducerRules& rules, uint64_t id, Instant retry_at);

  // The answer to batch `id` in flight. kNetworkException stands for a lost connection or a
  // timeout. After kPending the partition waits until `retry_at`.
  BatchOutcome on_answer(const ProducerRules& rules, uint64_t id, wire::KafkaError error,
                         Instant now, Instant retry_at);

  struct Expired {
    uint64_t id;
    BatchOutcome outcome;  // kFailed or kUnknown
  };
  bool has_expired(Instant now) const { return has_waiting() && queue_.front().expires <= now; }
  // Takes waiting batches whose time has run out.
  std::vector<Expired> take_expired(const ProducerRules& rules, Instant now);

  // A gap in the sequence can no longer be closed: the producer must raise its epoch, after which
  // take_next() starts this partition again. Batches in doubt are settled under the old one first,
  // for under a new one the broker could not know them again.
  bool needs_new_epoch() const;
  void on_new_epoch();

  ProducerIdentity identity() const { return identity_; }
  bool has_waiting() const { return !queue_.empty(); }
  bool has_in_flight() const { return !in_flight_.empty(); }
  size_t in_flight_count() const { return in_flight_.size(); }
  // When, after `now`, a backoff or the time of the first waiting batch ends; far_future when
  // nothing waits.
  Instant next_time(Instant now) const;

  bool operator==(const PartitionCore&) const = default;

 private:
  const CoreBatch* peek_waiting(const ProducerRules& rules, Instant now,
                                ProducerIdentity newest) const;
  size_t next_place(const ProducerRules& rules, Instant now, ProducerIdentity newest) const;
  size_t next_candidate() const;
  bool may_go(const ProducerRules& rules, const CoreBatch& batch) const;
  CoreBatch take_in_flight(uint64_t id);
  bool is_oldest(const CoreBatch& batch) const;
  bool has_older_to_come(const CoreBatch& batch) const;
  void requeue(const ProducerRules& rules, CoreBatch batch);

  std::deque<CoreBatch> queue_;       // in order of sending: those with a sequence come first
  std::vector<CoreBatch> in_flight_;  // in order of sending
  Instant not_before_{};
  int32_t next_sequence_ = 0;
  uint64_t last_ordinal_ = 0;
  ProducerIdentity identity_;
  bool is_known_ = false;  // the broker has appended a batch of this identity
  bool needs_new_epoch_ = false;
};

}  // namespace faultline::client
