// SPDX-License-Identifier: Apache-2.0
// Goal: what a stop, clean or not, a cut or a beginning anew leaves is what the next start finds,
// no more and no less. Method: small stories on a disk in memory. Most of these were written
// because a planted slip (tests/mutants) went unnoticed.
#include "tests/broker/log/log_edges_fixture.h"

namespace faultline::log {
namespace {

using LogRestartTest = LogEdgesTest;

TEST_F(LogRestartTest, a_start_never_finds_the_high_watermark_before_the_log_start) {
  LogOptions options = followed();
  {
    const auto log = open(options);
    append(*log, {.records = 5});
  }
  options.high_watermark = 1;
  EXPECT_EQ(open(options)->high_watermark(), 1);
  options.log_start_offset = 3;
  EXPECT_EQ(open(options)->high_watermark(), 3);
}

TEST_F(LogRestartTest, batches_larger_than_a_chunk_are_recovered_and_read) {
  LogOptions options = Storage::options();
  options.config.index_interval_bytes = 100;
  {
    const auto log = open(options);
    append(*log, {});
    append(*log, {.value_size = 3 << 20, .timestamp_ms = 1'800'000'000'000, .seed = 1});
    append(*log, {.seed = 2});
    append(*log, {.value_size = 3 << 20, .timestamp_ms = 1'900'000'000'000, .seed = 3});
  }
  options.was_clean = false;
  auto log = open(options);
  EXPECT_EQ(log->log_end_offset(), 4) << "the last one ends where the file does";
  EXPECT_EQ(read_all(storage, *log).size(), 4u);
  EXPECT_EQ((*storage.run(log->find_timestamp(1'850'000'000'000)))->offset, 3);
  ASSERT_TRUE(storage.run(log->truncate_to(3)));
  EXPECT_EQ(log->log_end_offset(), 3);
}

TEST_F(LogRestartTest, a_clean_stop_leaves_a_snapshot_and_the_start_believes_it) {
  LogOptions options = Storage::options();
  {
    const auto log = open(options);
    for (int i = 0; i < 3; ++i) append(*log, {.producer_id = 4, .sequence = i});
    ASSERT_TRUE(storage.run(log->close()));
  }
  EXPECT_TRUE(storage.disk.exists("data/t-0/00000000000000000003.snapshot"));
  EXPECT_EQ(files_that_end(".snapshot"), 1);
  storage.disk.flip_bit("data/t-0/00000000000000000000.log", 43 + 7, 1);  // the producer id
  const auto log = open(options);
  EXPECT_EQ(log->producers().entries.size(), 1u) << "no batch was looked at";
  EXPECT_EQ(log->producers().entries.at(4).newest()->last_sequence, 2);
}

TEST_F(LogRestartTest, an_empty_log_leaves_no_snapshot) {
  const auto log = open();
  append(*log, {.producer_id = 4, .sequence = 0});
  ASSERT_TRUE(storage.run(log->truncate_to(0)));
  ASSERT_TRUE(storage.run(log->close()));
  EXPECT_EQ(files_that_end(".snapshot"), 0);
}

TEST_F(LogRestartTest, a_log_that_started_anew_stays_so) {
  {
    const auto log = open();
    append(*log, {}, 7);
    ASSERT_TRUE(storage.run(log->flush()));
    ASSERT_TRUE(storage.run(log->truncate_fully_and_start_at(100)));
    ASSERT_TRUE(storage.run(log->close()));
  }
  const auto log = open();
  EXPECT_EQ(log->log_start_offset(), 100);
  EXPECT_TRUE(log->leader_epochs().entries().empty());
}

TEST_F(LogRestartTest, a_cut_behind_a_damaged_batch_ends_before_that_batch) {
  LogOptions options = Storage::options();
  options.config.index_interval_bytes = 1 << 20;
  uint64_t one = 0;
  {
    const auto log = open(options);
    for (int i = 0; i < 5; ++i) append(*log, {.seed = uint64_t(i)});
    one = static_cast<uint64_t>(log->size_bytes()) / 5;
    ASSERT_TRUE(storage.run(log->close()));
  }
  const auto log = open(options);
  storage.disk.flip_bit("data/t-0/00000000000000000000.log", 2 * one + 16, 1);  // the magic byte
  ASSERT_TRUE(storage.run(log->truncate_to(4)));
  EXPECT_EQ(log->log_end_offset(), 2);
  EXPECT_EQ(append(*log, {}).base_offset, 2);
  EXPECT_EQ(read_all(storage, *log).size(), 3u);
}

TEST_F(LogRestartTest, the_active_segment_goes_on_with_its_index_after_a_clean_start) {
  LogOptions options = Storage::options();
  options.config.retention_ms = -1;
  options.config.index_interval_bytes = 250;
  {
    const auto log = open(options);
    for (int i = 0; i < 20; ++i) append(*log, {.timestamp_ms = 1000 + i});
    ASSERT_TRUE(storage.run(log->close()));
  }
  const auto log = open(options);
  storage.run(log->delete_old_segments());
  storage.run(log->delete_old_segments());  // nobody used it since; but it is the active one
  for (int i = 20; i < 40; ++i) append(*log, {.timestamp_ms = 1000 + i});
  ASSERT_TRUE(storage.run(log->audit()));
  const history::LogAudited told = storage.probe.all<history::LogAudited>().back();
  EXPECT_TRUE(told.indexes_match) << told.detail;
}

TEST_F(LogRestartTest,
       an_index_entry_behind_the_last_record_of_a_finished_segment_is_not_believed) {
  LogOptions options = Storage::options();
  options.config.index_interval_bytes = 100;
  {
    const auto log = open(options);
    for (int i = 0; i < 20; ++i) append(*log, {.timestamp_ms = 1000 + i});
    ASSERT_TRUE(storage.run(log->roll()));
    append(*log, {.timestamp_ms = 5000});
    ASSERT_TRUE(storage.run(log->close()));
  }
  const std::string path = "data/t-0/00000000000000000000.timeindex";
  storage.disk.flip_bit(path, storage.disk.contents(path).size() - 3, 0);  // 65536 records later
  const auto log = open(options);
  EXPECT_EQ((*storage.run(log->find_timestamp(1019)))->offset, 19);
  const auto told = storage.probe.all<history::LogReached>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].what, "index: rebuilt from its segment");
}

TEST_F(LogRestartTest, a_cut_at_the_start_of_a_segment_keeps_the_snapshot_there) {
  LogOptions options = Storage::options();
  {
    const auto log = open(options);
    for (int i = 0; i < 2; ++i) append(*log, {.producer_id = 4, .sequence = i});
    ASSERT_TRUE(storage.run(log->roll()));
    append(*log, {.producer_id = 4, .sequence = 2});
  }
  const std::string snapshot = "data/t-0/00000000000000000002.snapshot";
  ASSERT_TRUE(storage.disk.exists(snapshot));
  storage.disk.erase(snapshot);
  options.was_clean = false;
  const auto log = open(options);
  ASSERT_TRUE(storage.run(log->truncate_to(2)));
  append(*log, {.producer_id = 4, .sequence = 2});
  ASSERT_TRUE(storage.run(log->flush()));
  EXPECT_TRUE(storage.disk.exists(snapshot));
}

TEST_F(LogRestartTest, recovery_learns_producers_from_before_its_point_where_no_snapshot_tells) {
  LogOptions options = Storage::options();
  {
    const auto log = open(options);
    append(*log, {.producer_id = 4, .sequence = 0});
    append(*log, {.producer_id = 4, .sequence = 1});
    ASSERT_TRUE(storage.run(log->roll()));
    append(*log, {.producer_id = 5, .sequence = 0});
    append(*log, {.producer_id = 5, .sequence = 1});
    ASSERT_TRUE(storage.run(log->flush()));
  }
  storage.disk.erase("data/t-0/00000000000000000002.snapshot");
  options.was_clean = false;
  options.recovery_point = 4;
  const auto log = open(options);
  ASSERT_EQ(log->producers().entries.size(), 2u);
  EXPECT_EQ(log->producers().entries.at(4).newest()->last_sequence, 1);
  EXPECT_EQ(log->producers().entries.at(4).window_size, 2);
  EXPECT_EQ(log->producers().entries.at(5).window_size, 2) << "each batch once";
}

TEST_F(LogRestartTest, epochs_of_a_tail_that_is_gone_are_gone_from_their_file_too) {
  const LogOptions options = Storage::options();
  int64_t two_batches = 0;
  {
    const auto log = open(options);
    for (int i = 0; i < 2; ++i) append(*log, {}, 0);
    two_batches = log->size_bytes();
    append(*log, {}, 5);
    ASSERT_TRUE(storage.run(log->close()));
  }
  const std::string path = "data/t-0/00000000000000000000.log";
  const auto bytes = storage.disk.contents(path);
  storage.disk.put(path, Bytes(bytes.data(), static_cast<size_t>(two_batches)));
  {
    const auto log = open(options);
    EXPECT_EQ(log->log_end_offset(), 2);
    append(*log, {}, 0);
    ASSERT_TRUE(storage.run(log->close()));
  }
  EXPECT_EQ(open(options)->leader_epochs().entries(), (std::vector<EpochStart>{{0, 0}}));
}

TEST_F(LogRestartTest, a_segment_remembers_aborted_transactions_when_its_indexes_were_let_go) {
  storage.make_directory("data/t-0");
  const AbortedTransaction first{7, 0, 3, 4};
  const AbortedTransaction second{7, 4, 5, 6};
  SegmentOptions options;
  options.directory = "data/t-0";
  Segment segment(storage.disk, options, 0);
  ASSERT_TRUE(storage.run(segment.create_file()));
  for (const Offset base : {0, 4, 6}) {
    Slices bytes = wire::place_batch(make_batch({.records = base == 0 ? 4 : 2}), {base, 0});
    const Slice whole = join(bytes);
    const BatchFacts facts = BatchFacts::of(wire::BatchView(whole.view()));
    ASSERT_TRUE(storage.run(segment.append(std::move(bytes), {facts})));
  }
  segment.note_aborted(first);
  segment.note_aborted(second);
  const auto let_go = [&] {
    ASSERT_TRUE(storage.run(segment.write_indexes(true)));
    segment.drop_unused_indexes();  // it was used since the last time
    segment.drop_unused_indexes();
    EXPECT_FALSE(segment.has_loaded_indexes());
  };
  let_go();
  ASSERT_TRUE(storage.run(segment.load_indexes()));
  EXPECT_EQ(segment.state().aborted, (std::vector<AbortedTransaction>{first, second}));
  let_go();
  ASSERT_TRUE(storage.run(segment.truncate_to(5)));
  EXPECT_EQ(segment.end_offset(), 4);
  EXPECT_EQ(segment.state().aborted, std::vector<AbortedTransaction>{first})
      << "the other one's marker was cut";
}

TEST_F(LogRestartTest, a_log_that_is_given_up_waits_for_the_append_under_way) {
  LogOptions options = Storage::options();
  options.config.index_interval_bytes = 1;
  {
    const auto log = open(options);
    for (int i = 0; i < 3; ++i) append(*log, {});
    ASSERT_TRUE(storage.run(log->close()));
  }
  const auto log = open(options);
  std::optional<Result<AppendResult>> appended;
  std::optional<Result<void>> gone;
  Scope scope(storage.executor);
  storage.disk.hold_next_read();  // of the first timestamp, for segment.ms
  scope.spawn(store_result(log->append(client_append(make_batch({}))), &appended));
  storage.executor.run_until_idle();
  EXPECT_FALSE(appended.has_value());
  scope.spawn(store_result(log->abandon(), &gone));
  storage.executor.run_until_idle();
  storage.disk.release_reads();
  storage.executor.run_until_idle();
  ASSERT_TRUE(appended.has_value() && gone.has_value());
  EXPECT_TRUE(*gone);
  EXPECT_EQ(storage.run(log->append(client_append(make_batch({})))).error().code,
            ErrorCode::kClosed);
}

}  // namespace
}  // namespace faultline::log
