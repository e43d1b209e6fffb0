// SPDX-License-Identifier: Apache-2.0
// Byte form of producer snapshots.
#include "broker/log/producer_snapshot.h"

#include "broker/base/byte_io.h"
#include "broker/base/crc32c.h"

namespace faultline::log {
namespace {

constexpr int16_t kVersion = 1;
constexpr size_t kCrcEnd = 6;  // version and checksum
constexpr size_t kEntrySize = 46;

}  // namespace

Slice encode_producer_snapshot(const producer::ProducerState& state) {
  ByteWriter out;
  out.write(kVersion);
  out.write(uint32_t{0});
  out.write(static_cast<int32_t>(state.entries.size()));
  for (const auto& [producer_id, entry] : state.entries) {
    const producer::WindowBatch* newest = entry.newest();
    const producer::WindowBatch batch = newest != nullptr ? *newest : producer::WindowBatch{};
    out.write(producer_id);
    out.write(entry.epoch);
    out.write(batch.last_sequence);
    out.write(batch.last_offset);
    out.write(batch.offset_delta);
    out.write(entry.last_timestamp_ms);
    out.write(entry.coordinator_epoch);
    out.write(entry.open_transaction.value_or(-1));
  }
  out.patch(2, crc32c(out.view().subspan(kCrcEnd)));
  return std::move(out).finish();
}

Result<std::vector<SnapshotEntry>> decode_producer_snapshot(Bytes bytes) {
  ByteReader in(bytes);
  const auto version = in.read<int16_t>();
  const auto crc = in.read<uint32_t>();
  const auto count = in.read<int32_t>();
  if (!in.ok() || count < 0) return fail(ErrorCode::kCorrupt, "producer snapshot header");
  if (version != kVersion) return fail(ErrorCode::kUnsupported, "producer snapshot version");
  if (crc != crc32c(bytes.subspan(kCrcEnd)))
    return fail(ErrorCode::kCorrupt, "producer snapshot checksum");
  if (in.remaining() != static_cast<size_t>(count) * kEntrySize)
    return fail(ErrorCode::kCorrupt, "producer snapshot size");
  std::vector<SnapshotEntry> entries(static_cast<size_t>(count));
  for (SnapshotEntry& entry : entries) {
    entry.producer_id = in.read<int64_t>();
    entry.epoch = in.read<int16_t>();
    entry.last_sequence = in.read<int32_t>();
    entry.last_offset = in.read<int64_t>();
    entry.offset_delta = in.read<int32_t>();
    entry.timestamp_ms = in.read<int64_t>();
    entry.coordinator_epoch = in.read<int32_t>();
    entry.open_transaction = in.read<int64_t>();
  }
  return entries;
}

producer::ProducerState state_of(const std::vector<SnapshotEntry>& entries) {
  producer::ProducerState state;
  for (const SnapshotEntry& from : entries) {
    producer::ProducerEntry entry;
    entry.epoch = from.epoch;
    entry.coordinator_epoch = from.coordinator_epoch;
    entry.last_timestamp_ms = from.timestamp_ms;
    if (from.open_transaction >= 0) entry.open_transaction = from.open_transaction;
    if (from.last_offset >= 0 && from.last_sequence >= 0)
      entry.remember({from.last_sequence, from.last_offset, from.offset_delta, from.timestamp_ms});
    state.entries[from.producer_id] = entry;
  }
  return state;
}

}  // namespace faultline::log
