// SPDX-License-Identifier: Apache-2.0
// Goal: the small files and pure decisions of a log are right at their edges: the same offset, the
// equal timestamp, sequence 0, the last byte of a range. Method: one case on each side of an edge.
// Most of these were written because a planted slip (tests/mutants) went unnoticed.
#include <gtest/gtest.h>

#include "broker/log/directory_files.h"
#include "broker/log/dump.h"
#include "broker/log/leader_epoch_cache.h"
#include "broker/log/offset_checkpoint.h"
#include "broker/log/offset_index.h"
#include "broker/log/producer_snapshot.h"
#include "broker/log/retention.h"
#include "broker/log/segment_state.h"
#include "broker/log/time_index.h"
#include "broker/log/transaction_index.h"

namespace faultline::log {
namespace {

TEST(LeaderEpochEdges, the_same_epoch_at_the_same_offset_is_nothing_new) {
  LeaderEpochCache cache;
  EXPECT_TRUE(cache.assign(0, 0));
  EXPECT_FALSE(cache.assign(0, 0));
  EXPECT_FALSE(cache.assign(-1, 5)) << "a batch without an epoch";
  EXPECT_EQ(cache.entries(), (std::vector<EpochStart>{{0, 0}}));
}

TEST(LeaderEpochEdges, a_later_epoch_at_the_same_offset_takes_the_place_of_an_empty_one) {
  LeaderEpochCache cache;
  cache.assign(1, 0);
  cache.assign(2, 10);
  EXPECT_TRUE(cache.assign(3, 10));
  EXPECT_EQ(cache.entries(), (std::vector<EpochStart>{{1, 0}, {3, 10}}));
}

TEST(LeaderEpochEdges, an_offset_belongs_to_the_epoch_that_starts_there) {
  LeaderEpochCache cache;
  cache.assign(1, 5);
  cache.assign(2, 10);
  EXPECT_EQ(cache.epoch_of(4), std::nullopt);
  EXPECT_EQ(cache.epoch_of(5), 1);
  EXPECT_EQ(cache.epoch_of(9), 1);
  EXPECT_EQ(cache.epoch_of(10), 2);
  EXPECT_EQ(cache.end_of(0, 20), (EpochEnd{0, 5}));
  EXPECT_EQ(cache.end_of(-1, 20), (EpochEnd{-1, -1}));
  EXPECT_EQ(LeaderEpochCache().end_of(0, 20), (EpochEnd{-1, -1}));
  EXPECT_EQ(LeaderEpochCache().latest(), std::nullopt);
}

TEST(LeaderEpochEdges, cutting_says_whether_anything_changed) {
  LeaderEpochCache cache;
  cache.assign(1, 5);
  cache.assign(2, 10);
  EXPECT_FALSE(cache.truncate_from_start(4)) << "all starts lie behind it";
  EXPECT_FALSE(cache.truncate_from_start(5)) << "the first starts there already";
  EXPECT_FALSE(cache.truncate_from_end(11));
  EXPECT_EQ(cache.entries(), (std::vector<EpochStart>{{1, 5}, {2, 10}}));
  EXPECT_TRUE(cache.truncate_from_start(7));
  EXPECT_EQ(cache.entries(), (std::vector<EpochStart>{{1, 7}, {2, 10}}));
  EXPECT_TRUE(cache.truncate_from_start(10));
  EXPECT_EQ(cache.entries(), (std::vector<EpochStart>{{2, 10}}));
  EXPECT_TRUE(cache.truncate_from_end(10)) << "its first record is gone";
  EXPECT_TRUE(cache.entries().empty());
}

TEST(IndexEdges, an_entry_must_lie_behind_the_one_before_in_both_ways) {
  OffsetIndex index;
  index.append(10, 100);
  index.append(10, 200);
  index.append(20, 100);
  EXPECT_EQ(index.entries().size(), 1u);
  index.append(11, 101);
  EXPECT_EQ(index.entries().size(), 2u);
  TimeIndex times;
  times.append(-1, 3);
  EXPECT_TRUE(times.entries().empty()) << "no timestamp";
  times.append(0, 3);
  times.append(0, 4);
  EXPECT_EQ(times.entries().size(), 1u) << "1970 is a time; the same time again is not news";
  times.append(1, 4);
  EXPECT_EQ(times.entries().size(), 2u);
}

TEST(IndexEdges, a_file_whose_entries_do_not_rise_is_refused) {
  const auto offsets = [](int32_t offset, int32_t position) {
    OffsetIndex one;
    one.append(10, 100);
    OffsetIndex two;
    two.append(offset, position);
    Buffer bytes;
    bytes.append(one.encode().view());
    bytes.append(two.encode().view());
    return OffsetIndex::decode(bytes.view(), 200).has_value();
  };
  EXPECT_TRUE(offsets(11, 101));
  EXPECT_TRUE(offsets(11, 199));
  EXPECT_FALSE(offsets(11, 200)) << "where the segment ends";
  EXPECT_FALSE(offsets(10, 101));
  EXPECT_FALSE(offsets(11, 100));
  const auto times = [](int64_t time_ms, int32_t offset) {
    TimeIndex one;
    one.append(1000, 10);
    TimeIndex two;
    two.append(time_ms, offset);
    Buffer bytes;
    bytes.append(one.encode().view());
    bytes.append(two.encode().view());
    return TimeIndex::decode(bytes.view(), 20).has_value();
  };
  EXPECT_TRUE(times(1001, 10)) << "two maxima of one batch, as Kafka writes at a roll";
  EXPECT_TRUE(times(1001, 19));
  EXPECT_FALSE(times(1001, 20)) << "behind the last record";
  EXPECT_FALSE(times(1000, 11));
  EXPECT_FALSE(times(1001, 9));
}

TEST(IndexEdges, cutting_takes_the_entry_at_the_offset_too) {
  OffsetIndex index;
  index.append(10, 100);
  index.append(20, 200);
  index.truncate(21, 1000);
  EXPECT_EQ(index.entries().size(), 2u);
  index.truncate(20, 1000);
  EXPECT_EQ(index.entries().size(), 1u);
  index.truncate(20, 101);
  EXPECT_EQ(index.entries().size(), 1u);
  index.truncate(20, 100);
  EXPECT_TRUE(index.entries().empty()) << "it pointed to the end";
  TimeIndex times;
  times.append(1000, 10);
  times.append(2000, 20);
  times.truncate(21);
  EXPECT_EQ(times.entries().size(), 2u);
  times.truncate(20);
  EXPECT_EQ(times.entries().size(), 1u);
  EXPECT_EQ(times.floor(1000), (TimeEntry{1000, 10}));
  EXPECT_EQ(times.floor(999), TimeEntry{});
}

TEST(IndexEdges, a_file_of_one_entry_has_one_entry) {
  OffsetIndex index;
  index.append(1, 1);
  EXPECT_EQ(*OffsetIndex::decode(index.encode().view(), 2), index);
  TimeIndex times;
  times.append(1, 1);
  EXPECT_EQ(*TimeIndex::decode(times.encode().view(), 2), times);
  const std::vector<AbortedTransaction> aborted{{7, 1, 2, 3}, {1LL << 40, 1LL << 41, 5, 4}};
  EXPECT_EQ(*decode_transaction_index(encode_transaction_index(aborted).view()), aborted);
}

TEST(SegmentStateEdges, an_entry_is_due_when_more_than_the_interval_was_written) {
  constexpr int64_t kInterval = 200;
  SegmentState state(0);
  Offset next = 0;
  const auto adopt = [&](uint32_t size) {
    BatchFacts batch{};
    batch.base_offset = batch.last_offset = next++;
    batch.max_timestamp_ms = 1000;
    batch.size = size;
    return state.adopt(batch, kInterval);
  };
  EXPECT_TRUE(adopt(200));
  EXPECT_TRUE(adopt(1));
  EXPECT_TRUE(state.offset_index.entries().empty()) << "just the interval: not yet, as in Kafka";
  EXPECT_TRUE(adopt(1));
  EXPECT_EQ(state.offset_index.entries(), (std::vector<OffsetEntry>{{2, 201}}));
  EXPECT_EQ(state.size, 202u);
  EXPECT_EQ(state.end_offset, 3);
  next = 2;
  EXPECT_FALSE(adopt(1)) << "an offset that is taken";
}

TEST(SegmentStateEdges, offsets_and_positions_have_31_bits) {
  constexpr Offset kBase = 1000;
  const auto fits = [](Offset last, uint64_t position) {
    SegmentState state(kBase);
    state.size = position;
    BatchFacts batch{};
    batch.base_offset = batch.last_offset = last;
    batch.size = 100;
    return state.adopt(batch, 4096);
  };
  EXPECT_TRUE(fits(kBase + INT32_MAX, 0));
  EXPECT_FALSE(fits(kBase + INT32_MAX + 1LL, 0)) << "B41";
  EXPECT_TRUE(fits(kBase, INT32_MAX));
  EXPECT_FALSE(fits(kBase, INT32_MAX + 1ULL));
}

TEST(SegmentStateEdges, a_cut_takes_the_transaction_whose_marker_lies_there) {
  SegmentState state(0);
  state.aborted = {{7, 0, 3, 4}, {7, 4, 5, 6}};
  state.rewind(6);
  EXPECT_EQ(state.aborted.size(), 2u);
  state.rewind(5);
  EXPECT_EQ(state.aborted.size(), 1u);
}

TEST(SnapshotEdges, the_very_first_record_of_a_log_is_remembered) {
  producer::ProducerState state;
  producer::BatchInput input;
  input.producer_id = 0;
  input.base_sequence = 0;
  input.timestamp_ms = 0;
  producer::apply(state, {}, input);
  const Slice bytes = encode_producer_snapshot(state);
  const producer::ProducerState again = state_of(*decode_producer_snapshot(bytes.view()));
  EXPECT_EQ(again, state);
  ASSERT_NE(again.entries.at(0).newest(), nullptr);
  EXPECT_TRUE(decode_producer_snapshot(encode_producer_snapshot({}).view())->empty());
}

TEST(SnapshotEdges, every_field_comes_back) {
  producer::ProducerState state;
  producer::ProducerEntry entry;
  entry.epoch = 3;
  entry.coordinator_epoch = 9;
  entry.last_timestamp_ms = 1234;
  entry.open_transaction = 0;
  entry.remember({17, 40, 6, 1234});
  state.entries[1LL << 33] = entry;
  const Slice bytes = encode_producer_snapshot(state);
  EXPECT_EQ(state_of(*decode_producer_snapshot(bytes.view())), state);
}

TEST(CheckpointEdges, offset_zero_is_an_offset) {
  const OffsetCheckpoint offsets{{{"a", 0}, 0}};
  EXPECT_EQ(*parse_offset_checkpoint("0\n1\na 0 0\n"), offsets);
  EXPECT_TRUE(parse_offset_checkpoint("0\n0\n")->empty());
  EXPECT_EQ(*parse_offset_checkpoint("0\n1\na  0   0\n"), offsets) << "any blanks, as in Kafka";
}

TEST(MetaPropertiesEdges, comments_versions_and_nonsense) {
  const std::string good = "#comment\n!other\n\ncluster.id=c\nnode.id=1\n";
  EXPECT_TRUE(parse_meta_properties(good + "version=0\n"));
  EXPECT_TRUE(parse_meta_properties(good + "version=1\n"));
  EXPECT_EQ(parse_meta_properties(good + "version=2\n").error().code, ErrorCode::kUnsupported);
  EXPECT_FALSE(parse_meta_properties(good)) << "no version";
  EXPECT_FALSE(parse_meta_properties("version=1\nnode.id=x\n"));
  EXPECT_FALSE(parse_meta_properties("version=1\ndirectory.id=!\n"));
  EXPECT_FALSE(parse_meta_properties("version=1\nno equals\n"));
}

TEST(RetentionEdges, what_is_exactly_as_old_or_as_large_as_asked_for_stays) {
  RetentionInput input;
  input.segments = {{0, 10, 100, 1000, {}}, {10, 20, 100, 5000, {}}};
  input.high_watermark = 10;
  input.retention_ms = 500;
  input.now_ms = 1500;
  EXPECT_EQ(choose_deletable(input, {}).count, 0u);
  input.now_ms = 1501;
  EXPECT_EQ(choose_deletable(input, {}), (RetentionChoice{1, DeleteReason::kTime}));
  input.retention_ms = -1;
  input.retention_bytes = 100;
  EXPECT_EQ(choose_deletable(input, {}), (RetentionChoice{1, DeleteReason::kSize}));
  input.retention_bytes = 101;
  EXPECT_EQ(choose_deletable(input, {}).count, 0u);
  input.retention_bytes = -1;
  input.log_start_offset = 10;
  EXPECT_EQ(choose_deletable(input, {}), (RetentionChoice{1, DeleteReason::kLogStart}));
  input.log_start_offset = 9;
  EXPECT_EQ(choose_deletable(input, {}).count, 0u);
  StorageRules loose;
  loose.one_retention_predicate = false;
  input.retention_bytes = 200;
  EXPECT_EQ(choose_deletable(input, loose).count, 0u) << "B40 deletes one too many of too many";
  input.retention_bytes = 0;
  input.high_watermark = 20;
  EXPECT_EQ(choose_deletable(input, {}).count, 2u) << "0 bytes: everything";
}

// The Unicode standard's rule, as in Java: one replacement for the longest start of a sequence.
TEST(ReadableText, keeps_what_is_utf8_and_replaces_the_rest) {
  const std::string bad = "\xef\xbf\xbd";
  const auto text = [](std::string_view bytes) { return readable_text(as_bytes(bytes)); };
  for (const char* good :
       {"", "a", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xe1\x80\xbf", "\xf3\xbf\xbf\xbf"})
    EXPECT_EQ(text(good), good);
  EXPECT_EQ(text("\x80"), bad);
  EXPECT_EQ(text("\xc1\xbf"), bad + bad) << "an overlong form";
  EXPECT_EQ(text("\xe0\x9f\xbf"), bad + bad + bad);
  EXPECT_EQ(text("\xed\xa0\x80"), bad + bad + bad) << "a surrogate";
  EXPECT_EQ(text("\xf0\x8f\xbf\xbf"), bad + bad + bad + bad);
  EXPECT_EQ(text("\xf4\x90\x80\x80"), bad + bad + bad + bad) << "beyond the last code point";
  EXPECT_EQ(text("\xf5\x80\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(text("\xe1\x80x"), bad + "x") << "two bytes of three make one replacement";
  EXPECT_EQ(text("\xf1\x80\x80"), bad);
  EXPECT_EQ(text("\xf1\x80\x80y"), bad + "y");
  EXPECT_EQ(text("\xc3"), bad);
  EXPECT_EQ(text("a\xc3\xa9z"), "a\xc3\xa9z");
}

}  // namespace
}  // namespace faultline::log
