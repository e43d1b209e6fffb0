// SPDX-License-Identifier: Apache-2.0
// Lines of batches and records.
#include "broker/log/dump_records.h"

#include <fmt/format.h>

#include "broker/producer/producer_state.h"
#include "broker/wire/record.h"

namespace faultline::log {
namespace {

constexpr size_t kPlainBytesMax = 1 << 30;

std::string_view name_of(wire::TimestampType type) {
  return type == wire::TimestampType::kLogAppendTime ? "LogAppendTime" : "CreateTime";
}

void dump_batch(const wire::BatchView& batch, size_t position, TextSink& sink) {
  const std::string horizon = batch.has_delete_horizon()
                                  ? fmt::format("OptionalLong[{}]", batch.base_timestamp())
                                  : "OptionalLong.empty";
  sink.write(fmt::format(
      "baseOffset: {} lastOffset: {} count: {} baseSequence: {} lastSequence: {} producerId: {} "
      "producerEpoch: {} partitionLeaderEpoch: {} isTransactional: {} isControl: {} "
      "deleteHorizonMs: {} position: {} {}: {} size: {} magic: {} compresscodec: {} crc: {} "
      "isvalid: {}\n",
      batch.base_offset(), batch.last_offset(), batch.record_count(), batch.base_sequence(),
      batch.last_sequence(), batch.producer_id(), batch.producer_epoch(), batch.leader_epoch(),
      batch.is_transactional(), batch.is_control(), horizon, position,
      name_of(batch.timestamp_type()), batch.max_timestamp(), batch.size(), batch.magic(),
      wire::to_string(batch.compression()), batch.crc(), batch.crc_is_valid()));
}

std::string header_keys(const wire::RecordView& record) {
  std::string keys;
  wire::HeaderIterator headers = record.headers();
  while (const auto header = headers.next()) {
    if (!keys.empty()) keys += ',';
    keys += header->key;
  }
  return keys;
}

std::string control_text(const wire::RecordView& record) {
  const auto type = wire::parse_control_key(record.key.value_or(Bytes()));
  if (!type) return " control: unknown";
  if (*type != wire::ControlType::kAbort && *type != wire::ControlType::kCommit)
    return fmt::format(" control: {}", wire::to_string(*type));
  ByteReader value(record.value.value_or(Bytes()));
  value.read<int16_t>();
  const auto coordinator_epoch = value.read<int32_t>();
  return fmt::format(" endTxnMarker: {} coordinatorEpoch: {}",
                     *type == wire::ControlType::kCommit ? "COMMIT" : "ABORT", coordinator_epoch);
}

void dump_record(const wire::BatchView& batch, const wire::RecordView& record, TextSink& sink) {
  const auto size_of = [](const std::optional<Bytes>& bytes) {
    return bytes ? static_cast<int64_t>(bytes->size()) : int64_t{-1};
  };
  const int32_t sequence =
      batch.base_sequence() < 0
          ? -1
          : producer::sequence_after(batch.base_sequence(), record.offset_delta);
  std::string line = fmt::format(
      "| offset: {} {}: {} keySize: {} valueSize: {} sequence: {} headerKeys: [{}]",
      record.offset_in(batch), name_of(batch.timestamp_type()), record.timestamp_in(batch),
      size_of(record.key), size_of(record.value), sequence, header_keys(record));
  if (batch.is_control()) {
    line += control_text(record);
  } else {
    if (record.key) line += " key: " + readable_text(*record.key);
    if (record.value) line += " payload: " + readable_text(*record.value);
  }
  line += '\n';
  sink.write(line);
}

// Length of the well-formed UTF-8 sequence at the start of `bytes`; or, negative, how many bytes
// one replacement character stands for (the longest start of a well-formed one).
int sequence_length(Bytes bytes) {
  const uint8_t lead = bytes[0];
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  const int length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (int i = 1; i < length; ++i) {
    uint8_t low = 0x80;
    uint8_t high = 0xbf;
    if (i == 1 && lead == 0xe0) low = 0xa0;
    if (i == 1 && lead == 0xed) high = 0x9f;
    if (i == 1 && lead == 0xf0) low = 0x90;
    if (i == 1 && lead == 0xf4) high = 0x8f;
    if (static_cast<size_t>(i) >= bytes.size() || bytes[i] < low || bytes[i] > high) return -i;
  }
  return length;
}

}  // namespace

std::string readable_text(Bytes bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const int length = sequence_length(bytes);
    const size_t taken = static_cast<size_t>(length < 0 ? -length : length);
    text += length < 0 ? std::string_view("\xef\xbf\xbd") : as_text(bytes.first(taken));
    bytes = bytes.subspan(taken);
  }
  return text;
}

void dump_batches(std::string_view name, const Slice& bytes, TextSink& sink) {
  wire::Codecs codecs;
  size_t position = 0;
  while (position < bytes.size()) {
    const auto batch = wire::parse_batch(bytes.view().subspan(position));
    if (!batch) break;
    dump_batch(*batch, position, sink);
    const auto plain =
        wire::plain_records(bytes.subslice(position, batch->size()), kPlainBytesMax, codecs);
    position += batch->size();
    if (!plain) {
      sink.write(fmt::format("| {}\n", plain.error().to_string()));
      continue;
    }
    wire::RecordIterator records(plain->view(), batch->record_count());
    while (const auto record = records.next()) dump_record(*batch, *record, sink);
    if (!records.finished()) sink.write("| the records are malformed\n");
  }
  if (position < bytes.size()) {
    sink.write(
        fmt::format("Found {} invalid bytes at the end of {}\n", bytes.size() - position, name));
  }
}

}  // namespace faultline::log
