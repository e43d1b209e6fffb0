// SPDX-License-Identifier: Apache-2.0
// Positions, polling and offset look-ups.
#include "broker/client/consumer.h"

#include <algorithm>

#include "broker/env/history_events.h"
#include "broker/wire/messages_list_offsets.h"

namespace faultline::client {
namespace {

constexpr int64_t kEarliest = -2;
constexpr int64_t kLatest = -1;

}  // namespace

Consumer::Consumer(Env& env, ConsumerConfig config, uint64_t number)
    : env_(env), config_(std::move(config)), number_(number), cluster_(env, config_.connection) {}

void Consumer::assign(std::vector<TopicPartition> partitions) {
  std::map<TopicPartition, Assigned> kept;
  for (TopicPartition& partition : partitions) {
    const auto old = assigned_.find(partition);
    kept[partition] = old == assigned_.end() ? Assigned{} : std::move(old->second);
  }
  assigned_ = std::move(kept);
}

void Consumer::seek(const TopicPartition& partition, Offset offset) {
  reset_position(partition, offset, "seek");
}

std::optional<Offset> Consumer::position(const TopicPartition& partition) const {
  const auto found = assigned_.find(partition);
  if (found == assigned_.end()) return std::nullopt;
  const Assigned& assigned = found->second;
  if (assigned.given < assigned.buffered.size()) return assigned.buffered[assigned.given].offset;
  return assigned.position;
}

Offset Consumer::high_watermark(const TopicPartition& partition) const {
  const auto found = assigned_.find(partition);
  return found == assigned_.end() ? -1 : found->second.high_watermark;
}

void Consumer::reset_position(const TopicPartition& id, Offset offset, const char* reason) {
  const auto found = assigned_.find(id);
  ASSERT(found != assigned_.end());
  found->second.position = offset;
  found->second.buffered.clear();
  found->second.given = 0;
  emit(env_.probe, number_,
       history::PositionReset{
           .topic = id.topic, .partition = id.partition, .offset = offset, .reason = reason});
}

Task<Result<Offset>> Consumer::offset_for(TopicPartition id, int64_t timestamp) {
  Result<PartitionLeader> leader = co_await cluster_.leader_of(id.topic, id.partition);
  if (!leader) co_return std::unexpected(leader.error());
  Result<Connection*> connection = co_await cluster_.connection_to(leader->broker_id);
  if (!connection) {
    cluster_.invalidate(id.topic);
    co_return std::unexpected(connection.error());
  }
  const int version = (*connection)->version_of(wire::ApiKey::kListOffsets);
  if (version < 0) co_return fail(ErrorCode::kUnsupported, "ListOffsets");
  wire::ListOffsetsRequest request;
  request.replica_id = -1;  // a consumer
  request.isolation_level = static_cast<int8_t>(config_.isolation_level);
  auto& topic = request.topics.emplace_back();
  topic.name = id.topic;
  auto& partition = topic.partitions.emplace_back();
  partition.partition_index = id.partition;
  partition.timestamp = timestamp;
  Result<wire::ListOffsetsResponse> response = co_await (*connection)->call(request, version);
  if (!response) {
    cluster_.invalidate(id.topic);
    co_return std::unexpected(response.error());
  }
  for (const auto& answer : response->topics) {
    for (const auto& each : answer.partitions) {
      if (answer.name != id.topic || each.partition_index != id.partition) continue;
      if (each.error_code == wire::KafkaError::kNone) co_return each.offset;
      cluster_.invalidate(id.topic);
      co_return fail(ErrorCode::kIo, std::string(wire::to_string(each.error_code)));
    }
  }
  co_return fail(ErrorCode::kIo, "ListOffsets without the partition");
}

Task<Result<void>> Consumer::settle_positions() {
  std::vector<TopicPartition> unsettled;
  for (const auto& [id, assigned] : assigned_)
    if (!assigned.position) unsettled.push_back(id);
  for (const TopicPartition& id : unsettled) {
    if (config_.auto_offset_reset == OffsetReset::kNone)
      co_return fail(ErrorCode::kOutOfRange, id.to_string() + " has no position");
    const int64_t where = config_.auto_offset_reset == OffsetReset::kEarliest ? kEarliest : kLatest;
    Result<Offset> offset = co_await offset_for(id, where);
    if (!offset) co_return std::unexpected(offset.error());
    if (assigned_.contains(id)) reset_position(id, *offset, "auto.offset.reset");
  }
  co_return Result<void>{};
}

std::vector<ConsumedRecord> Consumer::take_buffered() {
  std::vector<ConsumedRecord> records;
  for (auto& [id, assigned] : assigned_) {
    const bool takes_all =
        records.empty() && assigned.given == 0 &&
        assigned.buffered.size() <= static_cast<size_t>(config_.max_poll_records);
    if (takes_all) records.swap(assigned.buffered);
    while (assigned.given < assigned.buffered.size() &&
           records.size() < static_cast<size_t>(config_.max_poll_records))
      records.push_back(std::move(assigned.buffered[assigned.given++]));
    if (assigned.given == assigned.buffered.size()) {
      assigned.buffered.clear();
      assigned.given = 0;
    }
  }
  return records;
}

bool Consumer::is_settled() const {
  return std::all_of(assigned_.begin(), assigned_.end(),
                     [](const auto& entry) { return entry.second.position.has_value(); });
}

bool Consumer::has_buffered() const {
  return std::any_of(assigned_.begin(), assigned_.end(),
                     [](const auto& entry) { return !entry.second.buffered.empty(); });
}

Task<Result<std::vector<ConsumedRecord>>> Consumer::poll(Duration wait) {
  const Instant deadline = env_.clock.now() + wait;
  bool has_asked = false;  // without time to wait a poll asks once
  while (true) {
    std::vector<ConsumedRecord> records = take_buffered();
    if (!records.empty()) co_return records;
    const Instant now = env_.clock.now();
    if (has_asked && now >= deadline) co_return records;
    has_asked = true;
    const Duration left = now < deadline ? deadline - now : Duration{};
    Result<void> done;
    if (!is_settled()) done = co_await settle_positions();
    if (done) done = co_await fetch_once(std::min(left, config_.fetch_max_wait));
    if (done) {
      attempts_ = 0;
      continue;
    }
    const ErrorCode code = done.error().code;
    // What other partitions gave is not held back by one that failed.
    if (code != ErrorCode::kCancelled && code != ErrorCode::kOutOfRange && has_buffered()) continue;
    if (code == ErrorCode::kCancelled || code == ErrorCode::kOutOfRange ||
        code == ErrorCode::kUnsupported || code == ErrorCode::kCorrupt)
      co_return std::unexpected(done.error());
    const Instant retry_at = env_.clock.now() + cluster_.backoff(++attempts_);
    CO_TRY(co_await env_.timers.sleep_until(std::min(retry_at, deadline)));
  }
}

}  // namespace faultline::client
