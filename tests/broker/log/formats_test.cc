// SPDX-License-Identifier: Apache-2.0
// Goal: the small files and pure decisions of a log directory keep Kafka's forms, and damaged ones
// are refused without harm. Method: round trips, Kafka's own texts, and every truncation of each.
#include <gtest/gtest.h>

#include "broker/log/directory_files.h"
#include "broker/log/dump.h"
#include "broker/log/file_names.h"
#include "broker/log/leader_epoch_cache.h"
#include "broker/log/offset_checkpoint.h"
#include "broker/log/offset_index.h"
#include "broker/log/producer_snapshot.h"
#include "broker/log/retention.h"
#include "broker/log/transaction_index.h"
#include "tests/broker/log/storage_fixture.h"

namespace faultline::log {
namespace {

TEST(FileNames, are_twenty_digits_and_a_suffix) {
  EXPECT_EQ(file_name(13401, FileKind::kProducerSnapshot), "00000000000000013401.snapshot");
  const auto parsed = parse_file_name("00000000000000000203.timeindex");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->base_offset, 203);
  EXPECT_EQ(parsed->kind, FileKind::kTimeIndex);
  for (const char* bad : {"203.log", "00000000000000000203.log.deleted", "0000000000000000020x.log",
                          "-0000000000000000203.log", ""})
    EXPECT_FALSE(parse_file_name(bad)) << bad;
}

TEST(FileNames, of_partitions_may_contain_dashes) {
  EXPECT_EQ(parse_directory_name("a-b-12"), (TopicPartition{"a-b", 12}));
  for (const char* bad : {"a", "-1", "a-", "a-1x", "a-01", "a-0.Tk4-delete"})
    EXPECT_FALSE(parse_directory_name(bad)) << bad;
  const std::string gone =
      retired_directory_name({std::string(249, 'x'), 7}, Uuid{}, kDeletedSuffix);
  EXPECT_LE(gone.size(), 255u);
  EXPECT_TRUE(is_deleted_directory(gone));
}

TEST(Checkpoints, round_trip_and_refuse_damage) {
  const OffsetCheckpoint offsets{{{"a", 0}, 5}, {{"b", 3}, 1LL << 40}};
  const std::string text = format_offset_checkpoint(offsets);
  EXPECT_EQ(text, "0\n2\na 0 5\nb 3 1099511627776\n");
  EXPECT_EQ(*parse_offset_checkpoint(text), offsets);
  for (const char* bad :
       {"", "0", "1\n0\n", "0\n2\na 0 5\n", "0\n1\na 0\n", "0\n1\na x 5\n", "0\n1\na 0 -5\n"})
    EXPECT_FALSE(parse_offset_checkpoint(bad)) << bad;
}

TEST(SmallFiles, round_trip) {
  const Uuid id = *Uuid::parse("I4Gpu0EbS7yjZO61k8586g");
  EXPECT_EQ(format_partition_metadata(id), "version: 0\ntopic_id: I4Gpu0EbS7yjZO61k8586g");
  EXPECT_EQ(*parse_partition_metadata(format_partition_metadata(id)), id);
  EXPECT_FALSE(parse_partition_metadata("version: 0\n"));
  EXPECT_EQ(parse_clean_marker(format_clean_marker(561)), 561);
  EXPECT_EQ(parse_clean_marker(""), -1);
  const MetaProperties meta{"c", 3, id, {{"other.key", "v"}}};
  EXPECT_EQ(*parse_meta_properties(format_meta_properties(meta)), meta);
}

TEST(LeaderEpochs, are_strictly_increasing_in_epoch_and_offset) {
  LeaderEpochCache cache;
  EXPECT_TRUE(cache.assign(1, 0));
  EXPECT_FALSE(cache.assign(1, 10));
  EXPECT_TRUE(cache.assign(3, 10));
  EXPECT_TRUE(cache.assign(2, 5)) << "contradicts 3 at 10, which goes";
  EXPECT_EQ(cache.entries(), (std::vector<EpochStart>{{1, 0}, {2, 5}}));
  EXPECT_TRUE(cache.assign(4, 20));
  EXPECT_EQ(cache.end_of(2, 30), (EpochEnd{2, 20}));
  EXPECT_EQ(cache.end_of(3, 30), (EpochEnd{2, 20}));
  EXPECT_EQ(cache.end_of(4, 30), (EpochEnd{4, 30}));
  EXPECT_EQ(cache.end_of(5, 30), (EpochEnd{-1, -1}));
  EXPECT_EQ(cache.end_of(0, 30), (EpochEnd{0, 0}));
  EXPECT_EQ(cache.epoch_of(19), 2);
  EXPECT_EQ(*LeaderEpochCache::parse(cache.format()), cache);
  EXPECT_TRUE(cache.truncate_from_start(6));
  EXPECT_EQ(cache.entries(), (std::vector<EpochStart>{{2, 6}, {4, 20}}));
  EXPECT_TRUE(cache.truncate_from_end(20));
  EXPECT_EQ(cache.entries(), (std::vector<EpochStart>{{2, 6}}));
}

TEST(LeaderEpochs, begin_with_epoch_0_at_offset_0) {
  LeaderEpochCache cache;
  EXPECT_TRUE(cache.assign(0, 0));
  const Result<LeaderEpochCache> parsed = LeaderEpochCache::parse(cache.format());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, cache);
  EXPECT_FALSE(LeaderEpochCache::parse("0\n1\n-1 0\n"));
  EXPECT_FALSE(LeaderEpochCache::parse("0\n1\n0 -1\n"));
}

TEST(Indexes, ignore_preallocated_zeros_and_refuse_disorder) {
  OffsetIndex index;
  index.append(10, 4200);
  index.append(20, 8400);
  Buffer bytes;
  bytes.append(index.encode().view());
  bytes.resize(80);
  EXPECT_EQ(*OffsetIndex::decode(bytes.view(), 9000), index);
  EXPECT_FALSE(OffsetIndex::decode(bytes.view(), 8400)) << "points behind the segment";
  bytes.data()[79] = 1;
  EXPECT_FALSE(OffsetIndex::decode(bytes.view(), 9000)) << "something behind the zeros";
  EXPECT_EQ(index.position_before(9), 0);
  EXPECT_EQ(index.position_before(10), 4200);
  EXPECT_EQ(index.position_before(25), 8400);
}

TEST(Snapshots, damaged_in_any_byte_are_refused) {
  producer::ProducerState state;
  producer::BatchInput input;
  input.producer_id = 5;
  input.epoch = 1;
  input.base_sequence = 0;
  input.last_offset = 3;
  producer::apply(state, {}, input);
  const Slice good = encode_producer_snapshot(state);
  EXPECT_EQ(state_of(*decode_producer_snapshot(good.view())), state);
  for (size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(decode_producer_snapshot(good.view().first(i)));
    Buffer bad;
    bad.append(good.view());
    bad.data()[i] ^= 0x40;
    EXPECT_FALSE(decode_producer_snapshot(bad.view())) << i;
  }
}

TEST(Dump, says_what_is_damaged_and_never_crashes) {
  const std::string garbage = "\xff\x00\x01garbage that is long enough for some entries\x80\x00";
  for (const char* suffix : {".log", ".index", ".timeindex", ".txnindex", ".snapshot"}) {
    for (size_t length = 0; length <= garbage.size(); ++length) {
      const std::string name = "t-0/00000000000000000007" + std::string(suffix);
      EXPECT_TRUE(dump_file(name, Slice::copy_of(garbage.substr(0, length))));
    }
  }
  EXPECT_EQ(*dump_file("00000000000000000000.log", Slice::copy_of("abc")),
            "Dumping 00000000000000000000.log\nLog starting offset: 0\n"
            "Found 3 invalid bytes at the end of 00000000000000000000.log\n");
  EXPECT_FALSE(dump_file("picture.png", Slice::copy_of(std::string_view("\x01\x02"))));
  EXPECT_EQ(*dump_file("x/leader-epoch-checkpoint", Slice::copy_of("0\n0\n")),
            "Dumping x/leader-epoch-checkpoint\n0\n0\n");
}

TEST(Dump, says_of_records_that_cannot_be_unpacked_why) {
  Slice good = make_batch({.records = 3, .compression = wire::Compression::kZstd});
  Buffer bad;
  bad.append(good.view());
  for (size_t i = 61; i < bad.size(); ++i) bad.data()[i] = 0xff;
  const std::string text = *dump_file("00000000000000000000.log", std::move(bad).freeze());
  EXPECT_NE(text.find("isvalid: false"), std::string::npos);
  EXPECT_NE(text.find("\n| "), std::string::npos) << text;
  EXPECT_EQ(text.find("offset: 0 Create"), std::string::npos) << "no record is made up";
}

TEST(Retention, keeps_at_least_retention_bytes_and_what_is_not_committed) {
  RetentionInput input;
  for (Offset i = 0; i < 4; ++i) input.segments.push_back({i * 10, i * 10 + 10, 100, 1000, {}});
  input.retention_bytes = 250;
  input.high_watermark = 40;
  EXPECT_EQ(choose_deletable(input, {}), (RetentionChoice{1, DeleteReason::kSize}));
  StorageRules loose;
  loose.one_retention_predicate = false;
  EXPECT_EQ(choose_deletable(input, loose).count, 2u) << "B40: one too many";
  input.high_watermark = 5;
  EXPECT_EQ(choose_deletable(input, {}).count, 0u) << "B38";
}

TEST(Retention, a_timestamp_of_the_future_does_not_keep_a_segment_for_ever) {
  RetentionInput input;
  input.segments = {{0, 10, 100, 1LL << 60, 5000}, {10, 20, 100, 9000, 9000}};
  input.retention_ms = 1000;
  input.high_watermark = 20;
  input.now_ms = 9500;
  EXPECT_EQ(choose_deletable(input, {}), (RetentionChoice{1, DeleteReason::kTime}));
  StorageRules old;
  old.bound_retention_by_broker_clock = false;
  EXPECT_EQ(choose_deletable(input, old).count, 0u) << "B39";
}

}  // namespace
}  // namespace faultline::log
