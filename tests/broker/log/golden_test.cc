// SPDX-License-Identifier: Apache-2.0
// Goal: directories that Apache Kafka 4.1 wrote are read as Kafka reads them. Method: each recorded
// file is dumped and compared byte for byte with Kafka's own dump; the killed directory is
// recovered and compared with the one that Kafka itself recovered and closed.
#include <algorithm>

#include "broker/log/dump.h"
#include "broker/log/file_names.h"
#include "broker/log/producer_snapshot.h"
#include "broker/log/segment.h"
#include "tests/broker/log/golden_fixture.h"
#include "tests/broker/log/storage_fixture.h"

namespace faultline::log {
namespace {

void expect_same_dumps(const std::string& dump_name) {
  const auto parts = split_dump(read_golden("dumps/" + dump_name));
  ASSERT_GT(parts.size(), 10u);
  for (const auto& [file, expected] : parts) {
    const Slice bytes = Slice::copy_of(read_golden("clean-shutdown/" + file));
    const auto text = dump_file(file, bytes);
    ASSERT_TRUE(text) << file;
    if (*text == expected) continue;
    const auto differs =
        std::mismatch(text->begin(), text->end(), expected.begin(), expected.end());
    const auto at = std::max<ptrdiff_t>(0, differs.first - text->begin() - 200);
    ADD_FAILURE() << file << " differs\n  ours  : " << text->substr(at, 300)
                  << "\n  Kafka's: " << expected.substr(at, 300);
  }
}

TEST(Dump, of_segments_is_byte_for_byte_kafkas) {
  SKIP_WITHOUT_GOLDEN_DATA();
  expect_same_dumps("logs.txt");
}

TEST(Dump, of_indexes_and_snapshots_is_byte_for_byte_kafkas) {
  SKIP_WITHOUT_GOLDEN_DATA();
  expect_same_dumps("indexes-and-snapshots.txt");
}

class GoldenDirectory : public ::testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_GOLDEN_DATA(); }

  std::unique_ptr<LogManager> start(const std::string& name, Storage& storage) {
    storage.disk.import(golden_path(name), "data");
    LogManagerOptions options;
    options.directory = "data";
    options.node_id = 1;
    options.default_config.segment_index_bytes = 65536;
    options.topic_configs["rolled"].index_interval_bytes = 1024;
    auto manager = std::make_unique<LogManager>(storage.env(), LogRules(), std::move(options));
    const Result<void> opened = storage.run(manager->open());
    EXPECT_TRUE(opened) << opened.error().to_string();
    return manager;
  }
};

TEST_F(GoldenDirectory, a_clean_one_is_read_as_it_is) {
  Storage storage;
  const auto manager = start("clean-shutdown", storage);
  EXPECT_TRUE(manager->was_clean());
  EXPECT_EQ(manager->previous_broker_epoch(), 561);
  EXPECT_EQ(manager->logs().size(), 40u);
  const auto ends =
      parse_offset_checkpoint(read_golden("clean-shutdown/recovery-point-offset-checkpoint"));
  for (const auto& [partition, end] : *ends) {
    Log* log = manager->find(partition);
    ASSERT_NE(log, nullptr) << partition.to_string();
    EXPECT_EQ(log->log_end_offset(), end) << partition.to_string();
    EXPECT_EQ(log->high_watermark(), end);
    for (const StoredBatch& batch : read_all(storage, *log)) EXPECT_TRUE(batch.crc_is_valid);
  }
  EXPECT_EQ(manager->find({"truncated-front", 0})->log_start_offset(), 137);
  EXPECT_EQ(manager->find({"rolled", 0})->segment_count(), 12u);
}

TEST_F(GoldenDirectory, a_killed_one_recovers_to_the_same_records) {
  Storage killed_storage;
  Storage clean_storage;
  const auto killed = start("killed", killed_storage);
  const auto clean = start("clean-shutdown", clean_storage);
  EXPECT_FALSE(killed->was_clean());
  for (Log* log : killed->logs()) {
    const std::string name = log->partition().to_string();
    Log* other = clean->find(log->partition());
    ASSERT_NE(other, nullptr) << name;
    const auto batches = read_all(killed_storage, *log);
    auto expected = read_all(clean_storage, *other);
    if (log->partition().topic == "__cluster_metadata") {
      ASSERT_LE(batches.size(), expected.size());
      expected.resize(batches.size());
    } else {
      EXPECT_EQ(log->log_end_offset(), other->log_end_offset()) << name;
    }
    if (log->log_start_offset() == other->log_start_offset()) EXPECT_EQ(batches, expected) << name;
  }
}

// Recovery's indexes and snapshots must be what Kafka's recovery and clean stop wrote.
TEST_F(GoldenDirectory, recovered_and_closed_has_the_files_that_kafka_wrote) {
  Storage storage;
  const auto manager = start("killed", storage);
  ASSERT_TRUE(storage.run(manager->close(561)));
  int compared = 0;
  for (const std::string& path : storage.disk.paths()) {
    const auto name = parse_file_name(path.substr(path.rfind('/') + 1));
    const std::string relative = path.substr(std::string("data/").size());
    if (!name || relative.starts_with("__cluster_metadata") || relative.starts_with("compacted"))
      continue;
    const bool is_index = name->kind == FileKind::kOffsetIndex ||
                          name->kind == FileKind::kTimeIndex ||
                          name->kind == FileKind::kTransactionIndex;
    if (!is_index) continue;
    const auto bytes = storage.disk.contents(path);
    const std::string ours(bytes.begin(), bytes.end());
    EXPECT_EQ(
        dump_file(relative, Slice::copy_of(ours)).value(),
        dump_file(relative, Slice::copy_of(read_golden("clean-shutdown/" + relative))).value());
    ++compared;
  }
  EXPECT_GT(compared, 60);
}

TEST_F(GoldenDirectory, recovery_rebuilds_the_producers_that_kafka_snapshotted) {
  Storage storage;
  const auto manager = start("killed", storage);
  int compared = 0;
  for (Log* log : manager->logs()) {
    const std::string snapshot = "clean-shutdown/" + log->partition().to_string() + "/" +
                                 file_name(log->log_end_offset(), FileKind::kProducerSnapshot);
    if (!std::filesystem::exists(golden_path(snapshot))) continue;
    const std::string bytes = read_golden(snapshot);
    auto expected = decode_producer_snapshot(as_bytes(bytes));
    const Slice ours = encode_producer_snapshot(log->producers());
    auto actual = decode_producer_snapshot(ours.view());
    ASSERT_TRUE(expected && actual);
    const auto by_id = [](const SnapshotEntry& a, const SnapshotEntry& b) {
      return a.producer_id < b.producer_id;
    };
    std::sort(expected->begin(), expected->end(), by_id);
    EXPECT_EQ(*actual, *expected) << log->partition().to_string();
    ++compared;
  }
  EXPECT_GT(compared, 25);
}

TEST_F(GoldenDirectory, a_cut_tail_recovers_to_a_prefix) {
  Storage whole_storage;
  const auto whole = start("killed", whole_storage);
  const auto expected = read_all(whole_storage, *whole->find({"six-partitions", 2}));
  const std::string file = "killed/six-partitions-2/00000000000000000000.log";
  const std::string bytes = read_golden(file);
  Draws draws(1, 2, 3);
  for (int i = 0; i < 50; ++i) {
    Storage storage;
    storage.make_directory("data/six-partitions-2");
    const size_t cut = draws.below(bytes.size());
    storage.disk.put("data/six-partitions-2/00000000000000000000.log",
                     std::string_view(bytes).substr(0, cut));
    LogOptions options;
    options.partition = {"six-partitions", 2};
    options.directory = "data/six-partitions-2";
    const auto log = storage.run(Log::open(storage.env(), LogRules(), options));
    ASSERT_TRUE(log);
    const auto batches = read_all(storage, **log);
    ASSERT_LE(batches.size(), expected.size());
    EXPECT_TRUE(std::equal(batches.begin(), batches.end(), expected.begin()));
    const Offset end = batches.empty() ? 0 : batches.back().last_offset + 1;
    EXPECT_EQ((*log)->log_end_offset(), end);
  }
}

TEST_F(GoldenDirectory, closed_by_us_it_opens_again_as_it_was) {
  Storage storage;
  std::vector<std::pair<TopicPartition, std::vector<StoredBatch>>> before;
  {
    const auto manager = start("killed", storage);
    for (Log* log : manager->logs()) before.emplace_back(log->partition(), read_all(storage, *log));
    ASSERT_TRUE(storage.run(manager->close(1)));
  }
  storage.disk.lose_power(1);
  LogManagerOptions options;
  options.directory = "data";
  options.node_id = 1;
  LogManager manager(storage.env(), LogRules(), options);
  ASSERT_TRUE(storage.run(manager.open()));
  EXPECT_TRUE(manager.was_clean());
  for (const auto& [partition, batches] : before)
    EXPECT_EQ(read_all(storage, *manager.find(partition)), batches) << partition.to_string();
}

}  // namespace
}  // namespace faultline::log
