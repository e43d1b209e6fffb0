// SPDX-License-Identifier: Apache-2.0
// Record parsing. Lengths are checked against the record they are in before they are used.
#include "broker/wire/record.h"

#include <string>
#include <utility>

namespace faultline::wire {
namespace {

constexpr int16_t kControlKeyVersion = 0;

// A varint length and that many bytes; -1 is null.
std::optional<Bytes> nullable_bytes(ByteReader& in) {
  const int32_t length = in.varint();
  if (length == -1) return std::nullopt;
  if (length < -1) {
    in.set_failed();
    return std::nullopt;
  }
  return in.view(static_cast<size_t>(length));
}

void skip_header(ByteReader& in) {
  if (!nullable_bytes(in)) in.set_failed();  // a header's key is never null
  nullable_bytes(in);
}

}  // namespace

std::optional<RecordHeader> HeaderIterator::next() {
  if (left_ == 0) return std::nullopt;
  --left_;
  RecordHeader header;
  header.key = as_text(nullable_bytes(in_).value_or(Bytes{}));
  header.value = nullable_bytes(in_);
  return header;
}

std::optional<RecordView> RecordIterator::next() {
  if (left_ <= 0) return std::nullopt;
  const int32_t length = in_.varint();
  if (length < 0) in_.set_failed();
  const Bytes body = in_.view(length < 0 ? 0 : static_cast<size_t>(length));
  ByteReader record(body);
  RecordView view;
  view.attributes = record.read<int8_t>();
  view.timestamp_delta = record.varlong();
  view.offset_delta = record.varint();
  view.key = nullable_bytes(record);
  view.value = nullable_bytes(record);
  view.header_count = record.varint();
  const size_t headers_start = record.position();
  if (view.header_count < 0 || static_cast<size_t>(view.header_count) > record.remaining()) {
    record.set_failed();
  }
  for (int32_t i = 0; i < view.header_count && record.ok(); ++i) skip_header(record);
  if (!in_.ok() || !record.ok() || record.remaining() != 0) {
    in_.set_failed();
    return std::nullopt;
  }
  view.header_bytes = body.subspan(headers_start);
  --left_;
  return view;
}

std::string_view to_string(ControlType type) {
  switch (type) {
    case ControlType::kAbort: return "ABORT";
    case ControlType::kCommit: return "COMMIT";
    case ControlType::kLeaderChange: return "LEADER_CHANGE";
    case ControlType::kSnapshotHeader: return "SNAPSHOT_HEADER";
    case ControlType::kSnapshotFooter: return "SNAPSHOT_FOOTER";
    case ControlType::kKRaftVersion: return "KRAFT_VERSION";
    case ControlType::kKRaftVoters: return "KRAFT_VOTERS";
  }
  return "UNKNOWN";
}

Slice control_key(ControlType type) {
  ByteWriter key(2 * sizeof(int16_t));
  key.write<int16_t>(kControlKeyVersion);
  key.write<int16_t>(static_cast<int16_t>(type));
  return std::move(key).finish();
}

Result<ControlType> parse_control_key(Bytes key) {
  ByteReader in(key);
  const auto version = in.read<int16_t>();
  const auto type = in.read<int16_t>();
  if (!in.ok() || version < kControlKeyVersion)
    return fail(ErrorCode::kCorrupt, "control record key");
  if (type < static_cast<int16_t>(ControlType::kAbort) ||
      type > static_cast<int16_t>(ControlType::kKRaftVoters)) {
    return fail(ErrorCode::kUnsupported, "control record type " + std::to_string(type));
  }
  return static_cast<ControlType>(type);
}

}  // namespace faultline::wire
