// SPDX-License-Identifier: Apache-2.0
// The checks in Kafka's order: shape of the request, header, CRC, size, then each record.
#include "broker/wire/batch_check.h"

#include <optional>
#include <utility>

#include "broker/wire/record.h"

namespace faultline::wire {
namespace {

constexpr int kZstdFromVersion = 7;
constexpr int64_t kNoTimestamp = -1;

BatchVerdict refuse(KafkaError error, std::string message) {
  return {.error = error, .message = std::move(message)};
}

// One whole batch of magic 2 and nothing else.
BatchVerdict check_shape(const Slice& records, const BatchPolicy& policy) {
  if (records.empty()) {
    return refuse(KafkaError::kInvalidRecord,
                  "Produce requests must have exactly one record batch");
  }
  auto batch = parse_batch(records.view());
  if (!batch) {
    // A magic byte of old formats, or no whole batch: Kafka does not call these corrupt.
    const bool old_magic = records.size() > 16 && records[16] < kBatchMagic;
    if (records.size() > 16 && records[16] > kBatchMagic) {
      BatchVerdict verdict = refuse(KafkaError::kCorruptMessage, "Invalid magic found in record: " +
                                                                     std::to_string(records[16]));
      verdict.tells_message = true;
      return verdict;
    }
    const bool is_cut_off = batch.error().code == ErrorCode::kTruncated;
    return refuse(
        old_magic || is_cut_off ? KafkaError::kInvalidRecord : KafkaError::kCorruptMessage,
        batch.error().to_string());
  }
  if (batch->size() != records.size()) {
    return refuse(KafkaError::kInvalidRecord,
                  "Produce requests must have exactly one record batch");
  }
  if (batch->codec_bits() == static_cast<uint8_t>(Compression::kZstd) &&
      policy.produce_version < kZstdFromVersion) {
    return refuse(KafkaError::kUnsupportedCompressionType,
                  "zstd needs version 7 of the produce request");
  }
  return {};
}

BatchVerdict check_header(const BatchView& batch, const BatchPolicy& policy) {
  if (batch.size() > policy.message_bytes_max) {
    return refuse(KafkaError::kMessageTooLarge, "batch is larger than max.message.bytes");
  }
  if (!batch.crc_is_valid()) return refuse(KafkaError::kCorruptMessage, "CRC does not match");
  if (batch.record_count() <= 0 ||
      int64_t{batch.last_offset_delta()} + 1 != int64_t{batch.record_count()}) {
    return refuse(KafkaError::kInvalidRecord, "record count and last offset delta do not agree");
  }
  if (batch.is_control()) {
    return refuse(KafkaError::kInvalidRecord, "clients may not write control batches");
  }
  if (batch.has_producer() && (batch.base_sequence() < 0 || batch.producer_epoch() < 0)) {
    return refuse(KafkaError::kInvalidRecord, "a producer id needs an epoch and a sequence");
  }
  if (batch.is_transactional() && !batch.has_producer()) {
    return refuse(KafkaError::kInvalidRecord, "a transactional batch needs a producer id");
  }
  if (batch.timestamp_type() == TimestampType::kLogAppendTime) {
    return refuse(KafkaError::kInvalidTimestamp, "clients may not set log append time");
  }
  if (batch.size() > policy.segment_bytes_max) {
    return refuse(KafkaError::kRecordListTooLarge, "batch does not fit into a segment");
  }
  return {};
}

bool timestamp_is_in_range(int64_t timestamp_ms, const BatchPolicy& policy) {
  if (policy.timestamp_type == TimestampType::kLogAppendTime) return true;
  if (timestamp_ms == kNoTimestamp) return true;
  int64_t age_ms = 0;  // negative in the future
  if (__builtin_sub_overflow(policy.now_ms, timestamp_ms, &age_ms)) return false;
  return age_ms <= policy.timestamp_before_max_ms && age_ms >= -policy.timestamp_after_max_ms;
}

// In Kafka's words.
std::string timestamp_message(int64_t timestamp_ms, int32_t index, const BatchPolicy& policy) {
  int64_t first_ms = 0;
  int64_t last_ms = 0;
  // The bounds wrap around, as they do in Java.
  (void)__builtin_sub_overflow(policy.now_ms, policy.timestamp_before_max_ms, &first_ms);
  (void)__builtin_add_overflow(policy.now_ms, policy.timestamp_after_max_ms, &last_ms);
  return "Timestamp " + std::to_string(timestamp_ms) + " of message with offset " +
         std::to_string(index) + " is out of range. The timestamp should be within [" +
         std::to_string(first_ms) + ", " + std::to_string(last_ms) + "]";
}

BatchVerdict check_records(const Slice& bytes, const BatchView& batch, const BatchPolicy& policy,
                           Codecs& codecs) {
  auto plain = plain_records(bytes, policy.plain_bytes_max, codecs);
  if (!plain) return refuse(KafkaError::kCorruptMessage, plain.error().to_string());
  BatchVerdict verdict;
  RecordIterator records(plain->view(), batch.record_count());
  for (int32_t index = 0; auto record = records.next(); ++index) {
    if (record->offset_delta != index) {
      return refuse(KafkaError::kInvalidRecord, "offset deltas do not rise by one");
    }
    if (policy.compacted && !record->key) {
      verdict.error = KafkaError::kInvalidRecord;
      verdict.records.push_back({index, "Compacted topic cannot accept message without key"});
    } else if (!timestamp_is_in_range(record->timestamp_in(batch), policy)) {
      if (verdict.ok()) verdict.error = KafkaError::kInvalidTimestamp;
      verdict.records.push_back(
          {index, timestamp_message(record->timestamp_in(batch), index, policy)});
    }
  }
  if (!records.finished()) return refuse(KafkaError::kInvalidRecord, "records are not well formed");
  if (!verdict.ok()) {
    verdict.message = "One or more records have been rejected";
  }
  return verdict;
}

}  // namespace

BatchVerdict check_produced_batch(const Slice& records, const BatchPolicy& policy, Codecs& codecs) {
  BatchVerdict verdict = check_shape(records, policy);
  if (!verdict.ok()) {
    verdict.is_before_log = true;
    return verdict;
  }
  const BatchView batch(records.view());
  verdict = check_header(batch, policy);
  if (!verdict.ok() || !policy.deep) return verdict;
  return check_records(records, batch, policy, codecs);
}

}  // namespace faultline::wire
