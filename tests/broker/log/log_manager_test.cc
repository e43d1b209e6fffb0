// SPDX-License-Identifier: Apache-2.0
// Goal: a log directory starts, stops and starts again as Kafka's does, and costs little when it is
// empty. Method: stories on a disk in memory with counted operations.
#include "broker/log/log_manager.h"

#include <gtest/gtest.h>

#include "tests/broker/log/storage_fixture.h"

namespace faultline::log {
namespace {

class LogManagerTest : public ::testing::Test {
 protected:
  std::unique_ptr<LogManager> start() {
    LogManagerOptions options;
    options.directory = "data";
    options.cluster_id = "c";
    options.node_id = 1;
    auto manager = std::make_unique<LogManager>(storage.env(), rules, std::move(options));
    const Result<void> opened = storage.run(manager->open());
    EXPECT_TRUE(opened) << opened.error().to_string();
    return manager;
  }
  Log& create(LogManager& manager, const std::string& topic, int32_t partition = 0) {
    TopicPartition name{topic, partition};
    const Uuid id = Uuid::from_words(7, std::hash<std::string>()(topic));
    return **storage.run(manager.create(name, id, LogConfig{}));
  }
  void append(Log& log, int count = 1) {
    for (int i = 0; i < count; ++i) {
      const auto result = storage.run(log.append(client_append(make_batch({}))));
      ASSERT_TRUE(result) << result.error().to_string();
    }
  }

  Storage storage;
  LogRules rules;
};

TEST_F(LogManagerTest, a_clean_stop_keeps_everything_and_marks_it) {
  {
    auto manager = start();
    append(create(*manager, "a"), 3);
    append(create(*manager, "b-c", 4), 2);
    ASSERT_TRUE(storage.run(manager->close(77)));
  }
  EXPECT_TRUE(storage.disk.exists("data/.kafka_cleanshutdown"));
  storage.disk.lose_power(1);
  auto manager = start();
  EXPECT_TRUE(manager->was_clean());
  EXPECT_EQ(manager->previous_broker_epoch(), 77);
  EXPECT_FALSE(storage.disk.exists("data/.kafka_cleanshutdown")) << "deleted as soon as read";
  EXPECT_EQ(manager->find({"a", 0})->log_end_offset(), 3);
  EXPECT_EQ(manager->find({"b-c", 4})->log_end_offset(), 2);
  EXPECT_EQ(manager->find({"b-c", 0}), nullptr);
}

TEST_F(LogManagerTest, checkpoints_are_in_kafkas_form) {
  auto manager = start();
  Log& log = create(*manager, "a");
  append(log, 3);
  ASSERT_TRUE(storage.run(log.flush()));
  ASSERT_TRUE(storage.run(log.delete_records_before(2)));
  ASSERT_TRUE(storage.run(manager->checkpoint_recovery_points()));
  ASSERT_TRUE(storage.run(manager->checkpoint_high_watermarks()));
  ASSERT_TRUE(storage.run(manager->checkpoint_log_starts()));
  const auto text = [&](const char* path) {
    const auto bytes = storage.disk.contents(path);
    return std::string(bytes.begin(), bytes.end());
  };
  EXPECT_EQ(text("data/recovery-point-offset-checkpoint"), "0\n1\na 0 3\n");
  EXPECT_EQ(text("data/replication-offset-checkpoint"), "0\n1\na 0 3\n");
  EXPECT_EQ(text("data/log-start-offset-checkpoint"), "0\n1\na 0 2\n");
  manager.reset();
  storage.disk.lose_power(2);
  manager = start();
  EXPECT_EQ(manager->find({"a", 0})->log_start_offset(), 2);
}

TEST_F(LogManagerTest, a_log_that_starts_at_zero_is_not_in_the_checkpoint_of_log_starts) {
  auto manager = start();
  for (const char* topic : {"a", "b"}) append(create(*manager, topic), 3);
  ASSERT_TRUE(storage.run(manager->find({"b", 0})->delete_records_before(1)));
  ASSERT_TRUE(storage.run(manager->checkpoint_log_starts()));
  const auto bytes = storage.disk.contents("data/log-start-offset-checkpoint");
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "0\n1\nb 0 1\n");
}

TEST_F(LogManagerTest, a_partition_that_two_make_at_once_is_made_once) {
  auto manager = start();
  std::optional<Result<Log*>> first;
  std::optional<Result<Log*>> second;
  storage.disk.hold_syncs();
  {
    Scope scope(storage.executor);
    const TopicPartition name{"a", 0};
    const Uuid id = Uuid::from_words(1, 1);
    scope.spawn(store_result(manager->create(name, id, LogConfig{}), &first));
    scope.spawn(store_result(manager->create(name, id, LogConfig{}), &second));
    storage.executor.run_until_idle();
    while (storage.disk.release_syncs() > 0) storage.executor.run_until_idle();
    EXPECT_TRUE(scope.is_idle());
  }
  ASSERT_TRUE(first && *first && second && *second);
  EXPECT_EQ(**first, **second);
}

TEST_F(LogManagerTest, a_removed_partition_is_gone_after_a_crash_at_any_point) {
  for (uint64_t at = 1; at < 40; ++at) {
    Storage fresh;
    LogManagerOptions options;
    options.directory = "data";
    auto manager = std::make_unique<LogManager>(fresh.env(), rules, options);
    ASSERT_TRUE(fresh.run(manager->open()));
    const TopicPartition name{"a", 0};
    Log* log = *fresh.run(manager->create(name, Uuid::from_words(1, 1), LogConfig{}));
    ASSERT_TRUE(fresh.run(log->append(client_append(make_batch({})))));
    ASSERT_TRUE(fresh.run(log->flush()));
    fresh.disk.die_at(fresh.disk.op_count() + at, at);
    const auto removed = fresh.run_or_die(manager->remove(name));
    const bool is_done = removed && *removed;
    EXPECT_EQ(manager->find(name), nullptr);
    manager.reset();
    fresh.disk.lose_power(at);
    manager = std::make_unique<LogManager>(fresh.env(), rules, options);
    const auto opened = fresh.run(manager->open());
    ASSERT_TRUE(opened) << opened.error().to_string();
    if (is_done) EXPECT_EQ(manager->find(name), nullptr);
    if (is_done) return;
  }
  FAIL() << "removal never finished";
}

TEST_F(LogManagerTest, without_the_marker_rule_a_crash_looks_like_a_clean_stop) {
  rules.storage.delete_clean_marker_on_start = false;
  {
    auto manager = start();
    append(create(*manager, "a"), 3);
    ASSERT_TRUE(storage.run(manager->close(1)));
  }
  storage.disk.restart();
  start().reset();
  EXPECT_TRUE(storage.disk.exists("data/.kafka_cleanshutdown")) << "B32";
}

TEST_F(LogManagerTest, a_stop_while_loading_leaves_no_marker) {
  for (const bool rule : {true, false}) {
    Storage fresh;
    LogRules with;
    with.storage.mark_clean_only_if_loaded = rule;
    LogManagerOptions options;
    options.directory = "data";
    LogManager manager(fresh.env(), with, options);
    // open() never came to its end: here, it was not even begun.
    fresh.make_directory("data");
    ASSERT_TRUE(fresh.run(manager.close(1)));
    EXPECT_EQ(fresh.disk.exists("data/.kafka_cleanshutdown"), !rule);
  }
}

TEST_F(LogManagerTest, two_owners_of_one_directory_are_refused) {
  auto manager = start();
  LogManagerOptions options;
  options.directory = "data";
  LogManager second(storage.env(), rules, options);
  EXPECT_EQ(storage.run(second.open()).error().code, ErrorCode::kLocked);
}

TEST_F(LogManagerTest, a_directory_of_another_broker_is_refused) {
  start().reset();
  storage.disk.restart();
  LogManagerOptions options;
  options.directory = "data";
  options.cluster_id = "c";
  options.node_id = 2;
  LogManager other(storage.env(), rules, options);
  EXPECT_EQ(storage.run(other.open()).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(LogManagerTest, flush_ms_and_retention_are_applied_by_the_periodic_calls) {
  auto manager = start();
  LogConfig config;
  config.flush_ms = 1000;
  config.retention_ms = 5000;
  const TopicPartition name{"a", 0};
  Log& log = **storage.run(manager->create(name, Uuid::from_words(1, 1), config));
  ASSERT_TRUE(storage.run(
      log.append(client_append(make_batch({.timestamp_ms = storage.clock.wall.to_ms()})))));
  ASSERT_TRUE(storage.run(manager->flush_due()));
  EXPECT_EQ(log.recovery_point(), 0);
  storage.clock.advance(milliseconds(1000));
  ASSERT_TRUE(storage.run(manager->flush_due()));
  EXPECT_EQ(log.recovery_point(), 1);
  EXPECT_EQ(*storage.run(manager->apply_retention()), 0);
  storage.clock.advance(milliseconds(5000));
  EXPECT_EQ(*storage.run(manager->apply_retention()), 1);
  EXPECT_EQ(log.log_start_offset(), 1);
}

TEST_F(LogManagerTest, the_periodic_calls_reach_every_log_also_past_one_that_is_fenced) {
  auto manager = start();
  LogConfig config;
  config.flush_ms = 1000;
  config.retention_ms = 5000;
  std::vector<Log*> logs;
  for (const char* topic : {"a", "b", "c"}) {
    const TopicPartition name{topic, 0};
    logs.push_back(*storage.run(manager->create(name, Uuid::from_words(1, 1), config)));
    ASSERT_TRUE(storage.run(logs.back()->append(
        client_append(make_batch({.timestamp_ms = storage.clock.wall.to_ms()})))));
  }
  storage.clock.advance(milliseconds(1000));
  storage.disk.fail_sync_in(1);
  ASSERT_TRUE(storage.run(manager->flush_due()));
  EXPECT_TRUE(logs[0]->is_fenced());
  EXPECT_EQ(logs[1]->recovery_point(), 1);
  EXPECT_EQ(logs[2]->recovery_point(), 1);
  ASSERT_TRUE(storage.run(manager->audit()));
  EXPECT_EQ(storage.probe.all<history::LogAudited>().size(), 2u);
  storage.clock.advance(milliseconds(5000));
  EXPECT_EQ(*storage.run(manager->apply_retention()), 2);
  EXPECT_TRUE(manager->is_offline());
}

// What was written before is skipped the next time; an attempt that was given up is not "written".
TEST_F(LogManagerTest, a_checkpoint_after_one_that_was_given_up_is_written_though_it_is_as_before) {
  for (uint64_t at = 1; at < 10; ++at) {
    Storage fresh;
    LogManagerOptions options;
    options.directory = "data";
    LogManager manager(fresh.env(), rules, options);
    ASSERT_TRUE(fresh.run(manager.open()));
    LogConfig config;
    config.is_sole_replica = false;
    const TopicPartition name{"a", 0};
    Log* log = *fresh.run(manager.create(name, Uuid::from_words(1, 1), config));
    ASSERT_TRUE(fresh.run(log->append(client_append(make_batch({.records = 9})))));
    log->set_high_watermark(3);
    ASSERT_TRUE(fresh.run(manager.checkpoint_high_watermarks()));
    log->set_high_watermark(5);
    fresh.disk.die_at(fresh.disk.op_count() + at, at);
    const auto done = fresh.run_or_die(manager.checkpoint_high_watermarks());
    if (done) return;
    fresh.disk.restart();
    log->set_high_watermark(3);
    ASSERT_TRUE(fresh.run(manager.checkpoint_high_watermarks()));
    const auto bytes = fresh.disk.contents("data/replication-offset-checkpoint");
    EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "0\n1\na 0 3\n") << "given up at " << at;
  }
  FAIL() << "the checkpoint was never done";
}

TEST_F(LogManagerTest, a_leap_of_the_wall_clock_does_not_expire_everything) {
  auto manager = start();
  LogConfig config;
  config.retention_ms = 5000;
  const TopicPartition name{"a", 0};
  Log& log = **storage.run(manager->create(name, Uuid::from_words(1, 1), config));
  ASSERT_TRUE(storage.run(
      log.append(client_append(make_batch({.timestamp_ms = storage.clock.wall.to_ms()})))));
  storage.clock.wall = storage.clock.wall + seconds(30LL * 24 * 3600);
  EXPECT_EQ(*storage.run(manager->apply_retention()), 0) << "B39";
}

TEST_F(LogManagerTest, three_thousand_empty_partitions_start_with_few_operations) {
  {
    auto manager = start();
    for (int32_t i = 0; i < 3000; ++i) create(*manager, "many", i);
    ASSERT_TRUE(storage.run(manager->close(1)));
  }
  storage.disk.restart();
  const uint64_t before = storage.disk.op_count();
  auto manager = start();
  EXPECT_EQ(manager->logs().size(), 3000u);
  EXPECT_LT(storage.disk.op_count() - before, 10u) << "writes and renames at a start";
}

}  // namespace
}  // namespace faultline::log
