// SPDX-License-Identifier: Apache-2.0
// Makes record batches: collects records, then compresses them, fills in the header and seals it
// with the CRC. Offsets and timestamps are deltas to the first record's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "broker/base/byte_io.h"
#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/wire/record.h"
#include "broker/wire/record_batch.h"

namespace faultline::wire {

struct BatchOptions {
  int64_t base_offset = 0;
  int32_t leader_epoch = -1;
  Compression compression = Compression::kNone;
  // LogAppendTime batches carry this time as their max_timestamp; CreateTime when absent.
  std::optional<int64_t> log_append_time_ms;
  int64_t producer_id = -1;
  int16_t producer_epoch = -1;
  int32_t base_sequence = -1;
  bool transactional = false;
  bool control = false;
};

struct NewRecord {
  int64_t timestamp_ms = 0;
  std::optional<Bytes> key;
  std::optional<Bytes> value;
  std::span<const RecordHeader> headers;
};

class BatchBuilder {
 public:
  // `expected_size` saves growing, and copying, on the way to a batch of that size.
  explicit BatchBuilder(const BatchOptions& options, size_t expected_size = kBatchHeaderSize);

  // Gives the record the next offset.
  void append(const NewRecord& record);
  // For compaction: keeps a record's offset; requires a rising sequence of offsets >= base_offset.
  void append_at(int64_t offset, const NewRecord& record);

  int32_t record_count() const { return count_; }
  bool empty() const { return count_ == 0; }
  // Size of the batch if it is not compressed.
  size_t plain_size() const { return batch_.size(); }
  // What append(record) adds to plain_size() at most.
  static size_t size_bound(const NewRecord& record);

  // Requires at least one record. `last_offset` keeps a compacted batch's range; the last record's
  // otherwise. Who builds many compressed batches has codecs for them.
  Result<Slice> build(std::optional<int64_t> last_offset = std::nullopt) &&;
  Result<Slice> build(Codecs& codecs, std::optional<int64_t> last_offset = std::nullopt) &&;

 private:
  void write_header(Buffer& batch, int32_t last_offset_delta) const;

  BatchOptions options_;
  ByteWriter batch_;  // room for the header, then the records
  int32_t count_ = 0;
  int32_t last_offset_delta_ = -1;
  int64_t base_timestamp_ = -1;
  int64_t max_timestamp_ = -1;
};

// One control record in a batch of its own; a transaction marker names its producer in the options.
Slice control_batch(BatchOptions options, ControlType type, int64_t timestamp_ms, Bytes value);

}  // namespace faultline::wire
