// SPDX-License-Identifier: Apache-2.0
// Header checks and rewriting of record batches.
#include "broker/wire/record_batch.h"

#include <cstring>
#include <string>
#include <utility>

#include "broker/base/assert.h"
#include "broker/base/crc32c.h"

namespace faultline::wire {
namespace {

constexpr size_t kLengthMin = kBatchHeaderSize - kBatchOverhead;
constexpr uint16_t kLogAppendTimeBit = 0x08;

// Copying so much is cheaper than carrying two pieces through page cache and network.
constexpr size_t kWhollyCopiedMax = 1024;

std::unexpected<Error> corrupt(std::string what) {
  return fail(ErrorCode::kCorrupt, "record batch: " + std::move(what));
}

// Of bytes that hold at least a header.
bool is_sound(const BatchView& batch, int32_t length) {
  return length >= static_cast<int32_t>(kLengthMin) && batch.magic() == kBatchMagic &&
         batch.base_offset() >= 0 && batch.last_offset_delta() >= 0 && batch.record_count() >= 0 &&
         batch.base_offset() <= INT64_MAX - batch.last_offset_delta() - 1 &&
         batch.codec_bits() <= static_cast<uint8_t>(Compression::kZstd);
}

// Says what is wrong with them.
[[gnu::cold]] Result<BatchView> refuse_batch(Bytes bytes) {
  if (bytes.size() < kBatchOverhead) return fail(ErrorCode::kTruncated, "record batch");
  TRY_ASSIGN(const size_t size, batch_size_at(bytes));
  if (bytes.size() >= kBatchHeaderSize) {
    const auto magic = load_big_endian<int8_t>(bytes.data() + 16);
    if (magic != kBatchMagic) return corrupt("magic " + std::to_string(magic));
  }
  if (bytes.size() < size) return fail(ErrorCode::kTruncated, "record batch");
  const BatchView batch(bytes.first(size));
  if (batch.codec_bits() > static_cast<uint8_t>(Compression::kZstd))
    return corrupt("codec " + std::to_string(batch.codec_bits()));
  return corrupt("offsets or count");
}

}  // namespace

int32_t BatchView::last_sequence() const {
  const int32_t first = base_sequence();
  if (first < 0) return -1;
  return static_cast<int32_t>((static_cast<int64_t>(first) + last_offset_delta()) & INT32_MAX);
}

uint32_t BatchView::computed_crc() const { return crc32c(bytes_.subspan(kBatchCrcStart)); }

Result<size_t> batch_size_at(Bytes first_bytes) {
  ASSERT_OP(first_bytes.size(), >=, kBatchOverhead);
  const auto length = load_big_endian<int32_t>(first_bytes.data() + 8);
  if (length < static_cast<int32_t>(kLengthMin)) {
    return corrupt("length " + std::to_string(length));
  }
  return kBatchOverhead + static_cast<size_t>(length);
}

std::optional<size_t> sound_batch_size(Bytes header) {
  if (header.size() < kBatchHeaderSize) [[unlikely]]
    return std::nullopt;
  const auto length = load_big_endian<int32_t>(header.data() + 8);
  if (!is_sound(BatchView(header), length)) [[unlikely]]
    return std::nullopt;
  return kBatchOverhead + static_cast<size_t>(length);
}

std::optional<BatchView> batch_at_start(Bytes bytes) {
  const std::optional<size_t> size = sound_batch_size(bytes);
  if (!size || *size > bytes.size()) [[unlikely]]
    return std::nullopt;
  return BatchView(bytes.first(*size));
}

Result<BatchView> parse_batch(Bytes bytes) {
  if (const std::optional<BatchView> batch = batch_at_start(bytes)) return *batch;
  return refuse_batch(bytes);
}

Result<Slice> plain_records(const Slice& batch, size_t plain_bytes_max, Codecs& codecs) {
  const BatchView view(batch.view());
  if (view.compression() == Compression::kNone) return batch.subslice(kBatchHeaderSize);
  return codecs.decompress(view.compression(), view.records(), plain_bytes_max);
}

Result<Slice> plain_records(const Slice& batch, size_t plain_bytes_max) {
  Codecs codecs;
  return plain_records(batch, plain_bytes_max, codecs);
}

void set_base_offset(std::span<uint8_t> batch, int64_t base_offset) {
  ASSERT_OP(batch.size(), >=, kBatchHeaderSize);
  ASSERT_OP(base_offset, >=, 0);
  store_big_endian(batch.data(), base_offset);
}

void set_leader_epoch(std::span<uint8_t> batch, int32_t leader_epoch) {
  ASSERT_OP(batch.size(), >=, kBatchHeaderSize);
  store_big_endian(batch.data() + 12, leader_epoch);
}

void set_log_append_time(std::span<uint8_t> batch, int64_t append_time_ms) {
  ASSERT_OP(batch.size(), >=, kBatchHeaderSize);
  const uint16_t attributes = BatchView(batch).attributes();
  store_big_endian(batch.data() + 21, static_cast<uint16_t>(attributes | kLogAppendTimeBit));
  store_big_endian(batch.data() + 35, append_time_ms);
  seal_batch(batch);
}

void seal_batch(std::span<uint8_t> batch) {
  ASSERT_OP(batch.size(), >=, kBatchHeaderSize);
  store_big_endian(batch.data() + 17, BatchView(batch).computed_crc());
}

Slices place_batch(const Slice& batch, const Placement& placement) {
  ASSERT_OP(batch.size(), >=, kBatchHeaderSize);
  const size_t copied = batch.size() <= kWhollyCopiedMax ? batch.size() : kBatchHeaderSize;
  Buffer front;
  front.append(batch.view().first(copied));
  set_base_offset({front.data(), front.size()}, placement.base_offset);
  set_leader_epoch({front.data(), front.size()}, placement.leader_epoch);
  Slices placed;
  placed.reserve(2);
  placed.push_back(std::move(front).freeze());
  if (batch.size() > copied) placed.push_back(batch.subslice(copied));
  return placed;
}

}  // namespace faultline::wire
