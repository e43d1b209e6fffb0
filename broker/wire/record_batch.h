// SPDX-License-Identifier: Apache-2.0
// Record batch v2, the unit that producers send, logs store and fetches return, byte for byte the
// same. BatchView reads the fixed header in place. The CRC covers byte 21 to the end, so base
// offset and leader epoch, which the broker assigns, may be rewritten without touching it.
//
//    0 base_offset i64 | 8 batch_length i32 (from byte 12 on) | 12 partition_leader_epoch i32 | 16
//    magic i8
//   17 crc u32 | 21 attributes i16 | 23 last_offset_delta i32 | 27 base_timestamp i64 | 35
//   max_timestamp i64 43 producer_id i64 | 51 producer_epoch i16 | 53 base_sequence i32 | 57
//   record_count i32 | 61 records
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "broker/base/byte_io.h"
#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "broker/wire/compression.h"

namespace faultline::wire {

inline constexpr size_t kBatchOverhead =
    12;  // base offset and length: what a scan needs to skip a batch
inline constexpr size_t kBatchHeaderSize = 61;  // everything before the records
inline constexpr size_t kBatchCrcStart = 21;
inline constexpr int8_t kBatchMagic = 2;

enum class TimestampType : uint8_t { kCreateTime = 0, kLogAppendTime = 1 };

// Reads the header of a batch that parse_batch accepted; does not own the bytes. Records may be
// compressed.
class BatchView {
 public:
  explicit BatchView(Bytes batch) : bytes_(batch) {}

  Bytes bytes() const { return bytes_; }
  size_t size() const { return bytes_.size(); }

  int64_t base_offset() const { return get<int64_t>(0); }
  int32_t leader_epoch() const { return get<int32_t>(12); }
  int8_t magic() const { return get<int8_t>(16); }
  uint32_t crc() const { return get<uint32_t>(17); }
  uint16_t attributes() const { return get<uint16_t>(21); }
  int32_t last_offset_delta() const { return get<int32_t>(23); }
  // The delete horizon, when has_delete_horizon(); record deltas are relative to it all the same.
  int64_t base_timestamp() const { return get<int64_t>(27); }
  int64_t max_timestamp() const { return get<int64_t>(35); }
  int64_t producer_id() const { return get<int64_t>(43); }
  int16_t producer_epoch() const { return get<int16_t>(51); }
  int32_t base_sequence() const { return get<int32_t>(53); }
  int32_t record_count() const { return get<int32_t>(57); }
  Bytes records() const { return bytes_.subspan(kBatchHeaderSize); }

  int64_t last_offset() const { return base_offset() + last_offset_delta(); }
  int64_t next_offset() const { return last_offset() + 1; }
  // Sequence of the last record; wraps from 2^31 - 1 to 0. -1 without a sequence.
  int32_t last_sequence() const;
  uint8_t codec_bits() const { return attributes() & 0x07; }
  Compression compression() const { return static_cast<Compression>(codec_bits()); }
  TimestampType timestamp_type() const { return TimestampType((attributes() >> 3) & 1); }
  bool is_transactional() const { return (attributes() & 0x10) != 0; }
  bool is_control() const { return (attributes() & 0x20) != 0; }
  bool has_delete_horizon() const { return (attributes() & 0x40) != 0; }
  bool has_producer() const { return producer_id() >= 0; }

  uint32_t computed_crc() const;
  bool crc_is_valid() const { return crc() == computed_crc(); }

 private:
  template <class Int>
  Int get(size_t position) const {
    return load_big_endian<Int>(bytes_.data() + position);
  }

  Bytes bytes_;
};

// The batch at the start of `bytes`, which may continue behind it. kTruncated when the batch is not
// all there, kCorrupt when length, magic, counts or codec cannot be. Does not check the CRC.
Result<BatchView> parse_batch(Bytes bytes);
// The same without a reason.
std::optional<BatchView> batch_at_start(Bytes bytes);

// Total size of the batch of which at least the header is here; nothing when it cannot be one.
std::optional<size_t> sound_batch_size(Bytes header);

// Total size of the batch that starts with these kBatchOverhead bytes; kCorrupt below the least.
Result<size_t> batch_size_at(Bytes first_bytes);

// The plain records: shares the batch's bytes when they are not compressed. Who reads many batches
// has codecs for them.
Result<Slice> plain_records(const Slice& batch, size_t plain_bytes_max, Codecs& codecs);
Result<Slice> plain_records(const Slice& batch, size_t plain_bytes_max);

// --- rewriting; `batch` holds one whole batch ---

void set_base_offset(std::span<uint8_t> batch, int64_t base_offset);
void set_leader_epoch(std::span<uint8_t> batch, int32_t leader_epoch);
// Makes it a LogAppendTime batch whose records all carry `append_time_ms`; recomputes the CRC.
void set_log_append_time(std::span<uint8_t> batch, int64_t append_time_ms);
// Recomputes the CRC after any other change.
void seal_batch(std::span<uint8_t> batch);

struct Placement {
  int64_t base_offset = 0;
  int32_t leader_epoch = -1;
};
// A received batch with its offset and epoch filled in: a fresh header that is followed by the
// shared records, or a copy of all when it is short.
Slices place_batch(const Slice& batch, const Placement& placement);

}  // namespace faultline::wire
