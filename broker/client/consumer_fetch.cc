// SPDX-License-Identifier: Apache-2.0
// Fetching: requests to the leaders, and the records in their answers.
#include <algorithm>

#include "broker/client/by_leader.h"
#include "broker/client/consumer.h"
#include "broker/env/history_events.h"
#include "broker/wire/record.h"
#include "broker/wire/record_batch.h"

namespace faultline::client {
namespace {

using wire::KafkaError;

constexpr int kFetchVersionCap = 12;  // from 13 on topics are named by id
constexpr size_t kPlainBytesMax = 256 << 20;

std::optional<Slice> slice_of(const Slice& owner, const std::optional<Bytes>& part) {
  if (!part) return std::nullopt;
  if (part->empty()) return Slice();
  return owner.subslice(static_cast<size_t>(part->data() - owner.data()), part->size());
}

}  // namespace

Task<Result<void>> Consumer::fetch_once(Duration wait) {
  std::vector<Fetching> parts;
  parts.reserve(assigned_.size());
  for (const auto& [id, assigned] : assigned_)
    if (assigned.position) parts.push_back({.id = id, .offset = *assigned.position});
  Result<void> first_failure;
  for (Fetching& part : parts) {
    if (const PartitionLeader* known = cluster_.known_leader(part.id.topic, part.id.partition)) {
      part.leader = known->broker_id;
      continue;
    }
    Result<PartitionLeader> leader = co_await cluster_.leader_of(part.id.topic, part.id.partition);
    if (leader) {
      part.leader = leader->broker_id;
    } else {
      // No leader for one partition holds up no other.
      if (leader.error().code != ErrorCode::kNotFound) co_return std::unexpected(leader.error());
      first_failure = std::unexpected(leader.error());
    }
  }
  std::erase_if(parts, [](const Fetching& part) { return part.leader < 0; });
  order_by_leader(parts, [](const Fetching& part) -> const TopicPartition& { return part.id; });
  std::span<Fetching> rest(parts);
  // With several leaders none may hold up the others for long.
  const Duration share = wait / std::max<int64_t>(count_leaders(rest), 1);
  while (!rest.empty()) {
    const std::span<Fetching> of_one = first_leader_of(rest);
    rest = rest.subspan(of_one.size());
    Result<void> fetched = co_await fetch_from(of_one, share);
    if (!fetched && fetched.error().code == ErrorCode::kCancelled) co_return fetched;
    if (!fetched && first_failure) first_failure = std::move(fetched);
  }
  co_return first_failure;
}

Task<Result<void>> Consumer::fetch_from(std::span<Fetching> parts, Duration wait) {
  const int32_t broker_id = parts.front().leader;
  Result<Connection*> connection = cluster_.usable_connection_to(broker_id);
  if (*connection == nullptr) connection = co_await cluster_.connection_to(broker_id);
  if (!connection) {
    for (const Fetching& part : parts) cluster_.invalidate(part.id.topic);
    co_return std::unexpected(connection.error());
  }
  const int version = (*connection)->version_of(wire::ApiKey::kFetch, kFetchVersionCap);
  if (version < 0) co_return fail(ErrorCode::kUnsupported, "Fetch");
  wire::FetchRequest request;
  request.max_wait_ms = static_cast<int32_t>((wait + nanoseconds(999'999)).to_ms());
  request.min_bytes = config_.fetch_min_bytes;
  request.max_bytes = config_.fetch_max_bytes;
  request.isolation_level = static_cast<int8_t>(config_.isolation_level);
  request.session_epoch = -1;  // no fetch session
  for (Fetching& part : parts) {
    if (request.topics.empty() || request.topics.back().topic != part.id.topic)
      request.topics.emplace_back().topic = part.id.topic;
    auto& partition = request.topics.back().partitions.emplace_back();
    partition.partition = part.id.partition;
    partition.fetch_offset = part.offset;
    partition.partition_max_bytes = config_.partition_bytes_max;
    part.event =
        emit(env_.probe, number_,
             history::FetchSent{
                 .topic = part.id.topic, .partition = part.id.partition, .offset = part.offset});
  }
  Result<wire::FetchResponse> response = co_await (*connection)->call(request, version);
  if (!response) {
    for (const Fetching& part : parts) cluster_.invalidate(part.id.topic);
    co_return std::unexpected(response.error());
  }
  if (response->error_code != KafkaError::kNone)
    co_return fail(ErrorCode::kIo, std::string(wire::to_string(response->error_code)));
  co_return take_response(parts, *response);
}

Result<void> Consumer::take_response(std::span<const Fetching> parts,
                                     const wire::FetchResponse& response) {
  Result<void> first_failure;
  for (const auto& topic : response.responses) {
    for (const auto& data : topic.partitions) {
      const auto part = std::find_if(parts.begin(), parts.end(), [&](const Fetching& each) {
        return each.id.partition == data.partition_index && each.id.topic == topic.topic;
      });
      if (part == parts.end()) continue;
      Result<void> taken = take_partition(*part, data);
      if (!taken && first_failure) first_failure = std::move(taken);
    }
  }
  return first_failure;
}

Result<void> Consumer::take_partition(const Fetching& part,
                                      const wire::FetchResponse::Topic::Partition& data) {
  const auto found = assigned_.find(part.id);
  if (found == assigned_.end()) return {};
  Assigned& assigned = found->second;
  if (assigned.position != part.offset) return {};  // a seek overtook the answer
  if (data.error_code == KafkaError::kOffsetOutOfRange) {
    if (config_.auto_offset_reset == OffsetReset::kNone)
      return fail(ErrorCode::kOutOfRange, part.id.to_string());
    assigned.position.reset();  // settle_positions() asks where to go on
    return {};
  }
  if (data.error_code != KafkaError::kNone) {
    cluster_.invalidate(part.id.topic);
    return fail(ErrorCode::kIo, std::string(wire::to_string(data.error_code)));
  }
  assigned.high_watermark = data.high_watermark;
  return take_records(part, assigned, data.records.value_or(Slice()));
}

Result<void> Consumer::take_records(const Fetching& part, Assigned& assigned,
                                    const Slice& records) {
  const Result<void> taken = take_batches(part, assigned, records);
  history::Polled polled{.topic = part.id.topic,
                         .partition = part.id.partition,
                         .fetch = part.event,
                         .high_watermark = assigned.high_watermark,
                         .records = {}};
  polled.records.reserve(assigned.buffered.size());
  for (const ConsumedRecord& record : assigned.buffered) {
    const Bytes value = record.value ? record.value->view() : Bytes{};
    polled.records.push_back({record.offset, history::record_digest(value), record.timestamp_ms});
  }
  emit(env_.probe, number_, polled);
  return taken;
}

Result<void> Consumer::take_batches(const Fetching& part, Assigned& assigned,
                                    const Slice& records) {
  size_t at = 0;
  while (at < records.size()) {
    const Result<wire::BatchView> batch = wire::parse_batch(records.view().subspan(at));
    if (!batch && batch.error().code == ErrorCode::kTruncated) {
      // The last batch may be cut off by the size limit; the next fetch brings it whole. Nothing
      // but a cut batch is no progress: wait before asking again.
      if (at == 0) return fail(ErrorCode::kIo, part.id.to_string() + " gave no whole batch");
      break;
    }
    if (!batch) return std::unexpected(batch.error());
    TRY(take_batch(part, assigned, records.subslice(at, batch->size())));
    at += batch->size();
  }
  return {};
}

Result<void> Consumer::take_batch(const Fetching& part, Assigned& assigned, const Slice& bytes) {
  const wire::BatchView batch(bytes.view());
  env_.cpu.charge(Work::kChecksumByte, static_cast<int64_t>(bytes.size()));
  if (config_.check_crcs && !batch.crc_is_valid())
    return fail(ErrorCode::kCorrupt, part.id.to_string() + " batch at offset " +
                                         std::to_string(batch.base_offset()) + ": CRC");
  const Offset next = std::max(*assigned.position, batch.next_offset());
  if (batch.is_control()) {
    assigned.position = next;
    return {};
  }
  TRY_ASSIGN(const Slice plain, wire::plain_records(bytes, kPlainBytesMax, codecs_));
  env_.cpu.charge(Work::kRecord, batch.record_count());
  const size_t before = assigned.buffered.size();
  wire::RecordIterator records(plain.view(), batch.record_count());
  while (std::optional<wire::RecordView> record = records.next()) {
    const Offset offset = record->offset_in(batch);
    if (offset < part.offset) continue;  // the batch began before the fetched offset
    ConsumedRecord& out = assigned.buffered.emplace_back();
    out.topic = part.id.topic;
    out.partition = part.id.partition;
    out.offset = offset;
    out.timestamp_ms = record->timestamp_in(batch);
    out.key = slice_of(plain, record->key);
    out.value = slice_of(plain, record->value);
    wire::HeaderIterator headers = record->headers();
    while (std::optional<wire::RecordHeader> header = headers.next())
      out.headers.emplace_back(header->key, slice_of(plain, header->value));
  }
  if (!records.finished()) {
    assigned.buffered.resize(before);
    return fail(ErrorCode::kCorrupt, part.id.to_string() + " records");
  }
  assigned.position = next;
  return {};
}

}  // namespace faultline::client
