// SPDX-License-Identifier: Apache-2.0
// Dumps of indexes, snapshots and text files, and the choice among the kinds.
#include "broker/log/dump.h"

#include <algorithm>

#include <fmt/format.h>

#include "broker/log/dump_records.h"
#include "broker/log/file_names.h"
#include "broker/log/offset_index.h"
#include "broker/log/producer_snapshot.h"
#include "broker/log/time_index.h"
#include "broker/log/transaction_index.h"

namespace faultline::log {
namespace {

class StringSink final : public TextSink {
 public:
  void write(std::string_view piece) override { text += piece; }
  std::string text;
};

void dump_offset_index(std::string_view path, Offset base, Bytes bytes, TextSink& sink) {
  const OffsetIndex index = OffsetIndex::decode_unchecked(bytes);
  if (index.entries().empty()) return sink.write(fmt::format("{} is empty.\n", path));
  for (const OffsetEntry& entry : index.entries())
    sink.write(
        fmt::format("offset: {} position: {}\n", base + entry.relative_offset, entry.position));
}

void dump_time_index(Offset base, Bytes bytes, TextSink& sink) {
  const TimeIndex index = TimeIndex::decode_unchecked(bytes);
  for (const TimeEntry& entry : index.entries())
    sink.write(fmt::format("timestamp: {} offset: {}\n", entry.timestamp_ms,
                           base + entry.relative_offset));
}

void dump_transaction_index(Bytes bytes, TextSink& sink) {
  const auto entries = decode_transaction_index(bytes);
  if (!entries) return sink.write(fmt::format("{}\n", entries.error().to_string()));
  for (const AbortedTransaction& entry : *entries)
    sink.write(fmt::format(
        "version: 0 producerId: {} firstOffset: {} lastOffset: {} lastStableOffset: {}\n",
        entry.producer_id, entry.first_offset, entry.last_offset, entry.last_stable_offset));
}

void dump_snapshot(Bytes bytes, TextSink& sink) {
  const auto entries = decode_producer_snapshot(bytes);
  if (!entries) return sink.write(fmt::format("{}\n", entries.error().to_string()));
  for (const SnapshotEntry& entry : *entries) {
    const std::string open = entry.open_transaction < 0
                                 ? "OptionalLong.empty"
                                 : fmt::format("OptionalLong[{}]", entry.open_transaction);
    sink.write(fmt::format(
        "producerId: {} producerEpoch: {} coordinatorEpoch: {} "
        "currentTxnFirstOffset: {} lastTimestamp: {} ",
        entry.producer_id, entry.epoch, entry.coordinator_epoch, open, entry.timestamp_ms));
    if (entry.last_sequence >= 0) {
      sink.write(fmt::format(
          "firstSequence: {} lastSequence: {} lastOffset: {} offsetDelta: {} timestamp: {}",
          producer::sequence_before(entry.last_sequence, entry.offset_delta), entry.last_sequence,
          entry.last_offset, entry.offset_delta, entry.timestamp_ms));
    }
    sink.write("\n");
  }
}

bool is_text(Bytes bytes) {
  return std::ranges::all_of(bytes, [](uint8_t byte) {
    return byte >= 0x20 || byte == '\n' || byte == '\r' || byte == '\t';
  });
}

void dump_text(Bytes bytes, TextSink& sink) {
  const std::string text = readable_text(bytes);
  sink.write(text);
  if (!text.empty() && text.back() != '\n') sink.write("\n");
}

}  // namespace

Result<void> dump_file(std::string_view path, const Slice& bytes, TextSink& sink) {
  const std::string_view name = path.substr(path.rfind('/') + 1);  // npos + 1 is 0
  const auto parsed = parse_file_name(name);
  const bool is_batches = name.ends_with(".checkpoint") || (!parsed && name.ends_with(".log"));
  if (!parsed && !is_batches && !is_text(bytes.view()))
    return fail(ErrorCode::kUnsupported, std::string(path) + ": no file of a log directory");
  sink.write(fmt::format("Dumping {}\n", path));
  if (!parsed) {
    if (!is_batches) dump_text(bytes.view(), sink);
    if (is_batches) dump_batches(name, bytes, sink);
    return {};
  }
  switch (parsed->kind) {
    case FileKind::kLog:
      sink.write(fmt::format("Log starting offset: {}\n", parsed->base_offset));
      dump_batches(name, bytes, sink);
      break;
    case FileKind::kOffsetIndex:
      dump_offset_index(path, parsed->base_offset, bytes.view(), sink);
      break;
    case FileKind::kTimeIndex: dump_time_index(parsed->base_offset, bytes.view(), sink); break;
    case FileKind::kTransactionIndex: dump_transaction_index(bytes.view(), sink); break;
    case FileKind::kProducerSnapshot: dump_snapshot(bytes.view(), sink); break;
  }
  return {};
}

Result<std::string> dump_file(std::string_view path, const Slice& bytes) {
  StringSink sink;
  TRY(dump_file(path, bytes, sink));
  return std::move(sink.text);
}

}  // namespace faultline::log
