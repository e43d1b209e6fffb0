// SPDX-License-Identifier: Apache-2.0
// Order, retries and sequence numbers of one partition.
#include "broker/client/producer_core.h"

#include <algorithm>

#include "broker/base/assert.h"

namespace faultline::client {
namespace {

using wire::KafkaError;

// Of two sequences in flight at once the later one is less than 2^30 ahead.
bool precedes(int32_t a, int32_t b) {
  return a != b && static_cast<uint32_t>((b - a) & INT32_MAX) < (uint32_t{1} << 30);
}

// Answers after which the batch may have been appended all the same.
bool leaves_doubt(KafkaError error) {
  return error == KafkaError::kNetworkException || error == KafkaError::kRequestTimedOut ||
         error == KafkaError::kNotEnoughReplicasAfterAppend ||
         error == KafkaError::kKafkaStorageError || error == KafkaError::kUnknownServerError;
}

}  // namespace

int32_t next_sequence(int32_t sequence, int32_t records) {
  return static_cast<int32_t>((int64_t{sequence} + records) & INT32_MAX);
}

std::optional<CoreBatch> PartitionCore::take_next(const ProducerRules& rules, Instant now,
                                                  ProducerEpoch producer_epoch) {
  if (queue_.empty() || now < not_before_) return std::nullopt;
  if (in_flight_.size() >= static_cast<size_t>(rules.max_in_flight)) return std::nullopt;
  CoreBatch& front = queue_.front();
  if (rules.is_idempotent) {
    if (needs_new_epoch_) return std::nullopt;
    if (front.base_sequence >= 0) {
      // A retry goes alone and first: whatever is in flight behind it would only be refused again.
      if (!is_oldest(front)) return std::nullopt;
    } else {
      if (epoch_ != producer_epoch) {
        if (!in_flight_.empty()) return std::nullopt;
        epoch_ = producer_epoch;
        next_sequence_ = 0;
      }
      front.base_sequence = next_sequence_;
      next_sequence_ = next_sequence(next_sequence_, front.records);
    }
  }
  CoreBatch batch = front;
  queue_.pop_front();
  ++batch.attempts;
  in_flight_.push_back(batch);
  return batch;
}

bool PartitionCore::is_oldest(const CoreBatch& batch) const {
  return std::none_of(in_flight_.begin(), in_flight_.end(), [&](const CoreBatch& other) {
    return precedes(other.base_sequence, batch.base_sequence);
  });
}

void PartitionCore::requeue(CoreBatch batch) {
  auto place = queue_.begin();
  if (batch.base_sequence >= 0)
    while (place != queue_.end() && place->base_sequence >= 0 &&
           precedes(place->base_sequence, batch.base_sequence))
      ++place;
  queue_.insert(place, batch);
}

BatchOutcome PartitionCore::on_answer(const ProducerRules& rules, uint64_t id, KafkaError error,
                                      Instant now, Instant retry_at) {
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(),
                                  [&](const CoreBatch& batch) { return batch.id == id; });
  ASSERT(found != in_flight_.end());
  CoreBatch batch = *found;
  in_flight_.erase(found);
  if (error == KafkaError::kNone || error == KafkaError::kDuplicateSequenceNumber)
    return BatchOutcome::kAcked;
  if (leaves_doubt(error)) batch.is_in_doubt = true;
  bool may_retry = wire::is_retriable(error);
  if (rules.is_idempotent &&
      (error == KafkaError::kOutOfOrderSequenceNumber || error == KafkaError::kUnknownProducerId)) {
    may_retry = true;
    const bool older_waits = !queue_.empty() && queue_.front().base_sequence >= 0 &&
                             precedes(queue_.front().base_sequence, batch.base_sequence);
    // Refused although all before it was accepted: the broker's log ends earlier than this producer
    // was told. The batch is certainly not there; only a new epoch can go on.
    if (is_oldest(batch) && !older_waits) {
      needs_new_epoch_ = true;
      batch.is_in_doubt = false;
    }
  }
  if (may_retry && batch.attempts <= rules.retries && now < batch.expires) {
    not_before_ = retry_at;
    requeue(batch);
    return BatchOutcome::kPending;
  }
  if (rules.is_idempotent) needs_new_epoch_ = true;  // its sequence numbers are a gap now
  return batch.is_in_doubt ? BatchOutcome::kUnknown : BatchOutcome::kFailed;
}

std::vector<PartitionCore::Expired> PartitionCore::take_expired(const ProducerRules& rules,
                                                                Instant now) {
  std::vector<Expired> expired;
  while (!queue_.empty() && queue_.front().expires <= now) {
    const CoreBatch& batch = queue_.front();
    if (rules.is_idempotent && batch.base_sequence >= 0) needs_new_epoch_ = true;
    expired.push_back(
        {batch.id, batch.is_in_doubt ? BatchOutcome::kUnknown : BatchOutcome::kFailed});
    queue_.pop_front();
  }
  return expired;
}

void PartitionCore::on_new_epoch() {
  ASSERT(in_flight_.empty());
  needs_new_epoch_ = false;
  epoch_ = -1;  // not the producer's: the next batch starts at sequence 0
  for (CoreBatch& batch : queue_) batch.base_sequence = -1;
}

Instant PartitionCore::next_time() const {
  if (queue_.empty()) return Instant::far_future();
  return std::min(std::max(not_before_, Instant{}), queue_.front().expires);
}

}  // namespace faultline::client
