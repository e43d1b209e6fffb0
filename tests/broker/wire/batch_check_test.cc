// SPDX-License-Identifier: Apache-2.0
// Goal: each rule for produced batches refuses what breaks it, with Kafka's code, and nothing else.
// Method: one legal batch, then one change at a time.
#include "broker/wire/batch_check.h"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "broker/wire/batch_builder.h"

namespace faultline::wire {
namespace {

constexpr int64_t kNow = 1'700'000'000'000;

Slice batch_of(BatchOptions options, int64_t timestamp_ms = kNow, bool keyed = true) {
  BatchBuilder builder(options);
  for (int i = 0; i < 3; ++i) {
    NewRecord record;
    record.timestamp_ms = timestamp_ms;
    if (keyed || i == 1) record.key = as_bytes("key");
    record.value = as_bytes("value");
    builder.append(record);
  }
  return *std::move(builder).build();
}

// A copy with bytes changed at `position`; sealed again so that only the change itself is wrong.
template <class Int>
Slice with(const Slice& batch, size_t position, Int value, bool sealed = true) {
  Buffer copy;
  copy.append(batch.view());
  store_big_endian(copy.data() + position, value);
  if (sealed) seal_batch({copy.data(), copy.size()});
  return std::move(copy).freeze();
}

BatchVerdict check(const Slice& batch, BatchPolicy policy = {}) {
  policy.now_ms = kNow;
  Codecs codecs;
  return check_produced_batch(batch, policy, codecs);
}

TEST(BatchCheck, accepts_a_good_batch_in_every_codec) {
  for (auto codec : {Compression::kNone, Compression::kGzip, Compression::kSnappy,
                     Compression::kLz4, Compression::kZstd}) {
    EXPECT_EQ(check(batch_of({.compression = codec})).error, KafkaError::kNone) << to_string(codec);
  }
}

TEST(BatchCheck, wants_exactly_one_batch) {
  const Slice batch = batch_of({});
  EXPECT_EQ(check({}).error, KafkaError::kInvalidRecord);
  EXPECT_EQ(check(join({batch, batch})).error, KafkaError::kInvalidRecord);
  // Of a batch that is cut off Kafka sees none.
  EXPECT_EQ(check(batch.subslice(0, batch.size() - 1)).error, KafkaError::kInvalidRecord);
  EXPECT_EQ(check(with<int8_t>(batch, 16, 1)).error, KafkaError::kInvalidRecord);
}

TEST(BatchCheck, zstd_needs_produce_seven) {
  const Slice batch = batch_of({.compression = Compression::kZstd});
  EXPECT_EQ(check(batch, {.produce_version = 6}).error, KafkaError::kUnsupportedCompressionType);
  EXPECT_TRUE(check(batch, {.produce_version = 7}).ok());
}

TEST(BatchCheck, header_fields_must_agree) {
  const Slice batch = batch_of({});
  EXPECT_EQ(check(with<int32_t>(batch, 23, 5)).error, KafkaError::kInvalidRecord);
  EXPECT_EQ(check(with<int32_t>(batch, 57, 0)).error, KafkaError::kInvalidRecord);
  EXPECT_EQ(check(with<int16_t>(batch, 21, 0x20)).error, KafkaError::kInvalidRecord);
  EXPECT_EQ(check(with<int64_t>(batch, 43, 7)).error, KafkaError::kInvalidRecord);
  EXPECT_EQ(check(with<int16_t>(batch, 21, 0x10)).error, KafkaError::kInvalidRecord);
  EXPECT_EQ(check(with<int16_t>(batch, 21, 0x08)).error, KafkaError::kInvalidTimestamp);
  EXPECT_EQ(check(with<int16_t>(batch, 21, 0x05)).error, KafkaError::kCorruptMessage);
}

TEST(BatchCheck, the_crc_covers_the_records) {
  const Slice batch = batch_of({});
  EXPECT_EQ(check(with<uint8_t>(batch, batch.size() - 2, 0x55, false)).error,
            KafkaError::kCorruptMessage);
}

TEST(BatchCheck, sizes_have_limits) {
  const Slice batch = batch_of({});
  EXPECT_TRUE(check(batch, {.message_bytes_max = batch.size()}).ok());
  EXPECT_EQ(check(batch, {.message_bytes_max = batch.size() - 1}).error,
            KafkaError::kMessageTooLarge);
  EXPECT_EQ(check(batch, {.segment_bytes_max = batch.size() - 1}).error,
            KafkaError::kRecordListTooLarge);
  EXPECT_EQ(check(batch_of({.compression = Compression::kLz4}), {.plain_bytes_max = 10}).error,
            KafkaError::kCorruptMessage);
}

TEST(BatchCheck, compacted_topics_want_keys_and_name_the_records_without) {
  const BatchVerdict verdict = check(batch_of({}, kNow, false), {.compacted = true});
  EXPECT_EQ(verdict.error, KafkaError::kInvalidRecord);
  ASSERT_EQ(verdict.records.size(), 2u);
  EXPECT_EQ(verdict.records[0].batch_index, 0);
  EXPECT_EQ(verdict.records[1].batch_index, 2);
  EXPECT_TRUE(check(batch_of({}, kNow, false), {.compacted = true, .deep = false}).ok());
}

TEST(BatchCheck, timestamps_must_be_near_now) {
  EXPECT_EQ(check(batch_of({}, kNow + 3600001)).error, KafkaError::kInvalidTimestamp);
  EXPECT_TRUE(check(batch_of({}, kNow + 3600000)).ok());
  EXPECT_TRUE(check(batch_of({}, 0)).ok());
  EXPECT_TRUE(check(batch_of({}, -1), {.timestamp_before_max_ms = 10}).ok());
  EXPECT_EQ(check(batch_of({}, kNow - 11), {.timestamp_before_max_ms = 10}).error,
            KafkaError::kInvalidTimestamp);
  EXPECT_TRUE(
      check(batch_of({}, INT64_MAX), {.timestamp_type = TimestampType::kLogAppendTime}).ok());
}

TEST(BatchCheck, records_must_be_well_formed_and_consecutive) {
  const Slice batch = batch_of({});
  const size_t second_delta = kBatchHeaderSize + 15 + 3;
  ASSERT_EQ(batch[second_delta], 2);  // zigzag of 1
  EXPECT_EQ(check(with<uint8_t>(batch, second_delta, 6)).error, KafkaError::kInvalidRecord);
  EXPECT_EQ(check(with<uint8_t>(batch, kBatchHeaderSize, 0x7e)).error, KafkaError::kInvalidRecord);
  EXPECT_TRUE(check(with<uint8_t>(batch, kBatchHeaderSize, 0x7e), {.deep = false}).ok());
}

}  // namespace
}  // namespace faultline::wire
