// SPDX-License-Identifier: Apache-2.0
// Goal: batches built here are read back record by record, batches written by Kafka are understood,
// and rewriting keeps or renews the CRC as the format says. Method: round trips in every codec,
// hand-checked bytes, all segments of a log directory that Kafka wrote, truncation and bit flips.
#include "broker/wire/record_batch.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/base/prng.h"
#include "broker/wire/batch_builder.h"
#include "broker/wire/record.h"

namespace faultline::wire {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPlainMax = 16 << 20;

Slice three_records(BatchOptions options) {
  BatchBuilder builder(options);
  const RecordHeader headers[] = {{"trace", as_bytes("abc")}, {"none", std::nullopt}};
  builder.append(
      {.timestamp_ms = 1000, .key = as_bytes("k"), .value = as_bytes("v"), .headers = {}});
  builder.append(
      {.timestamp_ms = 990, .key = std::nullopt, .value = as_bytes(""), .headers = headers});
  builder.append(
      {.timestamp_ms = 1500, .key = as_bytes("k"), .value = std::nullopt, .headers = {}});
  auto batch = std::move(builder).build();
  EXPECT_TRUE(batch);
  return *batch;
}

TEST(RecordBatch, records_come_back_in_every_codec) {
  for (auto codec : {Compression::kNone, Compression::kGzip, Compression::kSnappy,
                     Compression::kLz4, Compression::kZstd}) {
    const Slice bytes = three_records({.base_offset = 70,
                                       .compression = codec,
                                       .producer_id = 5,
                                       .producer_epoch = 2,
                                       .base_sequence = INT32_MAX});
    auto batch = parse_batch(bytes.view());
    ASSERT_TRUE(batch) << to_string(codec);
    EXPECT_TRUE(batch->crc_is_valid());
    EXPECT_EQ(batch->compression(), codec);
    EXPECT_EQ(batch->last_offset(), 72);
    EXPECT_EQ(batch->base_timestamp(), 1000);
    EXPECT_EQ(batch->max_timestamp(), 1500);
    EXPECT_EQ(batch->last_sequence(), 1);  // wrapped
    auto plain = plain_records(bytes, kPlainMax);
    ASSERT_TRUE(plain);
    RecordIterator records(plain->view(), batch->record_count());
    auto first = records.next();
    auto second = records.next();
    auto third = records.next();
    ASSERT_TRUE(first && second && third);
    EXPECT_FALSE(records.next());
    EXPECT_TRUE(records.finished());
    EXPECT_EQ(as_text(*first->key), "k");
    EXPECT_EQ(second->offset_in(*batch), 71);
    EXPECT_EQ(second->timestamp_in(*batch), 990);
    EXPECT_FALSE(second->key);
    EXPECT_EQ(second->value->size(), 0u);
    EXPECT_FALSE(third->value);
    HeaderIterator headers = second->headers();
    EXPECT_EQ(headers.next()->key, "trace");
    EXPECT_FALSE(headers.next()->value);
    EXPECT_FALSE(headers.next());
  }
}

TEST(RecordBatch, bytes_are_as_the_format_says) {
  BatchBuilder builder({.base_offset = 1});
  builder.append({.timestamp_ms = 2, .key = as_bytes("a"), .value = std::nullopt, .headers = {}});
  auto batch = std::move(builder).build();
  ASSERT_TRUE(batch);
  const std::string_view records("\x0e\x00\x00\x00\x02\x61\x01\x00", 8);
  EXPECT_EQ(batch->text().substr(kBatchHeaderSize), records);
  EXPECT_EQ(batch->size(), kBatchHeaderSize + 8);
  EXPECT_EQ(batch->text().substr(0, 17),
            std::string_view("\0\0\0\0\0\0\0\1\0\0\0\x39\xff\xff\xff\xff\x02", 17));
}

void expect_placed(const Slice& bytes, const Slices& placed) {
  const Slice whole = join(placed);
  auto batch = parse_batch(whole.view());
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->base_offset(), 12345);
  EXPECT_EQ(batch->leader_epoch(), 6);
  EXPECT_TRUE(batch->crc_is_valid());
  EXPECT_EQ(whole.text().substr(kBatchHeaderSize), bytes.text().substr(kBatchHeaderSize));
}

TEST(RecordBatch, placing_shares_the_records_and_keeps_the_crc) {
  BatchBuilder builder({});
  const std::string value(2000, 'v');
  builder.append({.value = as_bytes(value)});
  const Slice bytes = *std::move(builder).build();
  const Slices placed = place_batch(bytes, {.base_offset = 12345, .leader_epoch = 6});
  ASSERT_EQ(placed.size(), 2u);
  EXPECT_EQ(placed[1].data(), bytes.data() + kBatchHeaderSize);
  expect_placed(bytes, placed);
}

TEST(RecordBatch, placing_a_short_batch_makes_one_piece_and_leaves_the_original_alone) {
  const Slice bytes = three_records({});
  const Slices placed = place_batch(bytes, {.base_offset = 12345, .leader_epoch = 6});
  ASSERT_EQ(placed.size(), 1u);
  EXPECT_EQ(parse_batch(bytes.view())->base_offset(), 0);
  expect_placed(bytes, placed);
}

TEST(RecordBatch, log_append_time_overrides_the_records) {
  Buffer copy;
  copy.append(three_records({}).view());
  set_log_append_time({copy.data(), copy.size()}, 777);
  const Slice bytes = std::move(copy).freeze();
  const BatchView batch(bytes.view());
  EXPECT_TRUE(batch.crc_is_valid());
  EXPECT_EQ(batch.timestamp_type(), TimestampType::kLogAppendTime);
  RecordIterator records(batch.records(), batch.record_count());
  while (auto record = records.next()) EXPECT_EQ(record->timestamp_in(batch), 777);
  EXPECT_TRUE(records.finished());
}

TEST(RecordBatch, a_control_batch_carries_its_type) {
  const Slice bytes = control_batch(
      {.base_offset = 3, .producer_id = 9, .producer_epoch = 1, .transactional = true},
      ControlType::kCommit, 50, as_bytes("??"));
  const BatchView batch(bytes.view());
  EXPECT_TRUE(batch.is_control());
  EXPECT_TRUE(batch.is_transactional());
  RecordIterator records(batch.records(), batch.record_count());
  EXPECT_EQ(parse_control_key(*records.next()->key), ControlType::kCommit);
  EXPECT_EQ(parse_control_key(as_bytes("\0")).error().code, ErrorCode::kCorrupt);
}

TEST(RecordBatch, truncation_is_noticed_at_every_length) {
  const Slice bytes = three_records({});
  for (size_t length = 0; length < bytes.size(); ++length) {
    auto batch = parse_batch(bytes.view().first(length));
    ASSERT_FALSE(batch);
    EXPECT_EQ(batch.error().code, ErrorCode::kTruncated) << length;
  }
}

TEST(RecordBatch, flipped_bits_are_caught_by_the_crc_or_the_header_and_never_crash) {
  for (auto codec : {Compression::kNone, Compression::kLz4}) {
    const Slice bytes = three_records({.compression = codec});
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string damaged(bytes.text());
      damaged[bit / 8] ^= static_cast<char>(1 << bit % 8);
      const Slice slice = Slice::copy_of(damaged);
      auto batch = parse_batch(slice.view());
      if (!batch) continue;
      if (bit / 8 >= 17) {
        EXPECT_FALSE(batch->crc_is_valid()) << bit;
      }
      auto plain = plain_records(slice.subslice(0, batch->size()), kPlainMax);
      if (!plain) continue;
      RecordIterator records(plain->view(), batch->record_count());
      while (auto record = records.next()) {
        HeaderIterator headers = record->headers();
        while (headers.next()) {
        }
      }
    }
  }
}

// --- segments that Kafka wrote ---

struct Seen {
  int batches = 0;
  int records = 0;
  std::set<Compression> codecs;
};

void read_segment(const fs::path& path, Seen& seen) {
  std::ifstream file(path, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(file)), {});
  Slice rest = Slice::copy_of(content);
  while (!rest.empty()) {
    auto batch = parse_batch(rest.view());
    ASSERT_TRUE(batch) << path << batch.error().to_string();
    EXPECT_TRUE(batch->crc_is_valid()) << path << batch->base_offset();
    auto plain = plain_records(rest.subslice(0, batch->size()), kPlainMax);
    ASSERT_TRUE(plain) << path << plain.error().to_string();
    RecordIterator records(plain->view(), batch->record_count());
    while (auto record = records.next()) {
      ++seen.records;
      EXPECT_GE(record->offset_in(*batch), batch->base_offset());
      EXPECT_LE(record->offset_in(*batch), batch->last_offset());
      if (batch->is_control()) {
        EXPECT_TRUE(parse_control_key(*record->key));
      }
    }
    EXPECT_TRUE(records.finished()) << path << batch->base_offset();
    ++seen.batches;
    seen.codecs.insert(batch->compression());
    rest = rest.subslice(batch->size());
  }
}

TEST(GoldenLogs, every_batch_of_every_segment_parses) {
  const fs::path root = fs::path(FAULTLINE_SHARED_DIR) / "data/kafka-4.1-golden";
  if (!fs::exists(root)) GTEST_SKIP() << "no recorded data at " << root;
  Seen seen;
  for (const char* state : {"clean-shutdown", "killed"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / state)) {
      if (entry.path().extension() == ".log") read_segment(entry.path(), seen);
    }
  }
  EXPECT_EQ(seen.codecs.size(), 5u);
  EXPECT_GT(seen.batches, 1000);
  EXPECT_GT(seen.records, 10000);
}

}  // namespace
}  // namespace faultline::wire
