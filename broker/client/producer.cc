// SPDX-License-Identifier: Apache-2.0
// The application's side of the producer: partitioning, batches, memory and results.
#include "broker/client/producer.h"

#include <algorithm>

#include "broker/env/history_events.h"

namespace faultline::client {

using wire::KafkaError;

Producer::Producer(Env& env, ProducerConfig config, uint64_t number, SendListener& listener)
    : env_(env),
      config_(std::move(config)),
      rules_{.is_idempotent = config_.enable_idempotence,
             .max_in_flight = config_.max_in_flight,
             .retries = config_.retries},
      number_(number),
      listener_(listener),
      cluster_(env, config_.connection),
      scope_(env.executor) {
  scope_.spawn(run_sender());
}

Task<Result<void>> Producer::send(ProducerRecord record, uint64_t tag) {
  const Instant deadline = env_.clock.now() + config_.max_block;
  Result<int32_t> partition = record.partition ? Result<int32_t>(*record.partition)
                                               : Result<int32_t>(fail(ErrorCode::kNotFound));
  const Result<int32_t> count = co_await wait_for_topic(record.topic, deadline);
  if (!count) co_return std::unexpected(count.error());
  if (!partition) {
    if (record.key) {
      partition = partition_for_key(record.key->view(), *count);
    } else {
      const auto strategy = config_.partitioner == Partitioner::kRoundRobin
                                ? KeylessStrategy::kRoundRobin
                                : KeylessStrategy::kSticky;
      KeylessPartitioner& keyless = keyless_.try_emplace(record.topic, strategy).first->second;
      const uint64_t draw = keyless.needs_draw() ? env_.random.next(stream_id("client.sticky")) : 0;
      partition = keyless.choose(*count, draw);
    }
  }
  if (*partition < 0 || *partition >= *count)
    co_return fail(ErrorCode::kInvalidArgument, "partition " + std::to_string(*partition));
  while (memory_used_ > config_.buffer_memory) {
    if (env_.clock.now() >= deadline) co_return fail(ErrorCode::kTimedOut, "buffer.memory is full");
    wake_at(deadline);
    CO_TRY(co_await answered_.wait());
  }
  append(partition_state(record.topic, *partition), record, tag);
  co_return Result<void>{};
}

Task<Result<int32_t>> Producer::wait_for_topic(std::string topic, Instant deadline) {
  for (int attempt = 1;; ++attempt) {
    Result<int32_t> count = co_await cluster_.partition_count(topic);
    if (count && *count > 0) co_return count;
    if (!count && count.error().code == ErrorCode::kCancelled) co_return count;
    const Instant retry_at = env_.clock.now() + cluster_.backoff(attempt);
    if (retry_at >= deadline) co_return fail(ErrorCode::kTimedOut, "no metadata of " + topic);
    CO_TRY(co_await env_.timers.sleep_until(retry_at));
  }
}

Producer::Partition& Producer::partition_state(const std::string& topic, int32_t index) {
  Partition& partition = partitions_[{topic, index}];
  partition.id = {topic, index};
  return partition;
}

void Producer::append(Partition& partition, const ProducerRecord& record, uint64_t tag) {
  std::vector<wire::RecordHeader> headers;
  for (const auto& [name, value] : record.headers) headers.push_back({name, value.view()});
  wire::NewRecord entry{.timestamp_ms = record.timestamp_ms.value_or(env_.clock.wall_now().to_ms()),
                        .key = {},
                        .value = {},
                        .headers = headers};
  if (record.key) entry.key = record.key->view();
  if (record.value) entry.value = record.value->view();
  const size_t bound = wire::BatchBuilder::size_bound(entry);
  if (partition.open &&
      partition.open->builder.plain_size() + bound > static_cast<size_t>(config_.batch_size)) {
    close_batch(partition);
  }
  if (!partition.open) {
    partition.open.emplace(wire::BatchBuilder({.compression = config_.compression}),
                           env_.clock.now(), std::vector<Item>{});
  }
  partition.open->builder.append(entry);
  partition.open->items.push_back({tag, ++last_send_id_, entry.timestamp_ms});
  memory_used_ += static_cast<int64_t>(bound);
  ++unanswered_;
  env_.cpu.charge(Work::kRecord, 1);
  emit(env_.probe, number_,
       history::SendInvoked{
           .send_id = last_send_id_,
           .topic = partition.id.topic,
           .partition = partition.id.partition,
           .digest = history::record_digest(record.value ? record.value->view() : Bytes{}),
           .acks = config_.acks,
           .is_idempotent = config_.enable_idempotence,
           .promises_order = config_.promises_order()});
  if (partition.open->builder.plain_size() >= static_cast<size_t>(config_.batch_size))
    close_batch(partition);
  work_.notify_all();
}

void Producer::close_batch(Partition& partition) {
  OpenBatch open = std::move(*partition.open);
  partition.open.reset();
  const auto keyless = keyless_.find(partition.id.topic);
  if (keyless != keyless_.end()) keyless->second.on_batch_closed();
  const size_t memory = open.builder.plain_size();
  if (config_.compression != wire::Compression::kNone)
    env_.cpu.charge(Work::kCompressByte, static_cast<int64_t>(memory));
  const int32_t records = open.builder.record_count();
  Result<Slice> bytes = std::move(open.builder).build();
  ASSERT(bytes.has_value());  // compressing memory to memory
  const uint64_t id = ++last_batch_id_;
  partition.closed[id] = {std::move(*bytes), std::move(open.items), memory};
  partition.core.add(
      {.id = id, .records = records, .expires = open.created + config_.delivery_timeout});
}

void Producer::finish(Partition& partition, uint64_t batch_id, const SendResult& result) {
  const auto found = partition.closed.find(batch_id);
  ASSERT(found != partition.closed.end());
  const ClosedBatch batch = std::move(found->second);
  partition.closed.erase(found);
  memory_used_ = std::max<int64_t>(0, memory_used_ - static_cast<int64_t>(batch.memory));
  unanswered_ -= batch.items.size();
  SendResult each = result;
  each.partition = partition.id.partition;
  for (size_t i = 0; i < batch.items.size(); ++i) {
    const Item& item = batch.items[i];
    each.offset = result.offset < 0 ? -1 : result.offset + static_cast<Offset>(i);
    each.timestamp_ms = result.timestamp_ms < 0 ? item.timestamp_ms : result.timestamp_ms;
    if (result.outcome == BatchOutcome::kAcked) {
      emit(env_.probe, number_,
           history::SendAcked{
               .send_id = item.send_id, .offset = each.offset, .timestamp_ms = each.timestamp_ms});
    } else if (result.outcome == BatchOutcome::kFailed) {
      emit(env_.probe, number_, history::SendFailed{.send_id = item.send_id, .error = each.error});
    } else {
      emit(env_.probe, number_, history::SendUnknown{.send_id = item.send_id, .error = each.error});
    }
    listener_.on_send_result(item.tag, each);
  }
  answered_.notify_all();
}

Task<Result<void>> Producer::flush() {
  is_flushing_ = true;
  work_.notify_all();
  while (unanswered_ > 0) {
    const Result<void> woken = co_await answered_.wait();
    if (!woken) co_return woken;
  }
  is_flushing_ = false;
  co_return Result<void>{};
}

}  // namespace faultline::client
