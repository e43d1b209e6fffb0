// SPDX-License-Identifier: Apache-2.0
// Goal: one log is right at its edges: the last byte that fits, the copy that joins on exactly, the
// batch larger than a chunk, what a clean stop leaves. Method: small stories on a disk in memory.
// Most of these were written because a planted slip (tests/mutants) went unnoticed.
#include "tests/broker/log/log_edges_fixture.h"

namespace faultline::log {
namespace {

TEST_F(LogEdgesTest, a_read_takes_what_fits_to_the_last_byte) {
  const auto log = open();
  for (int i = 0; i < 4; ++i) append(*log, {.seed = uint64_t(i)});
  const size_t one = static_cast<size_t>(log->size_bytes()) / 4;
  EXPECT_EQ(read_bytes(*log, 1, 2 * one, true), 2 * one);
  EXPECT_EQ(read_bytes(*log, 1, 2 * one - 1, true), one);
  EXPECT_EQ(read_bytes(*log, 1, one, false), one);
  EXPECT_EQ(read_bytes(*log, 1, one - 1, true), one) << "progress";
  EXPECT_EQ(read_bytes(*log, 1, one - 1, false), 0u) << "no progress was asked for";
}

// Found by a planted slip: it was called corrupt.
TEST_F(LogEdgesTest, a_reader_of_next_to_nothing_gets_a_batch_however_dense_the_index) {
  LogOptions options = Storage::options();
  options.config.index_interval_bytes = 0;
  const auto log = open(options);
  for (int i = 0; i < 3; ++i) append(*log, {.seed = uint64_t(i)});
  const size_t one = static_cast<size_t>(log->size_bytes()) / 3;
  for (const size_t bytes_max : {0u, 1u, 11u, 12u, 13u, 60u, 61u, 62u})
    for (Offset offset = 0; offset < 3; ++offset)
      EXPECT_EQ(read_bytes(*log, offset, bytes_max, true), one) << bytes_max << " at " << offset;
}

TEST_F(LogEdgesTest, a_read_says_where_the_log_stood) {
  const auto log = open(followed());
  append(*log, {.records = 5});
  log->set_high_watermark(5);
  ASSERT_TRUE(storage.run(log->delete_records_before(2)));
  append(*log, {.records = 3});
  ReadRequest request;
  request.offset = 2;
  const auto got = storage.run(log->read(request));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->log_start_offset, 2);
  EXPECT_EQ(got->high_watermark, 5);
  EXPECT_EQ(got->last_stable_offset, 5);
  EXPECT_EQ(got->log_end_offset, 8);
  EXPECT_EQ(got->next_offset, 5) << "nothing at or beyond the high watermark";
  request.offset = 5;
  EXPECT_TRUE(storage.run(log->read(request))->batches.empty());
  request.isolation = Isolation::kLogEnd;
  EXPECT_EQ(storage.run(log->read(request))->next_offset, 8);
}

TEST_F(LogEdgesTest, a_read_that_needs_no_file_is_answered_at_once_as_read_would) {
  const auto log = open(followed());
  append(*log, {.records = 5});
  log->set_high_watermark(3);
  ASSERT_TRUE(storage.run(log->delete_records_before(2)));
  const uint64_t before = storage.disk.bytes_wanted();
  for (Offset offset = 0; offset <= 7; ++offset) {
    ReadRequest request;
    request.offset = offset;
    const auto known = log->read_at_once(request);
    EXPECT_EQ(known.has_value(), offset != 2) << offset << ": only that one lies in a file";
    if (!known) continue;
    const auto got = storage.run(log->read(request));
    ASSERT_EQ(known->has_value(), got.has_value()) << offset;
    if (got) {
      EXPECT_EQ((*known)->next_offset, got->next_offset);
      EXPECT_EQ((*known)->log_start_offset, 2);
      EXPECT_EQ((*known)->high_watermark, 3);
      EXPECT_EQ((*known)->log_end_offset, 5);
      EXPECT_TRUE((*known)->batches.empty());
    } else {
      EXPECT_EQ(known->error().code, ErrorCode::kOutOfRange) << offset;
    }
  }
  EXPECT_EQ(storage.disk.bytes_wanted(), before);
  ASSERT_TRUE(storage.run(log->close()));
  EXPECT_EQ(log->read_at_once({})->error().code, storage.run(log->read({})).error().code);
}

TEST_F(LogEdgesTest, the_high_watermark_stays_between_the_ends_of_the_log) {
  const auto log = open(followed());
  append(*log, {.records = 5});
  EXPECT_EQ(log->high_watermark(), 0) << "somebody else moves it";
  log->set_high_watermark(3);
  EXPECT_EQ(log->high_watermark(), 3);
  log->set_high_watermark(6);
  EXPECT_EQ(log->high_watermark(), 5);
  log->set_high_watermark(-1);
  EXPECT_EQ(log->high_watermark(), 0);
}

TEST_F(LogEdgesTest, a_copy_keeps_its_offsets_and_epochs_and_may_leave_gaps) {
  const auto log = open(followed());
  EXPECT_EQ(copy(*log, 7, 3, {.records = 2})->base_offset, 7);
  EXPECT_EQ(copy(*log, 9, 3)->last_offset, 9) << "joins on exactly";
  EXPECT_EQ(copy(*log, 9, 3).error().code, ErrorCode::kInvalidArgument) << "that offset is taken";
  EXPECT_EQ(copy(*log, 20, 4)->last_offset, 20);
  EXPECT_EQ(log->log_end_offset(), 21);
  EXPECT_EQ(log->leader_epochs().entries(), (std::vector<EpochStart>{{3, 7}, {4, 20}}));
}

TEST_F(LogEdgesTest, a_batch_that_just_fills_a_segment_is_taken_and_a_larger_one_is_not) {
  const Slice batch = make_batch({.value_size = 300});
  LogOptions options = Storage::options();
  options.config.segment_bytes = static_cast<int64_t>(batch.size());
  const auto log = open(options);
  EXPECT_EQ(storage.run(log->append(client_append(batch)))->status, AppendStatus::kAppended);
  EXPECT_EQ(storage.run(log->append(client_append(batch)))->status, AppendStatus::kAppended);
  EXPECT_EQ(log->segment_count(), 2u);
  EXPECT_EQ(append(*log, {.value_size = 301}).status, AppendStatus::kTooLarge);
  options.config.segment_bytes *= 2;
  log->set_config(options.config);
  append(*log, {.value_size = 300});
  EXPECT_EQ(log->segment_count(), 2u) << "both fit to the last byte";
}

TEST_F(LogEdgesTest, a_segment_ends_when_one_of_its_indexes_is_full) {
  LogOptions options = Storage::options();
  options.config.index_interval_bytes = 1;  // an entry for each batch but the first
  options.config.segment_index_bytes = 36;  // 4 offsets, or 3 times of which one is kept free
  for (const bool rises : {false, true}) {
    options.partition.topic = rises ? "rising" : "constant";
    options.directory = "data/" + options.partition.topic + "-0";
    const auto log = open(options);
    const int fits = rises ? 3 : 5;
    for (int i = 0; i < fits; ++i) append(*log, {.timestamp_ms = 1000 + (rises ? i : 0)});
    EXPECT_EQ(log->segment_count(), 1u) << rises;
    append(*log, {.timestamp_ms = 2000});
    EXPECT_EQ(log->segment_count(), 2u) << rises;
  }
}

TEST_F(LogEdgesTest, truncation_takes_the_snapshots_behind_the_cut) {
  LogOptions options = Storage::options();
  options.config.segment_bytes = 1000;
  const auto log = open(options);
  for (int i = 0; i < 20; ++i) append(*log, {.value_size = 300, .producer_id = 4, .sequence = i});
  ASSERT_TRUE(storage.run(log->flush()));
  EXPECT_GT(files_that_end(".snapshot"), 3);
  ASSERT_TRUE(storage.run(log->truncate_to(1)));
  EXPECT_EQ(files_that_end(".snapshot"), 0);
}

TEST_F(LogEdgesTest, truncation_does_not_forget_producers_whose_records_retention_took) {
  LogOptions options = Storage::options();
  options.config.retention_ms = 60'000;
  const auto log = open(options);
  append(*log, {.timestamp_ms = storage.clock.wall.to_ms(), .producer_id = 4, .sequence = 0});
  ASSERT_TRUE(storage.run(log->roll()));
  storage.clock.advance(seconds(61));
  for (int i = 0; i < 2; ++i)
    append(*log, {.timestamp_ms = storage.clock.wall.to_ms(), .producer_id = 5, .sequence = i});
  EXPECT_EQ(*storage.run(log->delete_old_segments()), 1);
  ASSERT_TRUE(storage.run(log->truncate_to(2)));
  EXPECT_EQ(log->log_end_offset(), 2);
  EXPECT_EQ(log->producers().entries.count(4), 1u) << "the snapshot at the first segment knows it";
  EXPECT_EQ(append(*log, {.producer_id = 4, .sequence = 1}).status, AppendStatus::kAppended);
}

TEST_F(LogEdgesTest, a_log_that_starts_anew_knows_no_producers_and_no_epochs) {
  const auto log = open();
  append(*log, {.producer_id = 4, .sequence = 0}, 7);
  ASSERT_TRUE(storage.run(log->truncate_fully_and_start_at(100)));
  EXPECT_TRUE(log->producers().entries.empty());
  EXPECT_TRUE(log->leader_epochs().entries().empty());
  EXPECT_EQ(append(*log, {.producer_id = 4, .sequence = 0}, 1).base_offset, 100);
}

// What a reader waited for may be gone, and something else lie at the same offsets.
TEST_F(LogEdgesTest, a_reader_that_waited_while_the_log_was_cut_is_told_so) {
  for (const bool fully : {false, true}) {
    LogOptions options = Storage::options(fully ? "all" : "tail");
    const auto log = open(options);
    for (int i = 0; i < 3; ++i) append(*log, {.seed = uint64_t(i)});
    ReadRequest request;
    request.offset = 2;
    std::optional<Result<ReadResult>> got;
    Scope scope(storage.executor);
    storage.disk.hold_next_read();
    scope.spawn(store_result(log->read(request), &got));
    storage.executor.run_until_idle();
    EXPECT_FALSE(got.has_value());
    if (fully) {
      ASSERT_TRUE(storage.run(log->truncate_fully_and_start_at(2)));
    } else {
      ASSERT_TRUE(storage.run(log->truncate_to(2)));
    }
    append(*log, {.seed = 99});
    storage.disk.release_reads();
    storage.executor.run_until_idle();
    ASSERT_TRUE(got.has_value());
    EXPECT_EQ(got->error().code, ErrorCode::kOutOfRange) << fully;
    EXPECT_EQ(read_bytes(*log, 2, 1, true), make_batch({}).size()) << "and may ask again";
  }
}

TEST_F(LogEdgesTest, a_search_by_time_begins_at_the_log_start) {
  const auto log = open();
  for (int i = 0; i < 4; ++i) append(*log, {.timestamp_ms = 1000 + i});
  ASSERT_TRUE(storage.run(log->delete_records_before(3)));
  EXPECT_EQ((*storage.run(log->find_timestamp(1000)))->offset, 3);
  EXPECT_EQ((*storage.run(log->find_timestamp(1003)))->offset, 3);
  EXPECT_FALSE(storage.run(log->find_timestamp(1004))->has_value());
  EXPECT_EQ((*storage.run(log->find_max_timestamp()))->offset, 3);
}

TEST_F(LogEdgesTest, the_largest_timestamp_is_looked_for_behind_the_log_start_only) {
  const auto log = open();
  append(*log, {.timestamp_ms = 9000});
  append(*log, {.timestamp_ms = 1000});
  append(*log, {.timestamp_ms = 3000});
  append(*log, {.timestamp_ms = 2000});
  EXPECT_EQ((*storage.run(log->find_max_timestamp()))->offset, 0);
  ASSERT_TRUE(storage.run(log->delete_records_before(1)));
  EXPECT_EQ((*storage.run(log->find_max_timestamp()))->offset, 2);
}

TEST_F(LogEdgesTest, a_repeated_batch_is_answered_as_the_first_time) {
  const auto log = open();
  const BatchSpec spec{.records = 3, .timestamp_ms = 4242, .producer_id = 9, .sequence = 0};
  append(*log, {});
  EXPECT_EQ(append(*log, spec).timestamp_ms, 4242);
  const AppendResult again = append(*log, spec);
  EXPECT_EQ(again.status, AppendStatus::kDuplicate);
  EXPECT_EQ(again.base_offset, 1);
  EXPECT_EQ(again.last_offset, 3);
  EXPECT_EQ(again.timestamp_ms, 4242);
}

TEST_F(LogEdgesTest, retention_of_what_is_durable_already_syncs_no_records) {
  LogOptions options = Storage::options();
  options.config.retention_ms = 60'000;
  const auto log = open(options);
  const auto now_ms = [&] { return storage.clock.wall.to_ms(); };
  const auto flushes = [&] { return storage.probe.all<history::LogFlushed>().size(); };
  append(*log, {.timestamp_ms = now_ms()});
  ASSERT_TRUE(storage.run(log->roll()));
  EXPECT_EQ(log->recovery_point(), 1) << "flushed in the background";
  storage.clock.advance(seconds(61));
  append(*log, {.timestamp_ms = now_ms()});
  const size_t before = flushes();
  EXPECT_EQ(*storage.run(log->delete_old_segments()), 1);
  EXPECT_EQ(log->log_start_offset(), 1);
  EXPECT_EQ(flushes(), before);
}

}  // namespace
}  // namespace faultline::log
