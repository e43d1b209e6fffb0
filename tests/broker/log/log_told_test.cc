// SPDX-License-Identifier: Apache-2.0
// Goal: a log tells what it does: events, marks of rare paths, audits, charged work. Method: small
// stories on a disk in memory. Campaigns count on these words.
#include <map>
#include <vector>

#include "tests/broker/log/log_edges_fixture.h"

namespace faultline::log {
namespace {

using LogToldTest = LogEdgesTest;

TEST_F(LogToldTest, a_start_tells_what_it_found) {
  LogOptions options = followed();
  {
    const auto log = open(options);
    for (int i = 0; i < 3; ++i) append(*log, {.records = 2});
  }
  options.was_clean = false;
  options.log_start_offset = 1;
  options.high_watermark = 4;
  open(options);
  const history::LogRecovered told = storage.probe.all<history::LogRecovered>().back();
  EXPECT_EQ(told.start_offset, 1);
  EXPECT_EQ(told.end_offset, 6);
  EXPECT_EQ(told.high_watermark, 4);
  EXPECT_FALSE(told.was_clean);
  ASSERT_EQ(told.scanned.size(), 3u);
  EXPECT_EQ(told.scanned[2].base_offset, 4);
  EXPECT_EQ(told.scanned[2].last_offset, 5);
}

TEST_F(LogToldTest, a_torn_snapshot_is_passed_over_and_told_of) {
  {
    const auto log = open();
    for (int i = 0; i < 3; ++i) append(*log, {.producer_id = 4, .sequence = i});
    ASSERT_TRUE(storage.run(log->close()));
  }
  storage.disk.flip_bit("data/t-0/00000000000000000003.snapshot", 20, 1);
  const auto log = open();
  EXPECT_EQ(log->producers().entries.at(4).newest()->last_sequence, 2);
  const auto told = storage.probe.all<history::LogReached>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].what, "recovery: passed over a torn snapshot");
}

TEST_F(LogToldTest, an_append_without_room_says_that_it_was_taken_back) {
  const auto log = open();
  append(*log, {.value_size = 100});
  storage.disk.set_capacity(400);
  const auto refused = storage.run(log->append(client_append(make_batch({.value_size = 1000}))));
  EXPECT_EQ(refused.error().code, ErrorCode::kNoSpace);
  const auto told = storage.probe.all<history::LogTruncated>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].end_offset, 1);
  EXPECT_TRUE(told[0].reason.starts_with("append")) << told[0].reason;
}

TEST_F(LogToldTest, an_audit_finds_an_index_that_tells_another_story_than_its_segment) {
  LogOptions options = Storage::options();
  options.config.index_interval_bytes = 100;
  {
    const auto log = open(options);
    for (int i = 0; i < 20; ++i) append(*log, {.value_size = 80, .timestamp_ms = 1000 + 10 * i});
    ASSERT_TRUE(storage.run(log->audit()));
    ASSERT_TRUE(storage.run(log->close()));
  }
  const auto told = [&] { return storage.probe.all<history::LogAudited>().back(); };
  EXPECT_TRUE(told().indexes_match) << told().detail;
  EXPECT_EQ(told().end_offset, 20);
  EXPECT_NE(told().chain, 0u);
  storage.disk.flip_bit("data/t-0/00000000000000000000.timeindex", 2 * 12 + 7, 0);
  ASSERT_TRUE(storage.run(open(options)->audit()));
  EXPECT_FALSE(told().indexes_match) << "a timestamp that no batch has";
}

class CountingCpu final : public Cpu {
 public:
  void charge(Work work, int64_t count) override { total[work] += count; }
  std::map<Work, int64_t> total;
};

TEST_F(LogToldTest, work_is_charged_as_it_is_done) {
  CountingCpu cpu;
  const StorageEnv env{storage.executor, storage.clock, storage.disk,
                       storage.random,   cpu,           storage.probe};
  storage.make_directory("data/t-0");
  LogOptions options = Storage::options();
  int64_t bytes = 0;
  {
    const auto log = *storage.run(Log::open(env, rules, options));
    for (int i = 0; i < 3; ++i) append(*log, {});
    EXPECT_EQ(cpu.total[Work::kLogAppend], 3);
    read_bytes(*log, 0, 100'000, true);
    EXPECT_EQ(cpu.total[Work::kLogRead], 1);
    EXPECT_EQ(cpu.total[Work::kChecksumByte], 0);
    bytes = log->size_bytes();
  }
  options.was_clean = false;
  ASSERT_TRUE(storage.run(Log::open(env, rules, options)));
  EXPECT_EQ(cpu.total[Work::kChecksumByte], bytes);
}

TEST_F(LogToldTest, marks_name_the_reason_of_a_roll_and_what_recovery_had_to_do) {
  LogOptions options = Storage::options();
  options.config.segment_ms = 1000;
  options.config.index_interval_bytes = 1;
  options.config.segment_index_bytes = 24;  // 3 offsets, or 2 times of which one is kept free
  const auto told = [&] {
    std::vector<std::string> all;
    for (const auto& mark : storage.probe.all<history::LogReached>()) all.push_back(mark.what);
    storage.probe.events.clear();
    return all;
  };
  {
    const auto log = open(options);
    append(*log, {.timestamp_ms = 1000});
    append(*log, {.timestamp_ms = 1000});
    EXPECT_TRUE(told().empty());
    append(*log, {.timestamp_ms = 1000});
    EXPECT_EQ(told(), std::vector<std::string>{"roll: an index was full"});
    append(*log, {.timestamp_ms = 3000});
    EXPECT_EQ(told(), std::vector<std::string>{"roll: the records span too much time"});
    ASSERT_TRUE(storage.run(log->close()));
  }
  storage.disk.erase("data/t-0/00000000000000000000.index");
  {
    const auto log = open(options);
    EXPECT_EQ(read_all(storage, *log).size(), 4u);
    EXPECT_EQ(told(), std::vector<std::string>{"index: rebuilt from its segment"});
  }
  const std::string first = "data/t-0/00000000000000000000.log";
  const auto bytes = storage.disk.contents(first);
  storage.disk.put(first, Bytes(bytes.data(), bytes.size() - 1));
  options.was_clean = false;
  EXPECT_EQ(open(options)->log_end_offset(), 1);
  EXPECT_EQ(told(), (std::vector<std::string>{"recovery: cut a torn tail",
                                              "recovery: dropped segments behind a bad batch"}));
}

TEST_F(LogToldTest, marks_tell_once_what_seldom_happens) {
  const auto log = open();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(append(*log, {.producer_id = 9, .sequence = 7}).status,
              AppendStatus::kOutOfOrderSequence);
  const auto told = storage.probe.all<history::LogReached>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].what, "producer: a sequence was out of order");
}

}  // namespace
}  // namespace faultline::log
