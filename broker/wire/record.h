// SPDX-License-Identifier: Apache-2.0
// The records inside a batch. RecordIterator walks the plain (decompressed) bytes without
// allocating: keys, values and headers are views. It stops at the first record that is not well
// formed.
//
//   length varint | attributes i8 | timestamp_delta varlong | offset_delta varint | key_length
//   varint, key | value_length varint, value | header_count varint | { key_length varint, key,
//   value_length varint, value }
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "broker/base/byte_io.h"
#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/wire/record_batch.h"

namespace faultline::wire {

struct RecordHeader {
  std::string_view key;
  std::optional<Bytes> value;
};

// Walks the headers of one record; they were checked when the record was read.
class HeaderIterator {
 public:
  HeaderIterator(Bytes bytes, int32_t count) : in_(bytes), left_(count) {}
  std::optional<RecordHeader> next();

 private:
  ByteReader in_;
  int32_t left_;
};

struct RecordView {
  int8_t attributes = 0;
  int64_t timestamp_delta = 0;
  int32_t offset_delta = 0;
  std::optional<Bytes> key;
  std::optional<Bytes> value;
  Bytes header_bytes;
  int32_t header_count = 0;

  HeaderIterator headers() const { return {header_bytes, header_count}; }
  int64_t offset_in(const BatchView& batch) const { return batch.base_offset() + offset_delta; }
  // What Kafka reports for the record: a LogAppendTime batch gives all its records one time.
  int64_t timestamp_in(const BatchView& batch) const {
    if (batch.timestamp_type() == TimestampType::kLogAppendTime) return batch.max_timestamp();
    return static_cast<int64_t>(static_cast<uint64_t>(batch.base_timestamp()) +
                                static_cast<uint64_t>(timestamp_delta));
  }
};

class RecordIterator {
 public:
  // `plain` must outlive the iterator and the views it gives.
  RecordIterator(Bytes plain, int32_t count) : in_(plain), left_(count) {}

  // The next record; nullopt at the end and at the first malformed one. Tell them apart with
  // finished().
  std::optional<RecordView> next();
  // True after all records were well formed and no byte is left over.
  bool finished() const { return in_.ok() && left_ == 0 && in_.remaining() == 0; }

 private:
  ByteReader in_;
  int32_t left_;
};

// Kinds of control records, from their key (version i16, type i16). They take an offset; consumers
// skip them.
enum class ControlType : int16_t {
  kAbort = 0,
  kCommit = 1,
  kLeaderChange = 2,
  kSnapshotHeader = 3,
  kSnapshotFooter = 4,
  kKRaftVersion = 5,
  kKRaftVoters = 6,
};

std::string_view to_string(ControlType type);
Slice control_key(ControlType type);
// kUnsupported for a type that is not known: such a record is to be skipped.
Result<ControlType> parse_control_key(Bytes key);

}  // namespace faultline::wire
