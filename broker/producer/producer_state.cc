// SPDX-License-Identifier: Apache-2.0
// Decisions on idempotence, epochs and transaction boundaries of one partition.
#include "broker/producer/producer_state.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "broker/base/assert.h"
#include "broker/base/hash.h"

namespace faultline::producer {
namespace {

const WindowBatch* find_duplicate(const ProducerEntry& entry, const BatchInput& batch,
                                  int32_t last_sequence) {
  if (entry.epoch != batch.epoch) return nullptr;
  for (int i = 0; i < entry.window_size; ++i) {
    const WindowBatch& seen = entry.window[i];
    if (seen.first_sequence() == batch.base_sequence && seen.last_sequence == last_sequence)
      return &seen;
  }
  return nullptr;
}

bool follows(const ProducerEntry& entry, const BatchInput& batch) {
  if (entry.epoch != batch.epoch) return batch.base_sequence == 0;
  const WindowBatch* newest = entry.newest();  // none: a marker opened this epoch
  if (newest == nullptr) return batch.base_sequence == 0;
  return batch.base_sequence == sequence_after(newest->last_sequence, 1);
}

int32_t last_sequence_of(const BatchInput& batch) {
  return sequence_after(batch.base_sequence,
                        static_cast<int32_t>(batch.last_offset - batch.base_offset));
}

}  // namespace

int32_t sequence_after(int32_t sequence, int32_t count) {
  return static_cast<int32_t>((static_cast<uint32_t>(sequence) + static_cast<uint32_t>(count)) &
                              0x7fffffff);
}

int32_t sequence_before(int32_t sequence, int32_t count) {
  if (sequence < 0) return sequence;
  return static_cast<int32_t>((static_cast<uint32_t>(sequence) - static_cast<uint32_t>(count)) &
                              0x7fffffff);
}

void ProducerEntry::remember(const WindowBatch& batch) {
  if (window_size == kWindowBatches) {
    std::move(window.begin() + 1, window.end(), window.begin());
    --window_size;
  }
  window[window_size++] = batch;
}

void ProducerEntry::clear_window() {
  window.fill({});
  window_size = 0;
}

Decision decide(const ProducerState& state, const ProducerRules& rules, const BatchInput& batch) {
  if (batch.producer_id < 0) return {};
  const auto found = state.entries.find(batch.producer_id);
  if (found == state.entries.end()) {
    // B72: without state, only sequence 0 can be known to leave no hole before it.
    const bool leaves_hole = !batch.marker && batch.base_sequence > 0;
    if (leaves_hole && rules.require_zero_first_sequence) return {Verdict::kOutOfOrderSequence, {}};
    return {};
  }
  const ProducerEntry& entry = found->second;
  // KIP-98: an older epoch was replaced and must not write any more.
  if (batch.epoch < entry.epoch && rules.fence_older_epochs) return {Verdict::kInvalidEpoch, {}};
  if (batch.marker || batch.base_sequence < 0) return {};

  const int32_t last_sequence = last_sequence_of(batch);
  if (const WindowBatch* seen = find_duplicate(entry, batch, last_sequence)) {
    // B70: the answer to the first attempt was lost; the data is here.
    if (rules.deduplicate) return {Verdict::kDuplicate, *seen};
    return {};
  }
  // B71: a batch overtook its predecessor.
  if (!follows(entry, batch) && rules.refuse_sequence_gaps)
    return {Verdict::kOutOfOrderSequence, {}};
  if (!batch.is_transactional && entry.open_transaction) return {Verdict::kInvalidTransaction, {}};
  return {};
}

std::optional<EndedTransaction> apply(ProducerState& state, const ProducerRules& rules,
                                      const BatchInput& batch) {
  if (batch.producer_id < 0) return std::nullopt;
  ASSERT_OP(batch.base_offset, <=, batch.last_offset);
  ProducerEntry& entry = state.entries[batch.producer_id];
  if (batch.epoch != entry.epoch) {
    // B75: the sequences of a new epoch start over and mean new data.
    if (rules.clear_window_on_new_epoch) entry.clear_window();
    entry.epoch = batch.epoch;
  }
  entry.last_timestamp_ms = batch.timestamp_ms;

  if (batch.marker) {
    entry.coordinator_epoch = std::max(entry.coordinator_epoch, batch.marker->coordinator_epoch);
    if (!entry.open_transaction) return std::nullopt;
    const EndedTransaction ended{batch.producer_id, *entry.open_transaction, batch.last_offset,
                                 batch.marker->is_commit};
    entry.open_transaction.reset();
    return ended;
  }
  if (batch.base_sequence >= 0) {
    entry.remember({last_sequence_of(batch), batch.last_offset,
                    static_cast<int32_t>(batch.last_offset - batch.base_offset),
                    batch.timestamp_ms});
  }
  if (batch.is_transactional && !entry.open_transaction) entry.open_transaction = batch.base_offset;
  return std::nullopt;
}

Decision step(ProducerState& state, const ProducerRules& rules, const BatchInput& batch) {
  const Decision decision = decide(state, rules, batch);
  if (decision.verdict == Verdict::kAccept) apply(state, rules, batch);
  return decision;
}

void expire(ProducerState& state, int64_t now_ms, int64_t expiration_ms) {
  std::erase_if(state.entries, [&](const auto& item) {
    const ProducerEntry& entry = item.second;
    return !entry.open_transaction && now_ms - entry.last_timestamp_ms >= expiration_ms;
  });
}

void delete_head(ProducerState& state, const ProducerRules& rules, Offset log_start) {
  // B73: an idle producer's next batch must still find its last sequence.
  if (rules.keep_producer_state_past_deletion) return;
  std::erase_if(state.entries, [&](const auto& item) {
    const WindowBatch* newest = item.second.newest();
    return newest == nullptr || newest->last_offset < log_start;
  });
}

std::optional<Offset> ProducerState::oldest_open_transaction() const {
  std::optional<Offset> oldest;
  for (const auto& [id, entry] : entries) {
    if (entry.open_transaction && (!oldest || *entry.open_transaction < *oldest))
      oldest = entry.open_transaction;
  }
  return oldest;
}

uint64_t ProducerState::hash() const {
  std::vector<int64_t> words;
  words.reserve(entries.size() * (6 + 4 * kWindowBatches));
  for (const auto& [id, entry] : entries) {
    words.insert(words.end(), {id, entry.epoch, entry.coordinator_epoch, entry.last_timestamp_ms,
                               entry.open_transaction.value_or(-1), entry.window_size});
    for (int i = 0; i < entry.window_size; ++i) {
      const WindowBatch& batch = entry.window[i];
      words.insert(words.end(), {batch.last_sequence, batch.last_offset, batch.offset_delta,
                                 batch.timestamp_ms});
    }
  }
  return hash64({reinterpret_cast<const uint8_t*>(words.data()), words.size() * sizeof(int64_t)});
}

}  // namespace faultline::producer
