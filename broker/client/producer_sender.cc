// SPDX-License-Identifier: Apache-2.0
// The broker's side of the producer: one loop that decides what can go, and a task for each
// request.
#include <algorithm>
#include <cstring>

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
    Result<void> sent = co_await send_ready();
    if (!sent) {
      if (sent.error().code == ErrorCode::kCancelled) co_return;
      const Instant retry_at = env_.clock.now() + cluster_.backoff(++failures_in_a_row_);
      const Result<void> slept = co_await env_.timers.sleep_until(retry_at);
      if (!slept) co_return;
      continue;
    }
    failures_in_a_row_ = 0;
    wake_at(next_wake());
    const Result<void> woken = co_await work_.wait();
    if (!woken) co_return;
  }
}

// Sends everything that may go now. Fails when a broker that is needed cannot be reached.
Task<Result<void>> Producer::send_ready() {
  close_ripe_batches();
  raise_epochs();
  std::map<int32_t, std::vector<Partition*>> by_leader;
  for (auto& [key, partition] : partitions_) {
    expire(partition);
    if (!has_sendable(partition)) continue;
    if (config_.enable_idempotence && producer_id_ < 0) CO_TRY(co_await obtain_producer_id());
    Result<PartitionLeader> leader =
        co_await cluster_.leader_of(partition.id.topic, partition.id.partition);
    if (!leader) co_return std::unexpected(leader.error());
    by_leader[leader->broker_id].push_back(&partition);
  }
  for (auto& [broker_id, partitions] : by_leader) {
    Lane& lane = lanes_[broker_id];
    if (lane.in_flight >= config_.max_in_flight) continue;
    std::vector<Outgoing> outgoing;
    for (Partition* partition : partitions) {
      std::optional<CoreBatch> batch =
          partition->core.take_next(rules_, env_.clock.now(), producer_epoch_);
      if (batch) outgoing.push_back({partition, *batch});
    }
    if (outgoing.empty()) continue;
    ++lane.in_flight;
    scope_.spawn(send_request(broker_id, lane.turns_given++, std::move(outgoing)));
    work_.notify_all();
    wake_at(env_.clock.now());  // there may be more for another request
  }
  co_return Result<void>{};
}

bool Producer::has_sendable(Partition& partition) const {
  PartitionCore trial = partition.core;  // small; asks the same question as the real one
  return trial.take_next(rules_, env_.clock.now(), producer_epoch_).has_value();
}

void Producer::close_ripe_batches() {
  const Instant now = env_.clock.now();
  for (auto& [key, partition] : partitions_) {
    if (partition.open && can_close(partition) &&
        (is_flushing_ || partition.open->created + config_.linger <= now))
      close_batch(partition);
  }
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
    if (producer_epoch_ == INT16_MAX) {
      producer_id_ = -1;  // spent: get another one
    } else {
      ++producer_epoch_;
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
  producer_id_ = response->producer_id;
  producer_epoch_ = response->producer_epoch;
  co_return Result<void>{};
}

Slice Producer::stamped(const Slice& batch, const CoreBatch& core, ProducerEpoch epoch) const {
  if (!config_.enable_idempotence) return batch;
  Buffer copy;
  copy.append(batch.view());
  store_big_endian(copy.data() + kProducerIdAt, producer_id_);
  store_big_endian(copy.data() + kProducerEpochAt, epoch);
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
    data.records = stamped(batch.bytes, each.batch, each.partition->core.epoch());
    env_.cpu.charge(Work::kChecksumByte, static_cast<int64_t>(batch.bytes.size()));
  }
  return request;
}

Task<Producer::Exchange> Producer::exchange(int32_t broker_id, wire::ProduceRequest request) {
  Result<Connection*> connection = co_await cluster_.connection_to(broker_id);
  if (!connection) co_return Exchange{connection.error(), KafkaError::kLeaderNotAvailable, {}};
  const int version = (*connection)->version_of(wire::ApiKey::kProduce, kProduceVersionCap);
  if (version < 0)
    co_return Exchange{Error(ErrorCode::kUnsupported), KafkaError::kUnsupportedVersion, {}};
  if (config_.acks == 0) {
    const Result<void> written = co_await (*connection)->send_only(std::move(request), version);
    if (!written) co_return Exchange{written.error(), KafkaError::kNetworkException, {}};
    co_return Exchange{};
  }
  Result<wire::ProduceResponse> response =
      co_await (*connection)->call(std::move(request), version);
  if (!response) co_return Exchange{response.error(), KafkaError::kNetworkException, {}};
  co_return Exchange{std::nullopt, KafkaError::kNone, std::move(*response)};
}

Task<void> Producer::send_request(int32_t broker_id, uint64_t turn,
                                  std::vector<Outgoing> outgoing) {
  Lane& lane = lanes_[broker_id];  // a map: it stays where it is
  while (lane.turn != turn) {
    const Result<void> woken = co_await turn_passed_.wait();
    if (!woken) co_return;  // the producer is going away
  }
  wire::ProduceRequest request = make_request(outgoing);
  // The next one runs when this one waits, and that is in line for the connection or its write
  // lock.
  ++lane.turn;
  turn_passed_.notify_all();
  Exchange exchanged = co_await exchange(broker_id, std::move(request));
  --lane.in_flight;
  for (Outgoing& each : outgoing) {
    if (exchanged.failure) {
      cluster_.invalidate(each.partition->id.topic);
      on_answer(each, exchanged.error, {.error = exchanged.failure->to_string()});
    } else if (config_.acks == 0) {
      on_answer(each, KafkaError::kNone, {});
    } else {
      on_response(each, exchanged.response);
    }
  }
  work_.notify_all();
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

Instant Producer::next_wake() const {
  Instant next = Instant::far_future();
  for (const auto& [key, partition] : partitions_) {
    if (partition.open && can_close(partition))
      next = std::min(next, partition.open->created + config_.linger);
    // What waits for an answer is woken by it; only a backoff or an expiry needs the clock.
    if (!partition.core.has_in_flight()) next = std::min(next, partition.core.next_time());
  }
  return next;
}

void Producer::wake_at(Instant time) {
  if (time == Instant::far_future()) return;
  const Instant earliest = env_.clock.now();
  if (time < earliest) time = earliest;
  if (next_wake_at_ <= time) return;  // a wake-up comes earlier anyway
  next_wake_at_ = time;
  scope_.spawn(run_wake(time));
}

Task<void> Producer::run_wake(Instant time) {
  const Result<void> slept = co_await env_.timers.sleep_until(time);
  if (!slept) co_return;
  if (next_wake_at_ == time) next_wake_at_ = Instant::far_future();
  work_.notify_all();
  answered_.notify_all();
}

}  // namespace faultline::client
