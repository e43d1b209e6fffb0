// SPDX-License-Identifier: Apache-2.0
// Goal: one log keeps its contract in the plain cases. Method: small stories on a disk in memory.
#include "broker/log/log.h"

#include <gtest/gtest.h>

#include "tests/broker/log/log_edges_fixture.h"

namespace faultline::log {
namespace {

class LogTest : public LogEdgesTest {
 protected:
  Result<ReadResult> read(Log& log, Offset offset, size_t bytes_max = 1 << 20) {
    ReadRequest request;
    request.offset = offset;
    request.bytes_max = bytes_max;
    return storage.run(log.read(request));
  }
};

TEST_F(LogTest, gives_consecutive_offsets_and_reads_them_back) {
  const auto log = open();
  EXPECT_EQ(append(*log, {.records = 3}).base_offset, 0);
  const AppendResult second = append(*log, {.records = 2, .seed = 1});
  EXPECT_EQ(second.base_offset, 3);
  EXPECT_EQ(second.last_offset, 4);
  EXPECT_EQ(log->log_end_offset(), 5);
  EXPECT_EQ(log->high_watermark(), 5);

  const auto got = read(*log, 4);
  ASSERT_TRUE(got);
  ASSERT_FALSE(got->batches.empty());
  const wire::BatchView batch(got->batches.view());
  EXPECT_EQ(batch.base_offset(), 3) << "starts with the batch that contains the offset";
  EXPECT_TRUE(batch.crc_is_valid());
  EXPECT_EQ(got->next_offset, 5);
}

TEST_F(LogTest, a_read_at_the_end_is_empty_and_beyond_it_out_of_range) {
  const auto log = open();
  append(*log, {});
  EXPECT_TRUE(read(*log, 1)->batches.empty());
  EXPECT_EQ(read(*log, 2).error().code, ErrorCode::kOutOfRange);
  EXPECT_EQ(read(*log, -1).error().code, ErrorCode::kOutOfRange);
}

TEST_F(LogTest, a_read_returns_one_batch_even_if_it_is_too_large) {
  const auto log = open();
  append(*log, {.records = 10, .value_size = 9000});
  append(*log, {.seed = 2});
  const auto got = read(*log, 0, 100);
  ASSERT_FALSE(got->batches.empty());
  EXPECT_EQ(got->next_offset, 10);
  ReadRequest strict;
  strict.bytes_max = 100;
  strict.at_least_one = false;
  EXPECT_TRUE(storage.run(log->read(strict))->batches.empty());
}

TEST_F(LogTest, rolls_when_the_segment_would_be_too_large_and_reads_across) {
  LogOptions options = Storage::options();
  options.config.segment_bytes = 1000;
  const auto log = open(options);
  for (int i = 0; i < 20; ++i) append(*log, {.value_size = 300, .seed = uint64_t(i)});
  EXPECT_GT(log->segment_count(), 5u);
  const auto all = read_all(storage, *log);
  ASSERT_EQ(all.size(), 20u);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(all[i].base_offset, i);
  EXPECT_EQ(log->recovery_point(), log->segment_count() > 1 ? log->recovery_point() : 0);
  EXPECT_GT(log->recovery_point(), 0) << "finished segments are flushed in the background";
}

TEST_F(LogTest, rolls_when_record_timestamps_span_more_than_segment_ms) {
  LogOptions options = Storage::options();
  options.config.segment_ms = 1000;
  const auto log = open(options);
  append(*log, {.timestamp_ms = 10'000});
  append(*log, {.timestamp_ms = 11'000});
  EXPECT_EQ(log->segment_count(), 1u);
  append(*log, {.timestamp_ms = 11'001});
  EXPECT_EQ(log->segment_count(), 2u);
}

TEST_F(LogTest, answers_a_repeated_batch_with_its_first_offset) {
  const auto log = open();
  const BatchSpec first{.records = 2, .producer_id = 9, .sequence = 0};
  const BatchSpec second{.records = 2, .producer_id = 9, .sequence = 2};
  append(*log, first);
  append(*log, {});
  append(*log, second);
  const AppendResult again = append(*log, first);
  EXPECT_EQ(again.status, AppendStatus::kDuplicate);
  EXPECT_EQ(again.base_offset, 0);
  EXPECT_EQ(again.last_offset, 1);
  EXPECT_EQ(log->log_end_offset(), 5);
  EXPECT_EQ(append(*log, {.producer_id = 9, .sequence = 7}).status,
            AppendStatus::kOutOfOrderSequence);
}

TEST_F(LogTest, refuses_an_older_leader_epoch) {
  const auto log = open();
  append(*log, {}, 5);
  EXPECT_EQ(append(*log, {}, 4).status, AppendStatus::kFencedLeaderEpoch);
  append(*log, {}, 6);
  EXPECT_EQ(log->leader_epochs().entries(), (std::vector<EpochStart>{{5, 0}, {6, 1}}));
}

TEST_F(LogTest, a_closed_log_opens_again_as_it_was) {
  LogOptions options = Storage::options();
  options.config.segment_bytes = 2000;
  std::vector<StoredBatch> before;
  {
    const auto log = open(options);
    for (int i = 0; i < 30; ++i)
      append(*log, {.records = 2, .value_size = 50, .producer_id = 4, .sequence = 2 * i}, i / 10);
    before = read_all(storage, *log);
    ASSERT_TRUE(storage.run(log->close()));
    EXPECT_EQ(storage.run(log->append(client_append(make_batch({})))).error().code,
              ErrorCode::kClosed);
  }
  const auto log = open(options);
  EXPECT_EQ(read_all(storage, *log), before);
  EXPECT_EQ(log->log_end_offset(), 60);
  EXPECT_EQ(log->recovery_point(), 60);
  EXPECT_EQ(log->leader_epochs().entries().size(), 3u);
  EXPECT_EQ(
      append(*log, {.records = 2, .value_size = 50, .producer_id = 4, .sequence = 58}, 2).status,
      AppendStatus::kDuplicate);
}

TEST_F(LogTest, a_killed_log_recovers_everything_from_the_page_cache) {
  LogOptions options = Storage::options();
  options.config.segment_bytes = 2000;
  std::vector<StoredBatch> before;
  producer::ProducerState producers;
  {
    const auto log = open(options);
    for (int i = 0; i < 30; ++i)
      append(*log, {.records = 2, .value_size = 50, .producer_id = 4, .sequence = 2 * i}, i / 10);
    before = read_all(storage, *log);
    producers = log->producers();
  }
  options.was_clean = false;
  const auto log = open(options);
  EXPECT_EQ(read_all(storage, *log), before);
  EXPECT_EQ(log->producers(), producers);
  EXPECT_EQ(log->leader_epochs().entries().size(), 3u);
  EXPECT_EQ(log->recovery_point(), 0) << "what was scanned may still not be on the platter";
}

TEST_F(LogTest, a_torn_tail_is_cut_at_the_last_good_batch) {
  {
    const auto log = open();
    for (int i = 0; i < 5; ++i) append(*log, {.value_size = 100, .seed = uint64_t(i)});
  }
  const std::string path = "data/t-0/00000000000000000000.log";
  const auto bytes = storage.disk.contents(path);
  storage.disk.put(path, Bytes(bytes.data(), bytes.size() - 7));
  LogOptions options = Storage::options();
  options.was_clean = false;
  const auto log = open(options);
  EXPECT_EQ(log->log_end_offset(), 4);
  EXPECT_EQ(append(*log, {}).base_offset, 4);
}

TEST_F(LogTest, a_failed_fsync_fences_the_log_for_good) {
  const auto log = open();
  append(*log, {});
  storage.disk.fail_sync_in(1);
  EXPECT_EQ(storage.run(log->flush()).error().code, ErrorCode::kFenced);
  EXPECT_TRUE(log->is_fenced());
  EXPECT_EQ(storage.run(log->append(client_append(make_batch({})))).error().code,
            ErrorCode::kFenced);
  EXPECT_EQ(storage.run(log->flush()).error().code, ErrorCode::kFenced);
  EXPECT_EQ(storage.probe.all<history::LogFenced>().size(), 1u);
}

TEST_F(LogTest, without_the_fencing_rule_a_retry_claims_what_was_lost) {
  rules.storage.fence_on_fsync_error = false;
  auto log = open();
  append(*log, {});
  storage.disk.fail_sync_in(1);
  EXPECT_TRUE(storage.run(log->flush())) << "it asks again and believes the answer";
  EXPECT_EQ(log->recovery_point(), 1) << "the promise";
  log.reset();
  storage.disk.lose_power(1);
  LogOptions options = Storage::options();
  options.was_clean = false;
  EXPECT_EQ(open(options)->log_end_offset(), 0) << "and the loss: B31";
}

TEST_F(LogTest, a_full_disk_refuses_the_batch_and_keeps_the_log_usable) {
  const auto log = open();
  append(*log, {.value_size = 100});
  storage.disk.set_capacity(400);
  const auto refused = storage.run(log->append(client_append(make_batch({.value_size = 1000}))));
  EXPECT_EQ(refused.error().code, ErrorCode::kNoSpace);
  EXPECT_EQ(log->log_end_offset(), 1);
  storage.disk.set_capacity(UINT64_MAX);
  EXPECT_EQ(append(*log, {.seed = 3}).base_offset, 1);
  EXPECT_EQ(read_all(storage, *log).size(), 2u);
}

TEST_F(LogTest, flush_messages_makes_the_ack_durable) {
  LogOptions options = Storage::options();
  options.config.flush_messages = 1;
  auto log = open(options);
  storage.run(log->set_topic_id(options.topic_id));
  for (int i = 0; i < 4; ++i) append(*log, {});
  EXPECT_EQ(log->recovery_point(), 4);
  log.reset();
  storage.disk.lose_power(3);
  options.was_clean = false;
  EXPECT_EQ(open(options)->log_end_offset(), 4);
}

TEST_F(LogTest, truncation_removes_batches_epochs_and_producers) {
  LogOptions options = Storage::options();
  options.config.segment_bytes = 1000;
  const auto log = open(options);
  for (int i = 0; i < 20; ++i)
    append(*log, {.value_size = 200, .producer_id = 1, .sequence = i}, i / 5);
  ASSERT_TRUE(storage.run(log->truncate_to(7)));
  EXPECT_EQ(log->log_end_offset(), 7);
  EXPECT_EQ(log->high_watermark(), 7);
  EXPECT_EQ(log->leader_epochs().latest(), 1);
  EXPECT_EQ(log->producers().entries.at(1).newest()->last_sequence, 6);
  EXPECT_EQ(append(*log, {.value_size = 200, .producer_id = 1, .sequence = 7}, 1).base_offset, 7);
  EXPECT_EQ(read_all(storage, *log).size(), 8u);
}

TEST_F(LogTest, starts_anew_at_an_offset) {
  const auto log = open();
  for (int i = 0; i < 5; ++i) append(*log, {});
  ASSERT_TRUE(storage.run(log->truncate_fully_and_start_at(100)));
  EXPECT_EQ(log->log_start_offset(), 100);
  EXPECT_EQ(append(*log, {}).base_offset, 100);
}

TEST_F(LogTest, delete_records_moves_the_start_and_hides_the_rest) {
  const auto log = open();
  for (int i = 0; i < 5; ++i) append(*log, {.records = 2});
  ASSERT_TRUE(storage.run(log->delete_records_before(3)));
  EXPECT_EQ(log->log_start_offset(), 3);
  EXPECT_EQ(read(*log, 2).error().code, ErrorCode::kOutOfRange);
  EXPECT_EQ(wire::BatchView(read(*log, 3)->batches.view()).base_offset(), 2);
  EXPECT_EQ(storage.run(log->delete_records_before(11)).error().code, ErrorCode::kOutOfRange);
}

TEST_F(LogTest, retention_by_size_deletes_the_oldest_segments) {
  LogOptions options = Storage::options();
  options.config.segment_bytes = 1000;
  options.config.retention_bytes = 3000;
  const auto log = open(options);
  for (int i = 0; i < 20; ++i) append(*log, {.value_size = 400});
  const auto deleted = storage.run(log->delete_old_segments());
  ASSERT_TRUE(deleted);
  EXPECT_GT(*deleted, 0);
  EXPECT_GE(log->size_bytes(), 3000);
  EXPECT_LT(log->size_bytes(), 4100);
  EXPECT_EQ(log->log_start_offset(), read_all(storage, *log).front().base_offset);
}

TEST_F(LogTest, retention_by_time_can_empty_the_log) {
  LogOptions options = Storage::options();
  options.config.segment_bytes = 1000;
  options.config.retention_ms = 60'000;
  const auto log = open(options);
  const int64_t now_ms = storage.clock.wall.to_ms();
  for (int i = 0; i < 6; ++i) append(*log, {.value_size = 400, .timestamp_ms = now_ms});
  EXPECT_EQ(*storage.run(log->delete_old_segments()), 0);
  storage.clock.advance(seconds(61));
  EXPECT_GT(*storage.run(log->delete_old_segments()), 0);
  EXPECT_EQ(log->log_start_offset(), 6);
  EXPECT_EQ(log->segment_count(), 1u);
  EXPECT_EQ(append(*log, {}).base_offset, 6);
}

TEST_F(LogTest, finds_the_record_at_a_time_inside_compressed_batches) {
  const auto log = open();
  for (const auto codec :
       {wire::Compression::kNone, wire::Compression::kGzip, wire::Compression::kSnappy,
        wire::Compression::kLz4, wire::Compression::kZstd}) {
    append(*log, {.records = 10,
                  .timestamp_ms = 1000 + log->log_end_offset() * 10,
                  .timestamp_step_ms = 10,
                  .compression = codec});
  }
  for (Offset wanted = 0; wanted < 50; ++wanted) {
    const auto found = storage.run(log->find_timestamp(1000 + wanted * 10 - 3));
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->offset, wanted);
    EXPECT_EQ((*found)->timestamp_ms, 1000 + wanted * 10);
  }
  EXPECT_FALSE(storage.run(log->find_timestamp(1500))->has_value());
  EXPECT_EQ((*storage.run(log->find_max_timestamp()))->offset, 49);
}

TEST_F(LogTest, without_the_scan_rule_a_search_by_time_misses_the_record) {
  rules.storage.scan_batch_for_timestamp = false;
  const auto log = open();
  append(*log, {.records = 10, .timestamp_ms = 1000, .timestamp_step_ms = 10});
  EXPECT_EQ((*storage.run(log->find_timestamp(1020)))->offset, 9) << "B42: it is at 2";
}

TEST_F(LogTest, rebuilds_a_damaged_index_when_it_is_needed) {
  LogOptions options = Storage::options();
  options.config.index_interval_bytes = 100;
  {
    const auto log = open(options);
    for (int i = 0; i < 50; ++i)
      append(*log, {.value_size = 80, .timestamp_ms = 1000 + i, .seed = uint64_t(i)});
    storage.run(log->close());
  }
  const std::string path = "data/t-0/00000000000000000000.timeindex";
  storage.disk.flip_bit(path, 12 * 3 + 10, 0);  // the fourth entry is out of order now
  for (const bool rebuild : {true, false}) {
    rules.storage.rebuild_index_if_invalid = rebuild;
    const auto log = open(options);
    int wrong = 0;
    for (int i = 0; i < 50; ++i) {
      const auto found = storage.run(log->find_timestamp(1000 + i));
      wrong += !found || !*found || (*found)->offset != i;
    }
    if (rebuild) {
      EXPECT_EQ(wrong, 0);
    } else {
      EXPECT_GT(wrong, 0) << "B42";
    }
  }
}

TEST_F(LogTest, the_high_watermark_of_a_checkpoint_is_clamped_to_the_end) {
  {
    append(*open(), {});
  }
  LogOptions options = Storage::options();
  options.high_watermark = 50;
  EXPECT_EQ(open(options)->high_watermark(), 1);
  rules.storage.clamp_high_watermark_to_log_end = false;
  EXPECT_EQ(open(options)->high_watermark(), 50) << "B37";
}

TEST_F(LogTest, tells_its_story_in_events) {
  const auto log = open();
  append(*log, {.records = 2, .producer_id = 3, .sequence = 0});
  storage.run(log->flush());
  const auto appended = storage.probe.all<history::LogAppended>();
  ASSERT_EQ(appended.size(), 1u);
  EXPECT_EQ(appended[0].batch.last_offset, 1);
  EXPECT_EQ(appended[0].producer_id, 3);
  EXPECT_EQ(storage.probe.all<history::LogFlushed>().back().end_offset, 2);
  EXPECT_EQ(storage.probe.all<history::LogFile>().size(), 1u);
  EXPECT_EQ(storage.probe.all<history::LogRecovered>().size(), 1u);
}

}  // namespace
}  // namespace faultline::log
