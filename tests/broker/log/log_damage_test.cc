// SPDX-License-Identifier: Apache-2.0
// Goal: what no checksum covers is not believed, nor a cut that was never synced; what memory holds
// of old segments is let go, and appends at the same time share their fsyncs. Method: flipped bits
// and failed fsyncs on a disk in memory, and many fibers at once.
#include <gtest/gtest.h>

#include "broker/log/file_names.h"
#include "broker/log/log.h"
#include "tests/broker/log/storage_fixture.h"

namespace faultline::log {
namespace {

class LogDamageTest : public ::testing::Test {
 protected:
  static constexpr int kBatches = 60;
  static constexpr int kSecondEpochFrom = 30;
  static constexpr const char* kLogFile = "data/t-0/00000000000000000000.log";
  static constexpr const char* kIndexFile = "data/t-0/00000000000000000000.index";

  std::unique_ptr<Log> open(bool was_clean, int64_t segment_bytes = 1 << 20) {
    LogOptions options = Storage::options();
    options.was_clean = was_clean;
    options.config.index_interval_bytes = 400;
    options.config.segment_bytes = segment_bytes;
    options.config.retention_ms = -1;
    held->make_directory(options.directory);
    auto log = held->run(Log::open(held->env(), rules, std::move(options)));
    EXPECT_TRUE(log) << log.error().to_string();
    return std::move(*log);
  }
  // All batches have one record and the same size.
  void fill(Log& log) {
    for (int i = 0; i < kBatches; ++i) {
      const BatchSpec spec{
          .value_size = 80, .timestamp_ms = 1000 + i, .seed = static_cast<uint64_t>(i)};
      const LeaderEpoch epoch =
          std::max(i < kSecondEpochFrom ? 3 : 5, log.leader_epochs().latest().value_or(0));
      const auto result = held->run(log.append(client_append(make_batch(spec), epoch)));
      ASSERT_TRUE(result) << result.error().to_string();
    }
  }
  void write_and_close() {
    const auto log = open(true);
    fill(*log);
    batch_bytes = static_cast<uint64_t>(log->size_bytes()) / kBatches;
    ASSERT_TRUE(held->run(log->close()));
  }
  void flip_base_offset(int batch, int bit) {
    held->disk.flip_bit(kLogFile, static_cast<uint64_t>(batch) * batch_bytes + 7 - bit / 8,
                        bit % 8);
  }
  void flip_epoch(int batch, int bit) {
    held->disk.flip_bit(kLogFile, static_cast<uint64_t>(batch) * batch_bytes + 15 - bit / 8,
                        bit % 8);
  }
  // The offset of the first record that comes; -1 on an error.
  Offset read_one(Log& log, Offset offset) {
    ReadRequest request;
    request.offset = offset;
    request.bytes_max = 1;
    const Result<ReadResult> got = held->run(log.read(request));
    if (!got || got->batches.empty()) return -1;
    return wire::BatchView(got->batches.view()).base_offset();
  }

  void start_over() { held = std::make_unique<Storage>(); }

  std::unique_ptr<Storage> held = std::make_unique<Storage>();
  LogRules rules;
  uint64_t batch_bytes = 0;
};

TEST_F(LogDamageTest, recovery_cuts_at_a_batch_whose_base_offset_does_not_follow_on) {
  for (const int batch : {0, 7, kBatches - 1}) {
    for (const int bit : {0, 1, 5, 20, 40}) {
      start_over();
      write_and_close();
      flip_base_offset(batch, bit);
      const auto log = open(false);
      EXPECT_EQ(log->log_end_offset(), batch) << "bit " << bit;
      for (const StoredBatch& stored : read_all(*held, *log)) EXPECT_LT(stored.last_offset, batch);
    }
  }
}

TEST_F(LogDamageTest, recovery_cuts_where_the_epoch_falls) {
  struct Flip {
    int batch, bit, end;
  };
  // 5 becomes 4, 1 and a negative number; 3 becomes 1027 and 5 becomes 7, which what follows shows.
  for (const Flip flip :
       {Flip{40, 0, 40}, {41, 2, 41}, {40, 31, 40}, {0, 31, 0}, {10, 10, 11}, {40, 1, 41}}) {
    start_over();
    write_and_close();
    flip_epoch(flip.batch, flip.bit);
    const auto log = open(false);
    EXPECT_EQ(log->log_end_offset(), flip.end) << "bit " << flip.bit;
    // A partition is not lost to a leader whose epoch is above those of its log.
    const LeaderEpoch epoch = log->leader_epochs().latest().value_or(-1) + 1;
    const auto result = held->run(log->append(client_append(make_batch({}), epoch)));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->status, AppendStatus::kAppended) << "bit " << flip.bit;
  }
}

TEST_F(LogDamageTest, an_epoch_checkpoint_that_cannot_be_read_is_learned_from_the_batches) {
  const std::vector<EpochStart> expected{{3, 0}, {5, kSecondEpochFrom}};
  for (const bool was_clean : {true, false}) {
    start_over();
    write_and_close();
    held->disk.flip_bit("data/t-0/leader-epoch-checkpoint", 0, 6);  // its version
    const auto log = open(was_clean);
    EXPECT_EQ(log->leader_epochs().entries(), expected) << "was clean: " << was_clean;
    EXPECT_EQ(log->log_end_offset(), kBatches);
  }
}

TEST_F(LogDamageTest, a_log_whose_name_tag_cannot_be_read_opens_without_one) {
  const std::string path = "data/t-0/" + std::string(kPartitionMetadataFile);
  const auto log = open(true);
  ASSERT_TRUE(held->run(log->set_topic_id(Uuid::from_words(3, 4))));
  fill(*log);
  ASSERT_TRUE(held->run(log->close()));
  held->disk.flip_bit(path, 0, 3);
  LogOptions options = Storage::options();
  options.topic_id = {};
  const auto again = held->run(Log::open(held->env(), rules, std::move(options)));
  ASSERT_TRUE(again);
  EXPECT_TRUE((*again)->topic_id().is_zero());
  EXPECT_EQ((*again)->log_end_offset(), kBatches);
}

TEST_F(LogDamageTest, a_read_never_gives_a_record_under_another_offset) {
  for (const int bit : {0, 1, 2, 3, 5, 20, 40}) {
    start_over();
    write_and_close();
    constexpr int kRotten = 23;
    flip_base_offset(kRotten, bit);
    const auto log = open(true);  // nothing is scanned
    int readable = 0;
    for (Offset offset = 0; offset < kBatches; ++offset) {
      const Offset got = read_one(*log, offset);
      EXPECT_TRUE(got == offset || got == -1) << "asked for " << offset << ", bit " << bit;
      readable += got == offset ? 1 : 0;
    }
    EXPECT_EQ(read_one(*log, kRotten), -1);
    EXPECT_GE(readable, kBatches - 6) << "up to the next index entry";
  }
}

TEST_F(LogDamageTest, a_read_of_many_batches_ends_before_one_that_does_not_follow_on) {
  constexpr int kRotten = 23;
  for (const int bit : {0, 1, 2, 3, 4, 5, 20, 40}) {  // before it, as well as behind it
    start_over();
    write_and_close();
    flip_base_offset(kRotten, bit);
    const auto log = open(true);
    for (const Offset from : {0, 10, kRotten - 1}) {
      ReadRequest request;
      request.offset = from;
      const Result<ReadResult> got = held->run(log->read(request));
      ASSERT_TRUE(got);
      EXPECT_EQ(got->next_offset, kRotten) << "from " << from << ", bit " << bit;
      EXPECT_EQ(got->batches.size(), static_cast<size_t>(kRotten - from) * batch_bytes);
    }
  }
}

// bad-disk, seed 186: a misdirected write put a batch, whole, in the place of one that is a byte
// shorter, and so broke the next one, too.
TEST_F(LogDamageTest, a_batch_in_the_place_of_a_shorter_one_is_not_believed) {
  constexpr int kShort = 10;
  constexpr int kStray = 40;
  for (const bool was_clean : {true, false}) {
    start_over();
    {
      const auto log = open(true);
      for (int i = 0; i < kBatches; ++i) {
        const BatchSpec spec{.value_size = i == kShort ? size_t{79} : size_t{80},
                             .seed = static_cast<uint64_t>(i)};
        ASSERT_TRUE(held->run(log->append(client_append(make_batch(spec)))));
      }
      ASSERT_TRUE(held->run(log->close()));
    }
    auto bytes = held->disk.contents(kLogFile);
    const size_t size = (bytes.size() + 1) / kBatches;
    ASSERT_EQ(size * kBatches - 1, bytes.size());
    const auto stray = bytes.begin() + static_cast<std::ptrdiff_t>(kStray * size - 1);
    std::copy_n(stray, size, bytes.begin() + static_cast<std::ptrdiff_t>(kShort * size));
    held->disk.put(kLogFile, bytes);

    const auto log = open(was_clean);
    EXPECT_EQ(log->log_end_offset(), was_clean ? kBatches : kShort);
    EXPECT_EQ(read_one(*log, kShort - 1), kShort - 1);
    EXPECT_EQ(read_one(*log, kShort), -1);
    ReadRequest request;
    const Result<ReadResult> got = held->run(log->read(request));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->next_offset, kShort) << "a longer read ends there";
  }
}

TEST_F(LogDamageTest, a_wrong_index_entry_leads_no_reader_astray) {
  for (const uint64_t byte : {3u, 7u, 11u, 15u, 19u, 22u}) {
    for (const int bit : {0, 1, 2}) {
      start_over();
      write_and_close();
      held->disk.flip_bit(kIndexFile, byte, bit);
      const auto log = open(true);
      for (Offset offset = 0; offset < kBatches; ++offset)
        EXPECT_EQ(read_one(*log, offset), offset) << "byte " << byte << " bit " << bit;
    }
  }
}

TEST_F(LogDamageTest, without_the_rule_an_index_that_points_behind_its_segment_is_believed) {
  for (const bool rebuild : {true, false}) {
    start_over();
    rules.storage.rebuild_index_if_invalid = rebuild;
    write_and_close();
    held->disk.flip_bit(kIndexFile, 2 * 8 + 4, 0);  // the position of the third entry
    const auto log = open(true);
    int wrong = 0;
    for (Offset offset = 0; offset < kBatches; ++offset)
      wrong += read_one(*log, offset) != offset ? 1 : 0;
    EXPECT_EQ(wrong > 0, !rebuild) << "B42: " << wrong;
  }
}

TEST_F(LogDamageTest, indexes_of_old_segments_are_let_go_and_loaded_again_when_needed) {
  const auto log = open(true, 1000);
  fill(*log);
  ASSERT_GT(log->segment_count(), 5u);
  held->run(log->delete_old_segments());
  held->run(log->delete_old_segments());  // nobody used them since
  EXPECT_LE(log->loaded_index_count(), 2u) << "of " << log->segment_count();
  for (Offset offset = 0; offset < kBatches; ++offset) EXPECT_EQ(read_one(*log, offset), offset);
  EXPECT_EQ(log->loaded_index_count(), log->segment_count());
  for (int i = 0; i < kBatches; ++i)
    EXPECT_EQ((*held->run(log->find_timestamp(1000 + i)))->offset, i);
}

TEST_F(LogDamageTest, appends_at_the_same_time_share_their_fsyncs_and_none_returns_before_its_own) {
  LogOptions options = Storage::options();
  options.config.flush_messages = 1;
  held->make_directory(options.directory);
  const auto log = *held->run(Log::open(held->env(), rules, std::move(options)));
  constexpr int kAppends = 40;
  int durable = 0;
  std::vector<Offset> offsets;
  const auto append = [](Log* to, int number, int* acked_durable,
                         std::vector<Offset>* at) -> Task<void> {
    const BatchSpec spec{.seed = static_cast<uint64_t>(number)};
    AppendRequest request = client_append(make_batch(spec));
    const Result<AppendResult> result = co_await to->append(std::move(request));
    if (!result) co_return;
    at->push_back(result->base_offset);
    if (to->recovery_point() > result->last_offset) ++*acked_durable;
  };
  held->disk.hold_syncs();
  {
    Scope scope(held->executor);
    for (int i = 0; i < kAppends; ++i) scope.spawn(append(log.get(), i, &durable, &offsets));
    held->executor.run_until_idle();
    while (held->disk.release_syncs() > 0) held->executor.run_until_idle();
    EXPECT_TRUE(scope.is_idle());
  }
  EXPECT_EQ(durable, kAppends);
  std::sort(offsets.begin(), offsets.end());
  for (int i = 0; i < kAppends; ++i) EXPECT_EQ(offsets[static_cast<size_t>(i)], i);
  const size_t flushes = held->probe.all<history::LogFlushed>().size();
  EXPECT_EQ(flushes, 2u) << "the first one's, and one for all that came meanwhile";
  held->disk.lose_power(1);
  EXPECT_EQ(read_all(*held, *open(false)).size(), size_t{kAppends});
}

// Found by seed 274 of swarm: the next start finds the torn file as long as it should be, appends
// in a new segment, flushes that, and the platter still has the torn tail in front of it.
TEST_F(LogDamageTest, a_cut_whose_fsync_failed_takes_nothing_with_it_that_was_flushed_since) {
  for (const bool distrusts : {true, false}) {
    start_over();
    rules.storage.distrust_cache_after_fsync_error = distrusts;
    write_and_close();
    const auto bytes = held->disk.contents(kLogFile);
    held->disk.put(kLogFile, Bytes(bytes.data(), bytes.size() - 7));
    held->disk.fail_sync_in(1);
    LogOptions options = Storage::options();
    options.was_clean = false;
    const auto refused = held->run(Log::open(held->env(), rules, std::move(options)));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kIo);
    {
      const auto log = open(false);
      EXPECT_EQ(log->log_end_offset(), kBatches - 1);
      ASSERT_TRUE(held->run(log->roll()));
      fill(*log);
      ASSERT_TRUE(held->run(log->flush()));
      EXPECT_EQ(log->recovery_point(), 2 * kBatches - 1);
    }
    held->disk.lose_power(1);
    EXPECT_EQ(open(false)->log_end_offset(), distrusts ? 2 * kBatches - 1 : kBatches - 1)
        << "without the rule: B31";
  }
}

}  // namespace
}  // namespace faultline::log
