// SPDX-License-Identifier: Apache-2.0
// Prefixes of internal records.
#include "broker/wire/record_prefix.h"

#include <climits>
#include <string>
#include <utility>

#include "broker/base/assert.h"

namespace faultline::wire {
namespace {

constexpr uint32_t kFrameVersion = 1;
constexpr size_t kPrefixBytesMax = 8;

}  // namespace

Slice with_metadata_prefix(int type, int version, const Slice& body) {
  ASSERT(type >= 0 && version >= 0);
  ByteWriter out(kPrefixBytesMax + body.size());
  out.unsigned_varint(kFrameVersion);
  out.unsigned_varint(static_cast<uint64_t>(type));
  out.unsigned_varint(static_cast<uint64_t>(version));
  out.append(body.view());
  return std::move(out).finish();
}

Result<MetadataRecordPrefix> parse_metadata_prefix(const Slice& record) {
  ByteReader in(record);
  const uint32_t frame_version = in.unsigned_varint32();
  const uint32_t type = in.unsigned_varint32();
  const uint32_t version = in.unsigned_varint32();
  if (!in.ok() || type > INT16_MAX || version > INT16_MAX) {
    return fail(ErrorCode::kCorrupt, "metadata record prefix");
  }
  if (frame_version != kFrameVersion) {
    return fail(ErrorCode::kUnsupported,
                "metadata record frame version " + std::to_string(frame_version));
  }
  return MetadataRecordPrefix{static_cast<int>(type), static_cast<int>(version),
                              record.subslice(in.position())};
}

Slice with_number(int number, const Slice& body) {
  ASSERT(number >= 0 && number <= INT16_MAX);
  ByteWriter out(sizeof(int16_t) + body.size());
  out.write<int16_t>(static_cast<int16_t>(number));
  out.append(body.view());
  return std::move(out).finish();
}

Result<NumberedRecord> parse_number(const Slice& record) {
  ByteReader in(record);
  const auto number = in.read<int16_t>();
  if (!in.ok()) return fail(ErrorCode::kCorrupt, "record version");
  return NumberedRecord{number, record.subslice(in.position())};
}

}  // namespace faultline::wire
