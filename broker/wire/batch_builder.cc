// SPDX-License-Identifier: Apache-2.0
// Encoding of records and batch headers.
#include "broker/wire/batch_builder.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "broker/base/assert.h"

namespace faultline::wire {
namespace {

constexpr size_t kVarintBytesMax = 5;
constexpr size_t kVarlongBytesMax = 10;

size_t nullable_size(const std::optional<Bytes>& bytes) {
  if (!bytes) return 1;
  return varint_size(zigzag_encode(static_cast<int32_t>(bytes->size()))) + bytes->size();
}

void write_nullable(ByteWriter& out, const std::optional<Bytes>& bytes) {
  if (!bytes) {
    out.varint(-1);
    return;
  }
  out.varint(static_cast<int32_t>(bytes->size()));
  out.append(*bytes);
}

size_t headers_size(std::span<const RecordHeader> headers) {
  size_t size = varint_size(zigzag_encode(static_cast<int32_t>(headers.size())));
  for (const RecordHeader& header : headers) {
    size += nullable_size(as_bytes(header.key)) + nullable_size(header.value);
  }
  return size;
}

uint16_t attributes_of(const BatchOptions& options) {
  uint16_t attributes = static_cast<uint16_t>(options.compression);
  if (options.log_append_time_ms) attributes |= 0x08;
  if (options.transactional) attributes |= 0x10;
  if (options.control) attributes |= 0x20;
  return attributes;
}

void reserve_header(ByteWriter& batch) {
  constexpr uint8_t kZeros[kBatchHeaderSize] = {};
  batch.append(kZeros);
}

}  // namespace

BatchBuilder::BatchBuilder(const BatchOptions& options, size_t expected_size)
    : options_(options), batch_(expected_size) {
  reserve_header(batch_);
}

size_t BatchBuilder::size_bound(const NewRecord& record) {
  return kVarintBytesMax + 1 + kVarlongBytesMax + kVarintBytesMax + nullable_size(record.key) +
         nullable_size(record.value) + headers_size(record.headers);
}

void BatchBuilder::append(const NewRecord& record) {
  append_at(options_.base_offset + last_offset_delta_ + 1, record);
}

void BatchBuilder::append_at(int64_t offset, const NewRecord& record) {
  ASSERT_OP(offset, >, options_.base_offset + last_offset_delta_);
  ASSERT_OP(offset - options_.base_offset, <=, INT32_MAX);
  if (count_ == 0) base_timestamp_ = record.timestamp_ms;
  const int64_t timestamp_delta = record.timestamp_ms - base_timestamp_;
  const auto offset_delta = static_cast<int32_t>(offset - options_.base_offset);
  const size_t length = 1 + varint_size(zigzag_encode(timestamp_delta)) +
                        varint_size(zigzag_encode(offset_delta)) + nullable_size(record.key) +
                        nullable_size(record.value) + headers_size(record.headers);
  ASSERT_OP(length, <=, INT32_MAX);
  batch_.varint(static_cast<int32_t>(length));
  const size_t start = batch_.size();
  batch_.write<int8_t>(0);  // no attributes are defined for a record
  batch_.varlong(timestamp_delta);
  batch_.varint(offset_delta);
  write_nullable(batch_, record.key);
  write_nullable(batch_, record.value);
  batch_.varint(static_cast<int32_t>(record.headers.size()));
  for (const RecordHeader& header : record.headers) {
    write_nullable(batch_, as_bytes(header.key));
    write_nullable(batch_, header.value);
  }
  ASSERT_OP(batch_.size() - start, ==, length);
  last_offset_delta_ = offset_delta;
  max_timestamp_ =
      count_ == 0 ? record.timestamp_ms : std::max(max_timestamp_, record.timestamp_ms);
  ++count_;
}

Result<Slice> BatchBuilder::build(std::optional<int64_t> last_offset) && {
  Codecs codecs;
  return std::move(*this).build(codecs, last_offset);
}

Result<Slice> BatchBuilder::build(Codecs& codecs, std::optional<int64_t> last_offset) && {
  ASSERT_OP(count_, >, 0);
  const int64_t last_delta =
      last_offset ? *last_offset - options_.base_offset : int64_t{last_offset_delta_};
  ASSERT_OP(last_delta, >=, last_offset_delta_);
  ASSERT_OP(last_delta, <=, INT32_MAX);
  if (options_.compression != Compression::kNone) {
    TRY_ASSIGN(const Slice packed,
               codecs.compress(options_.compression, batch_.view().subspan(kBatchHeaderSize)));
    batch_ = ByteWriter(kBatchHeaderSize + packed.size());
    reserve_header(batch_);
    batch_.append(packed.view());
  }
  Buffer batch = std::move(batch_).take();
  write_header(batch, static_cast<int32_t>(last_delta));
  seal_batch({batch.data(), batch.size()});
  return std::move(batch).freeze();
}

void BatchBuilder::write_header(Buffer& batch, int32_t last_offset_delta) const {
  uint8_t* at = batch.data();
  const auto put = [&at](auto value) {
    store_big_endian(at, value);
    at += sizeof value;
  };
  put(options_.base_offset);
  put(static_cast<int32_t>(batch.size() - kBatchOverhead));
  put(options_.leader_epoch);
  put(kBatchMagic);
  put(uint32_t{0});  // the CRC, by seal_batch
  put(attributes_of(options_));
  put(last_offset_delta);
  put(base_timestamp_);
  put(options_.log_append_time_ms.value_or(max_timestamp_));
  put(options_.producer_id);
  put(options_.producer_epoch);
  put(options_.base_sequence);
  put(count_);
  ASSERT_OP(at - batch.data(), ==, static_cast<ptrdiff_t>(kBatchHeaderSize));
}

Slice control_batch(BatchOptions options, ControlType type, int64_t timestamp_ms, Bytes value) {
  ASSERT(options.compression == Compression::kNone);
  options.control = true;
  const Slice key = control_key(type);
  BatchBuilder builder(options);
  NewRecord record;
  record.timestamp_ms = timestamp_ms;
  record.key = key.view();
  record.value = value;
  builder.append(record);
  auto batch = std::move(builder).build();
  ASSERT(batch.has_value());  // only compression can fail
  return std::move(*batch);
}

}  // namespace faultline::wire
