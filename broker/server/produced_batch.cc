// SPDX-License-Identifier: Apache-2.0
// Checking and converting batches from producers.
#include "broker/server/produced_batch.h"

#include "broker/wire/batch_builder.h"
#include "broker/wire/record.h"

namespace faultline::server {
namespace {

using wire::BatchView;
using wire::KafkaError;

constexpr size_t kPlainBytesMax = 64 << 20;

void charge_check(Env& env, const Slice& records) {
  env.cpu.charge(Work::kChecksumByte, static_cast<int64_t>(records.size()));
  const Result<BatchView> batch = wire::parse_batch(records.view());
  if (!batch) return;
  env.cpu.charge(Work::kRecord, std::max(batch->record_count(), 0));
  if (batch->compression() != wire::Compression::kNone)
    env.cpu.charge(Work::kDecompressByte, static_cast<int64_t>(records.size()));
}

// The same records in another codec.
Result<Slice> recompress(Env& env, wire::Codecs& codecs, const Slice& records,
                         wire::Compression codec) {
  TRY_ASSIGN(const BatchView batch, wire::parse_batch(records.view()));
  TRY_ASSIGN(const Slice plain, wire::plain_records(records, kPlainBytesMax, codecs));
  wire::BatchOptions options;
  options.compression = codec;
  options.producer_id = batch.producer_id();
  options.producer_epoch = batch.producer_epoch();
  options.base_sequence = batch.base_sequence();
  options.transactional = batch.is_transactional();
  wire::BatchBuilder builder(options);
  wire::RecordIterator iterator(plain.view(), batch.record_count());
  std::vector<wire::RecordHeader> headers;
  while (const std::optional<wire::RecordView> record = iterator.next()) {
    headers.clear();
    wire::HeaderIterator fields = record->headers();
    while (const std::optional<wire::RecordHeader> header = fields.next())
      headers.push_back(*header);
    wire::NewRecord copy;
    copy.timestamp_ms = record->timestamp_in(batch);
    copy.key = record->key;
    copy.value = record->value;
    copy.headers = headers;
    builder.append(copy);
  }
  if (!iterator.finished() || builder.empty()) return fail(ErrorCode::kCorrupt, "records");
  env.cpu.charge(Work::kCompressByte, static_cast<int64_t>(plain.size()));
  return std::move(builder).build(codecs);
}

Slice with_append_time(Env& env, const Slice& records, int64_t now_ms) {
  Buffer copy;
  copy.append(records.view());
  wire::set_log_append_time({copy.data(), copy.size()}, now_ms);
  env.cpu.charge(Work::kChecksumByte, static_cast<int64_t>(copy.size()));
  return std::move(copy).freeze();
}

wire::BatchPolicy policy_of(const TopicSettings& settings, int16_t produce_version,
                            int64_t now_ms) {
  wire::BatchPolicy policy;
  policy.produce_version = produce_version;
  policy.message_bytes_max = settings.message_bytes_max;
  policy.segment_bytes_max = static_cast<size_t>(settings.log.segment_bytes);
  policy.plain_bytes_max = kPlainBytesMax;
  policy.compacted = settings.is_compacted;
  policy.timestamp_type = settings.timestamp_type;
  policy.now_ms = now_ms;
  policy.timestamp_before_max_ms = settings.timestamp_before_max_ms;
  policy.timestamp_after_max_ms = settings.timestamp_after_max_ms;
  return policy;
}

}  // namespace

ProducedBatch prepare_batch(Env& env, wire::Codecs& codecs, const Slice& records,
                            const TopicSettings& settings, int16_t produce_version) {
  const int64_t now_ms = env.clock.wall_now().to_ms();
  ProducedBatch result;
  charge_check(env, records);
  result.verdict =
      wire::check_produced_batch(records, policy_of(settings, produce_version, now_ms), codecs);
  if (!result.verdict.ok()) return result;
  result.bytes = records;
  const BatchView batch(records.view());
  if (settings.compression && *settings.compression != batch.compression()) {
    Result<Slice> converted = recompress(env, codecs, records, *settings.compression);
    if (!converted) {
      result.verdict.error = KafkaError::kCorruptMessage;
      result.verdict.message = converted.error().to_string();
      return result;
    }
    result.bytes = std::move(*converted);
  }
  if (settings.timestamp_type == wire::TimestampType::kLogAppendTime)
    result.bytes = with_append_time(env, result.bytes, now_ms);
  return result;
}

}  // namespace faultline::server
