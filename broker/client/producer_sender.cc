// SPDX-License-Identifier: Apache-2.0
// The broker's side of the producer: one loop that decides what can go, and a task for each
// request.
#include <algorithm>
#include <cstring>

#include "broker/base/assert.h"
#include "broker/client/by_leader.h"
#include "broker/client/producer.h"
#include "broker/wire/messages_produce.h"
#include "broker/wire/messages_producer_id.h"
#include "broker/wire/record_batch.h"

namespace faultline::client {
namespace {

using wire::KafkaError;

constexpr int kProduceVersionCap = 12;  // from 13 on topics are named by id
constexpr size_t kProducerIdAt = 43;    // in the batch header, see wire/record_batch.h
constexpr size_t kProducerEpochAt = 51;
constexpr size_t kBaseSequenceAt = 53;

}  // namespace

Task<void> Producer::run_sender() {
  while (true) {
    must_look_ = false;
    Result<void> sent;
    if (find_sendable()) sent = co_await send_ready();
    if (!sent) {
      if (sent.error().code == ErrorCode::kCancelled) co_return;
      const Instant retry_at = env_.clock.now() + cluster_.backoff(++failures_in_a_row_);
      const Result<void> slept = co_await env_.timers.sleep_until(retry_at);
      if (!slept) co_return;
      continue;
    }
    failures_in_a_row_ = 0;
    const Instant next = must_look_ ? env_.clock.now() : next_look();
    const Result<void> woken = co_await sender_alarm_.sleep_until(next);
    if (!woken) co_return;
  }
}

// Closes what is ripe; whether anything may go now.
bool Producer::find_sendable() {
  const Instant begin = env_.clock.now();
  for (auto& [id, partition] : partitions_)
    if (partition.core.has_expired(begin)) expire(partition);
  close_ripe_batches(begin);
  raise_epochs();
  const Instant now = env_.clock.now();  // compressing takes time
  return std::any_of(partitions_.begin(), partitions_.end(), [&](const auto& entry) {
    return has_sendable(entry.second, now) && now >= entry.second.look_again_at;
  });
}

// Sends everything that may go now. Fails when no broker can be reached at all; a partition without
// a leader holds up nobody else.
Task<Result<void>> Producer::send_ready() {
  std::optional<Error> failure;
  std::vector<Ready> ready;
  for (auto& [key, partition] : partitions_) {
    const Instant now = env_.clock.now();
    if (!has_sendable(partition, now) || now < partition.look_again_at) continue;
    if (config_.enable_idempotence && identity_.id < 0) CO_TRY(co_await obtain_producer_id());
    if (const PartitionLeader* known =
            cluster_.known_leader(partition.id.topic, partition.id.partition)) {
      partition.lookups_failed = 0;
      ready.push_back({known->broker_id, &partition});
      continue;
    }
    Result<int32_t> leader = co_await leader_for(partition);
    if (leader) {
      ready.push_back({*leader, &partition});
    } else if (leader.error().code != ErrorCode::kNotFound) {
      failure = leader.error();
      break;
    }
  }
  order_by_leader(ready,
                  [](const Ready& each) -> const TopicPartition& { return each.partition->id; });
  for (std::span<const Ready> rest(ready); !rest.empty();) {
    const std::span<const Ready> of_one = first_leader_of(rest);
    rest = rest.subspan(of_one.size());
    const int32_t broker_id = of_one.front().leader;
    Lane& lane = lanes_[broker_id];
    if (lane.in_flight >= config_.max_in_flight) continue;
    std::vector<Outgoing> outgoing = take_batches(of_one);
    if (outgoing.empty()) continue;
    ++lane.in_flight;
    scope_.spawn(send_request(broker_id, lane.turns_given++, std::move(outgoing)));
    const Instant now = env_.clock.now();
    must_look_ |= std::any_of(of_one.begin(), of_one.end(), [&](const Ready& each) {
      return has_sendable(*each.partition, now);
    });
  }
  if (failure) co_return std::unexpected(*failure);
  co_return Result<void>{};
}

Task<Result<int32_t>> Producer::leader_for(Partition& partition) {
  const TopicPartition id = partition.id;
  Result<PartitionLeader> leader = co_await cluster_.leader_of(id.topic, id.partition);
  if (leader) {
    partition.lookups_failed = 0;
    co_return leader->broker_id;
  }
  if (leader.error().code == ErrorCode::kNotFound) {
    const Duration pause = cluster_.backoff(++partition.lookups_failed);
    partition.look_again_at = env_.clock.now() + pause;
  }
  co_return std::unexpected(leader.error());
}

// One batch of each partition, as many as max.request.size holds, and at least one.
std::vector<Producer::Outgoing> Producer::take_batches(std::span<const Ready> ready) {
  const Instant now = env_.clock.now();
  std::vector<Outgoing> outgoing;
  outgoing.reserve(ready.size());
  int64_t bytes = 0;
  for (const auto& [leader, partition] : ready) {
    if (bytes >= config_.max_request_size) break;
    const CoreBatch* next = partition->core.peek_next(rules_, now, identity_);
    if (next == nullptr) continue;
    const auto size = static_cast<int64_t>(partition->closed.at(next->id).bytes.size());
    if (!outgoing.empty() && bytes + size > config_.max_request_size) continue;
    bytes += size;
    std::optional<CoreBatch> taken = partition->core.take_next(rules_, now, identity_);
    ASSERT(taken.has_value());  // it was there to be looked at
    outgoing.push_back({partition, *taken});
  }
  return outgoing;
}

bool Producer::has_sendable(const Partition& partition, Instant now) const {
  return partition.core.peek_next(rules_, now, identity_) != nullptr;
}

void Producer::close_ripe_batches(Instant now) {
  for (auto& [key, partition] : partitions_) {
    if (partition.open && can_close(partition) && ripe_at(*partition.open) <= now)
      close_batch(partition);
  }
}

Instant Producer::ripe_at(const OpenBatch& open) const {
  const bool is_flushed = open.items.front().send_id <= flush_up_to_;
  return is_flushed ? open.created : open.created + config_.linger;
}

// As in Kafka, a batch whose linger has passed goes on filling while others wait in front of it.
bool Producer::can_close(const Partition& partition) const {
  return !partition.core.has_waiting() &&
         partition.core.in_flight_count() < static_cast<size_t>(config_.max_in_flight);
}

void Producer::expire(Partition& partition) {
  for (const PartitionCore::Expired& gone : partition.core.take_expired(rules_, env_.clock.now())) {
    finish(partition, gone.id,
           {.outcome = gone.outcome, .error = "delivery.timeout.ms has passed"});
  }
}

// KIP-360: the producer raises its own epoch when a partition's sequence cannot go on.
void Producer::raise_epochs() {
  for (auto& [key, partition] : partitions_) {
    if (!partition.core.needs_new_epoch()) continue;
    partition.core.on_new_epoch();
    if (identity_.epoch == INT16_MAX) {
      identity_ = {};  // spent: get another one
    } else if (identity_.id >= 0) {
      ++identity_.epoch;
    }
  }
}

Task<Result<void>> Producer::obtain_producer_id() {
  Result<Connection*> connection = co_await cluster_.any_connection();
  if (!connection) co_return std::unexpected(connection.error());
  const int version = (*connection)->version_of(wire::ApiKey::kInitProducerId);
  if (version < 0) co_return fail(ErrorCode::kUnsupported, "InitProducerId");
  wire::InitProducerIdRequest request;
  request.transaction_timeout_ms = INT32_MAX;
  Result<wire::InitProducerIdResponse> response = co_await (*connection)->call(request, version);
  if (!response) co_return std::unexpected(response.error());
  if (response->error_code != KafkaError::kNone)
    co_return fail(ErrorCode::kIo, std::string(wire::to_string(response->error_code)));
  identity_ = {response->producer_id, response->producer_epoch};
  co_return Result<void>{};
}

Slice Producer::stamped(const Slice& batch, const CoreBatch& core,
                        ProducerIdentity identity) const {
  if (!config_.enable_idempotence) return batch;
  Buffer copy;
  copy.reserve(batch.size());
  copy.append(batch.view());
  store_big_endian(copy.data() + kProducerIdAt, identity.id);
  store_big_endian(copy.data() + kProducerEpochAt, identity.epoch);
  store_big_endian(copy.data() + kBaseSequenceAt, core.base_sequence);
  wire::seal_batch({copy.data(), copy.size()});
  return std::move(copy).freeze();
}

wire::ProduceRequest Producer::make_request(const std::vector<Outgoing>& outgoing) {
  wire::ProduceRequest request;
  request.acks = config_.acks;
  request.timeout_ms = static_cast<int32_t>(config_.connection.request_timeout.to_ms());
  for (const Outgoing& each : outgoing) {
    const ClosedBatch& batch = each.partition->closed.at(each.batch.id);
    if (request.topic_data.empty() || request.topic_data.back().name != each.partition->id.topic)
      request.topic_data.emplace_back().name = each.partition->id.topic;
    auto& data = request.topic_data.back().partition_data.emplace_back();
    data.index = each.partition->id.partition;
    data.records = stamped(batch.bytes, each.batch, each.partition->core.identity());
    env_.cpu.charge(Work::kChecksumByte, static_cast<int64_t>(batch.bytes.size()));
  }
  return request;
}

Task<void> Producer::send_request(int32_t broker_id, uint64_t turn,
                                  std::vector<Outgoing> outgoing) {
  Lane& lane = lanes_[broker_id];  // a map: it stays where it is
  while (lane.turn != turn) {
    const Result<void> woken = co_await turn_passed_.wait();
    if (!woken) co_return;  // the producer is going away
  }
  const wire::ProduceRequest request = make_request(outgoing);
  // The next one runs when this one waits, and that is in line for the connection or its write
  // lock.
  ++lane.turn;
  turn_passed_.notify_all();
  Exchange exchange;
  Result<Connection*> connection = cluster_.usable_connection_to(broker_id);
  if (*connection == nullptr) connection = co_await cluster_.connection_to(broker_id);
  const int version =
      connection ? (*connection)->version_of(wire::ApiKey::kProduce, kProduceVersionCap) : -1;
  exchange.is_unsent = version < 0;
  if (!exchange.is_unsent && config_.acks == 0) {
    const Result<void> written = co_await (*connection)->send_only(request, version);
    if (!written) exchange.failure = written.error();
  } else if (!exchange.is_unsent) {
    Result<wire::ProduceResponse> response = co_await (*connection)->call(request, version);
    if (response)
      exchange.response = std::move(*response);
    else
      exchange.failure = response.error();
  }
  --lane.in_flight;
  for (Outgoing& each : outgoing) finish_exchange(each, exchange);
  wake_sender();
}

void Producer::finish_exchange(Outgoing& outgoing, const Exchange& exchange) {
  if (exchange.is_unsent) {
    cluster_.invalidate(outgoing.partition->id.topic);
    const Duration pause = cluster_.backoff(outgoing.batch.attempts);
    outgoing.partition->core.on_unsent(rules_, outgoing.batch.id, env_.clock.now() + pause);
  } else if (exchange.failure) {
    cluster_.invalidate(outgoing.partition->id.topic);
    on_answer(outgoing, KafkaError::kNetworkException, {.error = exchange.failure->to_string()});
  } else if (config_.acks == 0) {
    on_answer(outgoing, KafkaError::kNone, {});
  } else {
    on_response(outgoing, exchange.response);
  }
}

void Producer::on_response(Outgoing& outgoing, const wire::ProduceResponse& response) {
  const TopicPartition& id = outgoing.partition->id;
  for (const auto& topic : response.responses) {
    if (topic.name != id.topic) continue;
    for (const auto& answer : topic.partition_responses) {
      if (answer.index != id.partition) continue;
      const bool is_good = answer.error_code == KafkaError::kNone;
      return on_answer(outgoing, answer.error_code,
                       {.error = std::string(is_good ? "" : wire::to_string(answer.error_code)),
                        .offset = answer.base_offset,
                        .timestamp_ms = answer.log_append_time_ms});
    }
  }
  on_answer(outgoing, KafkaError::kUnknownServerError, {.error = "no answer for the partition"});
}

void Producer::on_answer(Outgoing& outgoing, KafkaError error, const SendResult& result) {
  if (wire::needs_metadata_refresh(error)) cluster_.invalidate(outgoing.partition->id.topic);
  const Instant now = env_.clock.now();
  const Instant retry_at = now + cluster_.backoff(outgoing.batch.attempts);
  const BatchOutcome outcome =
      outgoing.partition->core.on_answer(rules_, outgoing.batch.id, error, now, retry_at);
  if (outcome == BatchOutcome::kPending) return;
  SendResult final_result = result;
  final_result.outcome = outcome;
  if (outcome != BatchOutcome::kAcked) final_result.offset = -1;
  finish(*outgoing.partition, outgoing.batch.id, final_result);
}

// After something changed that may let a batch go.
void Producer::wake_sender() {
  must_look_ = true;
  if (!sender_alarm_.is_asleep()) return;
  const bool is_any_waiting =
      std::any_of(partitions_.begin(), partitions_.end(),
                  [](const auto& entry) { return entry.second.core.has_waiting(); });
  if (is_any_waiting)
    sender_alarm_.ring();
  else
    sender_alarm_.ring_by(next_look());
}

// When the sender has to look again if nobody wakes it. What waits for an answer is woken by it;
// only lingering, a backoff or an expiry needs the clock.
Instant Producer::next_look() const {
  const Instant now = env_.clock.now();
  Instant next = Instant::far_future();
  for (const auto& [key, partition] : partitions_) {
    if (partition.open && can_close(partition)) next = std::min(next, ripe_at(*partition.open));
    if (!partition.core.has_waiting()) continue;
    next = std::min(next, partition.core.next_time(now));
    if (partition.look_again_at > now) next = std::min(next, partition.look_again_at);
  }
  return next;
}

}  // namespace faultline::client
