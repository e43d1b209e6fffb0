// SPDX-License-Identifier: Apache-2.0
// The application's side of the producer: partitioning, batches, memory and results.
#include "broker/client/producer.h"

#include <algorithm>

#include "broker/env/deadline.h"
#include "broker/env/history_events.h"

namespace faultline::client {

using wire::KafkaError;

namespace {

// Refers to the bytes of `record`; its headers are `headers`.
wire::NewRecord entry_of(const ProducerRecord& record,
                         const std::vector<wire::RecordHeader>& headers) {
  wire::NewRecord entry;
  if (record.key) entry.key = record.key->view();
  if (record.value) entry.value = record.value->view();
  entry.headers = headers;
  return entry;
}

std::vector<wire::RecordHeader> headers_of(const ProducerRecord& record) {
  std::vector<wire::RecordHeader> headers;
  for (const auto& [name, value] : record.headers) headers.push_back({name, value.view()});
  return headers;
}

size_t record_bytes(const ProducerRecord& record) {
  const std::vector<wire::RecordHeader> headers = headers_of(record);
  return wire::BatchBuilder::size_bound(entry_of(record, headers));
}

}  // namespace

Producer::Producer(Env& env, ProducerConfig config, uint64_t number, SendListener& listener)
    : env_(env),
      config_(std::move(config)),
      rules_{.is_idempotent = config_.enable_idempotence,
             .max_in_flight = config_.max_in_flight,
             .retries = config_.retries,
             .safety = config_.safety},
      number_(number),
      listener_(listener),
      cluster_(env, config_.connection),
      sender_alarm_(env.timers),
      scope_(env.executor) {
  scope_.spawn(run_sender());
}

Task<Result<void>> Producer::send(ProducerRecord record, uint64_t tag) {
  const Instant deadline = env_.clock.now() + config_.max_block;
  const auto bytes = static_cast<int64_t>(record_bytes(record));
  const int64_t most = std::min(config_.max_request_size, config_.buffer_memory);
  if (bytes + static_cast<int64_t>(wire::kBatchHeaderSize) > most)
    co_return fail(ErrorCode::kTooLarge, std::to_string(bytes) + " bytes in one record");
  Result<int32_t> count = cluster_.known_partition_count(record.topic).value_or(0);
  if (*count == 0) count = co_await wait_for_topic(record.topic, deadline);
  if (!count) co_return std::unexpected(count.error());
  if (memory_used_ + bytes > config_.buffer_memory)
    CO_TRY(co_await wait_for_memory(bytes, deadline));
  const Result<int32_t> partition = choose_partition(record, *count);
  if (!partition) co_return std::unexpected(partition.error());
  append(partition_state({std::move(record.topic), *partition}), record, tag);
  co_return Result<void>{};
}

Result<int32_t> Producer::choose_partition(const ProducerRecord& record, int32_t count) {
  if (record.partition) {
    if (*record.partition >= 0 && *record.partition < count) return *record.partition;
    return fail(ErrorCode::kInvalidArgument, "partition " + std::to_string(*record.partition));
  }
  if (record.key) return partition_for_key(record.key->view(), count);
  const auto strategy = config_.partitioner == Partitioner::kRoundRobin
                            ? KeylessStrategy::kRoundRobin
                            : KeylessStrategy::kSticky;
  KeylessPartitioner& keyless = keyless_.try_emplace(record.topic, strategy).first->second;
  const uint64_t draw = keyless.needs_draw() ? env_.random.next(stream_id("client.sticky")) : 0;
  return keyless.choose(count, draw);
}

Task<Result<void>> Producer::wait_for_memory(int64_t bytes, Instant deadline) {
  while (memory_used_ + bytes > config_.buffer_memory) {
    if (env_.clock.now() >= deadline) co_return fail(ErrorCode::kTimedOut, "buffer.memory is full");
    const Result<void> answered =
        co_await with_deadline(env_.executor, env_.timers, deadline, wait_for_answer());
    if (!answered && answered.error().code != ErrorCode::kTimedOut) co_return answered;
  }
  co_return Result<void>{};
}

Task<Result<void>> Producer::wait_for_answer() { co_return co_await answered_.wait(); }

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

Producer::Partition& Producer::partition_state(TopicPartition id) {
  const auto [entry, is_new] = partitions_.try_emplace(std::move(id));
  if (is_new) entry->second.id = entry->first;
  return entry->second;
}

void Producer::append(Partition& partition, const ProducerRecord& record, uint64_t tag) {
  const std::vector<wire::RecordHeader> headers = headers_of(record);
  wire::NewRecord entry = entry_of(record, headers);
  entry.timestamp_ms = record.timestamp_ms.value_or(env_.clock.wall_now().to_ms());
  const size_t bound = wire::BatchBuilder::size_bound(entry);
  if (partition.open &&
      partition.open->builder.plain_size() + bound > static_cast<size_t>(config_.batch_size)) {
    close_batch(partition);
  }
  if (!partition.open) {
    partition.open.emplace(
        wire::BatchBuilder({.compression = config_.compression}, wire::kBatchHeaderSize + bound),
        env_.clock.now(), std::vector<Item>{}, 0);
  }
  partition.open->builder.append(entry);
  partition.open->items.push_back({tag, ++last_send_id_, entry.timestamp_ms});
  partition.open->memory += static_cast<int64_t>(bound);
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
  wake_sender();
}

void Producer::close_batch(Partition& partition) {
  ASSERT(partition.open.has_value());
  OpenBatch open = std::move(*partition.open);
  partition.open.reset();
  const auto keyless = keyless_.find(partition.id.topic);
  if (keyless != keyless_.end()) keyless->second.on_batch_closed(partition.id.partition);
  if (config_.compression != wire::Compression::kNone)
    env_.cpu.charge(Work::kCompressByte, static_cast<int64_t>(open.builder.plain_size()));
  const int32_t records = open.builder.record_count();
  Result<Slice> bytes = std::move(open.builder).build(codecs_);
  ASSERT(bytes.has_value());  // compressing memory to memory
  const uint64_t id = ++last_batch_id_;
  partition.closed[id] = {std::move(*bytes), std::move(open.items), open.memory};
  partition.core.add(
      {.id = id, .records = records, .expires = open.created + config_.delivery_timeout});
}

void Producer::finish(Partition& partition, uint64_t batch_id, const SendResult& result) {
  const auto found = partition.closed.find(batch_id);
  ASSERT(found != partition.closed.end());
  const ClosedBatch batch = std::move(found->second);
  partition.closed.erase(found);
  memory_used_ -= batch.memory;
  ASSERT_OP(memory_used_, >=, 0);
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
  const int64_t last = last_send_id_;
  flush_up_to_ = last;
  wake_sender();
  while (has_unanswered_up_to(last)) {
    const Result<void> woken = co_await answered_.wait();
    if (!woken) co_return woken;
  }
  co_return Result<void>{};
}

bool Producer::has_unanswered_up_to(int64_t send_id) const {
  return std::any_of(partitions_.begin(), partitions_.end(), [&](const auto& entry) {
    const Partition& partition = entry.second;
    if (partition.open && partition.open->items.front().send_id <= send_id) return true;
    if (partition.closed.empty()) return false;
    return partition.closed.begin()->second.items.front().send_id <= send_id;
  });
}

}  // namespace faultline::client
