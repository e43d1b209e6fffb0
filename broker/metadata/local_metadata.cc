// SPDX-License-Identifier: Apache-2.0
// Reading and writing the local metadata log.
#include "broker/metadata/local_metadata.h"

#include "broker/base/assert.h"
#include "broker/wire/batch_builder.h"
#include "broker/wire/record.h"

namespace faultline::metadata {
namespace {

constexpr size_t kReadBytes = 1 << 20;
constexpr size_t kPlainBytesMax = 64 << 20;
constexpr LeaderEpoch kEpoch = 1;  // there is one controller, and it is always elected

// One batch after the other from `bytes`, which holds whole ones.
Result<MetadataImage> fold_batches(MetadataImage image, const Slice& bytes) {
  size_t position = 0;
  while (position < bytes.size()) {
    TRY_ASSIGN(const wire::BatchView batch, wire::parse_batch(bytes.view().subspan(position)));
    if (!batch.crc_is_valid()) return fail(ErrorCode::kCorrupt, "metadata batch checksum");
    const Slice whole = bytes.subslice(position, batch.size());
    position += batch.size();
    if (batch.is_control()) continue;
    TRY_ASSIGN(const Slice plain, wire::plain_records(whole, kPlainBytesMax));
    wire::RecordIterator records(plain.view(), batch.record_count());
    while (const std::optional<wire::RecordView> record = records.next()) {
      if (!record->value) return fail(ErrorCode::kCorrupt, "metadata record without value");
      const auto start = static_cast<size_t>(record->value->data() - plain.data());
      TRY_ASSIGN(const MetadataRecord decoded,
                 decode_record(plain.subslice(start, record->value->size())));
      TRY_ASSIGN(image, apply(std::move(image), decoded));
    }
    if (!records.finished()) return fail(ErrorCode::kCorrupt, "metadata batch");
  }
  return image;
}

}  // namespace

Task<Result<void>> LocalMetadata::load() {
  Offset offset = log_.log_start_offset();
  while (offset < log_.log_end_offset()) {
    log::ReadRequest request;
    request.offset = offset;
    request.bytes_max = kReadBytes;
    request.isolation = log::Isolation::kLogEnd;
    CO_TRY_ASSIGN(const log::ReadResult read, co_await log_.read(request));
    if (read.next_offset <= offset) co_return fail(ErrorCode::kCorrupt, "metadata log has a hole");
    CO_TRY_ASSIGN(image_, fold_batches(std::move(image_), read.batches));
    offset = read.next_offset;
  }
  co_return Result<void>{};
}

Task<Result<void>> LocalMetadata::write(std::vector<MetadataRecord> records) {
  if (records.empty()) co_return Result<void>{};
  wire::BatchOptions options;
  options.leader_epoch = kEpoch;
  wire::BatchBuilder builder(options);
  const int64_t now_ms = clock_.wall_now().to_ms();
  for (const MetadataRecord& record : records) {
    const Slice value = encode_record(record);
    wire::NewRecord entry;
    entry.timestamp_ms = now_ms;
    entry.value = value.view();
    builder.append(entry);
  }
  log::AppendRequest request;
  CO_TRY_ASSIGN(request.batches, std::move(builder).build());
  request.leader_epoch = kEpoch;
  request.origin = log::AppendOrigin::kCoordinator;
  CO_TRY_ASSIGN(const log::AppendResult appended, co_await log_.append(std::move(request)));
  if (appended.status != log::AppendStatus::kAppended)
    co_return fail(ErrorCode::kIo, "metadata batch was refused");
  // They were decided on this very image: one that does not follow it is a bug.
  for (const MetadataRecord& record : records) {
    Result<MetadataImage> next = apply(std::move(image_), record);
    ASSERT(next.has_value());
    image_ = std::move(*next);
  }
  co_return Result<void>{};
}

}  // namespace faultline::metadata
