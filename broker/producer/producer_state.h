// SPDX-License-Identifier: Apache-2.0
// The idempotence window of one partition: for each producer id its epoch and its last five
// batches, and where its open transaction starts. A pure core (design decision D2): plain data,
// decide() and apply(), no clock, no await. Hosts: broker/log and the model explorer. Follows
// Kafka's ProducerStateManager; the rules that it learned the hard way are in producer_rules.h.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>

#include "broker/base/ids.h"
#include "broker/producer/producer_rules.h"

namespace faultline::producer {

constexpr int kWindowBatches = 5;
constexpr int32_t kNoSequence = -1;

// `count` sequence numbers after `sequence`; they wrap from 2^31 - 1 to 0.
int32_t sequence_after(int32_t sequence, int32_t count);
int32_t sequence_before(int32_t sequence, int32_t count);

// One remembered batch of a producer.
struct WindowBatch {
  int32_t last_sequence = kNoSequence;
  Offset last_offset = -1;
  int32_t offset_delta = 0;  // last offset - first offset
  int64_t timestamp_ms = -1;

  int32_t first_sequence() const { return sequence_before(last_sequence, offset_delta); }
  Offset first_offset() const { return last_offset - offset_delta; }
  bool operator==(const WindowBatch&) const = default;
};

struct ProducerEntry {
  ProducerEpoch epoch = -1;
  int32_t coordinator_epoch = -1;
  int64_t last_timestamp_ms = -1;
  std::optional<Offset> open_transaction;  // first offset of the transaction in progress
  uint8_t window_size = 0;
  std::array<WindowBatch, kWindowBatches> window{};  // oldest first

  const WindowBatch* newest() const {
    return window_size == 0 ? nullptr : &window[window_size - 1];
  }
  void remember(const WindowBatch& batch);
  void clear_window();
  bool operator==(const ProducerEntry&) const = default;
};

// What a batch says of its producer. For a control batch that ends a transaction, `marker` is set.
struct Marker {
  bool is_commit = false;
  int32_t coordinator_epoch = -1;
  bool operator==(const Marker&) const = default;
};
struct BatchInput {
  ProducerId producer_id = -1;
  ProducerEpoch epoch = -1;
  int32_t base_sequence = kNoSequence;
  Offset base_offset = 0;  // where it will be, or is
  Offset last_offset = 0;
  int64_t timestamp_ms = -1;
  bool is_transactional = false;
  std::optional<Marker> marker;
  bool operator==(const BatchInput&) const = default;
};

enum class Verdict : uint8_t {
  kAccept,
  kDuplicate,           // seen before: answer with the original offsets
  kOutOfOrderSequence,  // Kafka's 45
  kInvalidEpoch,        // Kafka's 47
  kInvalidTransaction,  // Kafka's 48: plain data of a producer inside its own transaction
};
struct Decision {
  Verdict verdict = Verdict::kAccept;
  WindowBatch original;  // for kDuplicate
  bool operator==(const Decision&) const = default;
};

// A finished transaction, for the index of aborted ones.
struct EndedTransaction {
  ProducerId producer_id = -1;
  Offset first_offset = -1;
  Offset last_offset = -1;  // of the marker
  bool is_commit = false;
  bool operator==(const EndedTransaction&) const = default;
};

struct ProducerState {
  std::map<ProducerId, ProducerEntry> entries;  // ordered: it reaches files and hashes

  bool operator==(const ProducerState&) const = default;
  uint64_t hash() const;
  // First offset of the oldest open transaction: where the last stable offset stops.
  std::optional<Offset> oldest_open_transaction() const;
};

// What to do with a batch from a client. Batches without producer id are always accepted.
Decision decide(const ProducerState& state, const ProducerRules& rules, const BatchInput& batch);
// Takes note of a batch that is in the log, whether decided on now or read back in recovery.
std::optional<EndedTransaction> apply(ProducerState& state, const ProducerRules& rules,
                                      const BatchInput& batch);
// Both, for hosts without a disk.
Decision step(ProducerState& state, const ProducerRules& rules, const BatchInput& batch);

// Forgets producers idle for longer than `expiration_ms`, except inside a transaction.
void expire(ProducerState& state, int64_t now_ms, int64_t expiration_ms);
// The records before `log_start` are gone.
void delete_head(ProducerState& state, const ProducerRules& rules, Offset log_start);

}  // namespace faultline::producer
