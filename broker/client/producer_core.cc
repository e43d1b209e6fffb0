// SPDX-License-Identifier: Apache-2.0
// Order, retries and sequence numbers of one partition.
#include "broker/client/producer_core.h"

#include <algorithm>

#include "broker/base/assert.h"

namespace faultline::client {
namespace {

using wire::KafkaError;

// Answers that leave no copy of the batch in the log. Not among them: NOT_LEADER_OR_FOLLOWER and
// UNKNOWN_TOPIC_OR_PARTITION, which also end a wait for replicas behind a finished append, and
// every code that this client has never heard of.
bool is_refusal(KafkaError error) {
  switch (error) {
    case KafkaError::kCorruptMessage:
    case KafkaError::kLeaderNotAvailable:
    case KafkaError::kMessageTooLarge:
    case KafkaError::kInvalidTopicException:
    case KafkaError::kRecordListTooLarge:
    case KafkaError::kNotEnoughReplicas:
    case KafkaError::kInvalidRequiredAcks:
    case KafkaError::kTopicAuthorizationFailed:
    case KafkaError::kClusterAuthorizationFailed:
    case KafkaError::kInvalidTimestamp:
    case KafkaError::kUnsupportedVersion:
    case KafkaError::kInvalidRequest:
    case KafkaError::kUnsupportedForMessageFormat:
    case KafkaError::kPolicyViolation:
    case KafkaError::kOutOfOrderSequenceNumber:
    case KafkaError::kInvalidProducerEpoch:
    case KafkaError::kUnknownProducerId:
    case KafkaError::kUnsupportedCompressionType:
    case KafkaError::kInvalidRecord: return true;
    default: return false;
  }
}

BatchOutcome given_up(const CoreBatch& batch) {
  return batch.is_in_doubt || batch.was_lost ? BatchOutcome::kUnknown : BatchOutcome::kFailed;
}

}  // namespace

int32_t next_sequence(int32_t sequence, int32_t records) {
  return static_cast<int32_t>((int64_t{sequence} + records) & INT32_MAX);
}

const CoreBatch* PartitionCore::peek_waiting(const ProducerRules& rules, Instant now,
                                             ProducerIdentity newest) const {
  const size_t next = next_place(rules, now, newest);
  return next < queue_.size() ? &queue_[next] : nullptr;
}

std::optional<CoreBatch> PartitionCore::take_next(const ProducerRules& rules, Instant now,
                                                  ProducerIdentity newest) {
  const size_t next = next_place(rules, now, newest);
  if (next >= queue_.size()) return std::nullopt;
  CoreBatch batch = queue_[next];
  if (rules.is_idempotent && batch.base_sequence < 0) {
    if (identity_ != newest) {
      identity_ = newest;
      is_known_ = false;
      next_sequence_ = 0;
    }
    batch.base_sequence = next_sequence_;
    batch.ordinal = ++last_ordinal_;
    next_sequence_ = next_sequence(next_sequence_, batch.records);
  }
  queue_.erase(queue_.begin() + static_cast<ptrdiff_t>(next));
  ++batch.attempts;
  in_flight_.push_back(batch);
  return batch;
}

// Where in the queue the batch lies that may go now; behind the end: none may.
size_t PartitionCore::next_place(const ProducerRules& rules, Instant now,
                                 ProducerIdentity newest) const {
  constexpr size_t kNone = SIZE_MAX;
  if (queue_.empty() || now < not_before_) return kNone;
  if (in_flight_.size() >= static_cast<size_t>(rules.max_in_flight)) return kNone;
  const size_t next = next_candidate();
  if (next >= queue_.size() || !rules.is_idempotent) return next;
  const CoreBatch& batch = queue_[next];
  if (!may_go(rules, batch)) return kNone;
  const bool changes_identity = batch.base_sequence < 0 && identity_ != newest;
  return changes_identity && !in_flight_.empty() ? kNone : next;
}

// The front; before a change of epoch only what is still in doubt.
size_t PartitionCore::next_candidate() const {
  if (!needs_new_epoch_) return 0;
  const auto found = std::find_if(queue_.begin(), queue_.end(),
                                  [](const CoreBatch& batch) { return batch.is_in_doubt; });
  return static_cast<size_t>(found - queue_.begin());
}

// The broker knows a batch again by its sequence while at most four later ones were appended. So a
// retry goes when nothing older is in flight, and nothing new goes beside a batch in doubt or too
// far ahead of the oldest one. The first batch of an identity goes alone too: a broker that knows
// nothing of it takes any sequence, so it would append the second one although it refused the
// first.
bool PartitionCore::may_go(const ProducerRules& rules, const CoreBatch& batch) const {
  if (batch.base_sequence >= 0) return is_oldest(batch) || !rules.safety.retries_keep_order;
  if (!is_known_ && !in_flight_.empty() && rules.safety.first_batch_goes_alone) return false;
  return std::none_of(in_flight_.begin(), in_flight_.end(), [&](const CoreBatch& other) {
    return other.is_in_doubt ||
           last_ordinal_ + 1 - other.ordinal >= static_cast<uint64_t>(rules.max_in_flight);
  });
}

bool PartitionCore::is_oldest(const CoreBatch& batch) const {
  return std::none_of(in_flight_.begin(), in_flight_.end(),
                      [&](const CoreBatch& other) { return other.ordinal < batch.ordinal; });
}

// Whether an older one will be sent again under the same sequence. Once the epoch has to change,
// only those in doubt are: the others wait for the new one, and nothing may wait for them.
bool PartitionCore::has_older_to_come(const CoreBatch& batch) const {
  return std::any_of(queue_.begin(), queue_.end(), [&](const CoreBatch& other) {
    return other.base_sequence >= 0 && other.ordinal < batch.ordinal &&
           (other.is_in_doubt || !needs_new_epoch_);
  });
}

CoreBatch PartitionCore::take_in_flight(uint64_t id) {
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(),
                                  [&](const CoreBatch& batch) { return batch.id == id; });
  ASSERT(found != in_flight_.end());
  const CoreBatch batch = *found;
  in_flight_.erase(found);
  return batch;
}

void PartitionCore::requeue(const ProducerRules& rules, CoreBatch batch) {
  auto place = queue_.begin();
  if (batch.base_sequence >= 0 && rules.safety.retries_keep_order)
    while (place != queue_.end() && place->base_sequence >= 0 && place->ordinal < batch.ordinal)
      ++place;
  queue_.insert(place, batch);
}

void PartitionCore::on_unsent(const ProducerRules& rules, uint64_t id, Instant retry_at) {
  CoreBatch batch = take_in_flight(id);
  --batch.attempts;
  not_before_ = retry_at;
  requeue(rules, batch);
}

BatchOutcome PartitionCore::on_answer(const ProducerRules& rules, uint64_t id, KafkaError error,
                                      Instant now, Instant retry_at) {
  CoreBatch batch = take_in_flight(id);
  if (error == KafkaError::kNone || error == KafkaError::kDuplicateSequenceNumber) {
    is_known_ = true;
    return BatchOutcome::kAcked;
  }
  if (!is_refusal(error)) batch.is_in_doubt = true;
  if (error == KafkaError::kNetworkException) batch.was_lost = true;
  bool may_retry = wire::is_retriable(error);
  if (rules.is_idempotent && error == KafkaError::kOutOfOrderSequenceNumber) {
    const bool older_waits = has_older_to_come(batch);
    // Refused although all before it was accepted: either the broker's log ends earlier than this
    // producer was told, or it ends later and a restart forgot all batches but the newest, as
    // Kafka's snapshots do. Only a new epoch can go on, and what may be there may not go along.
    const bool is_blocked = is_oldest(batch) && !older_waits;
    if (is_blocked) needs_new_epoch_ = true;
    // The newest would be known again.
    if (batch.ordinal == last_ordinal_ || !rules.safety.give_up_batch_in_doubt)
      batch.is_in_doubt = false;
    may_retry = !is_blocked || !batch.is_in_doubt;
  }
  if (rules.is_idempotent && error == KafkaError::kUnknownProducerId) {
    may_retry = !batch.is_in_doubt;  // the broker forgot what could have told
    needs_new_epoch_ = true;
  }
  if (may_retry && batch.attempts <= rules.retries && now < batch.expires) {
    not_before_ = retry_at;
    requeue(rules, batch);
    return BatchOutcome::kPending;
  }
  if (rules.is_idempotent) needs_new_epoch_ = true;  // its sequence numbers are a gap now
  return given_up(batch);
}

std::vector<PartitionCore::Expired> PartitionCore::take_expired(const ProducerRules& rules,
                                                                Instant now) {
  std::vector<Expired> expired;
  while (has_expired(now)) {
    const CoreBatch& batch = queue_.front();
    if (rules.is_idempotent && batch.base_sequence >= 0) needs_new_epoch_ = true;
    expired.push_back({batch.id, given_up(batch)});
    queue_.pop_front();
  }
  return expired;
}

bool PartitionCore::needs_new_epoch() const {
  return needs_new_epoch_ && in_flight_.empty() &&
         std::none_of(queue_.begin(), queue_.end(),
                      [](const CoreBatch& batch) { return batch.is_in_doubt; });
}

void PartitionCore::on_new_epoch() {
  ASSERT(needs_new_epoch());
  needs_new_epoch_ = false;
  is_known_ = false;
  identity_ = {};  // not the producer's: the next batch starts at sequence 0
  for (CoreBatch& batch : queue_) batch.base_sequence = -1;
}

Instant PartitionCore::next_time(Instant now) const {
  if (queue_.empty()) return Instant::far_future();
  const Instant expires = queue_.front().expires;
  return not_before_ > now ? std::min(not_before_, expires) : expires;
}

}  // namespace faultline::client
