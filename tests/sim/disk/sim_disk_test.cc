// SPDX-License-Identifier: Apache-2.0
// Goal: operations of the simulated disk take time, queue for the device, stall, and end as the
// death of their process or of the machine demands. Method: coroutines on a kernel with free
// processors; a kill is the destruction of their scope.
#include "sim/disk/sim_disk.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/env/scope.h"

namespace faultline::sim {
namespace {

// Cached operations take 1 us, the device 1 ms (read) or 5 ms (sync) plus 1 ms of its own time.
DiskSpeed plain_speed() {
  DiskSpeed speed;
  speed.cached = speed.write = QuantileTable::constant(microseconds(1));
  speed.read = QuantileTable::constant(milliseconds(1));
  speed.sync = QuantileTable::constant(milliseconds(5));
  speed.device_operations_per_second = 1000;
  speed.device_bytes_per_second = 1'000'000'000;
  speed.memory_bytes_per_second = 1'000'000'000'000'000;
  return speed;
}

Task<void> write_file(SimDisk* disk, std::string path, std::string text) {
  const Result<std::unique_ptr<File>> file = co_await disk->open(path, OpenMode::kCreate);
  if (!file) co_return;
  Slices bytes;
  bytes.push_back(Slice::copy_of(text));
  const Result<void> written = co_await (*file)->append(std::move(bytes));
  EXPECT_TRUE(written.has_value());
}

struct Outcome {
  bool is_done = false;
  std::string said;
  Instant at{};
};

Task<void> read_file(SimDisk* disk, Kernel* kernel, std::string path, Outcome* out) {
  const Result<std::unique_ptr<File>> file = co_await disk->open(path, OpenMode::kRead);
  if (!file) {
    out->said = to_string(file.error().code);
  } else {
    const Result<Slice> bytes = co_await (*file)->read_at(0, SIZE_MAX);
    out->said = bytes ? std::string(bytes->text()) : std::string(to_string(bytes.error().code));
  }
  out->is_done = true;
  out->at = kernel->now();
}

Task<void> sync_file(SimDisk* disk, Kernel* kernel, std::string path, Outcome* out) {
  const Result<std::unique_ptr<File>> file = co_await disk->open(path, OpenMode::kReadWrite);
  const Result<void> synced = co_await (*file)->sync();
  out->said = synced ? "ok" : std::string(to_string(synced.error().code));
  out->is_done = true;
  out->at = kernel->now();
}

class SimDiskTest : public ::testing::Test {
 protected:
  void spawn(Task<void> task) { scope_->spawn(std::move(task)); }
  void run_for(Duration time) { kernel_.run_until(kernel_.now() + time); }
  void run(Task<void> task) {
    spawn(std::move(task));
    run_for(seconds(1));
  }
  void kill() {
    scope_ = std::make_unique<Scope>(processor_);
    disk_.process_killed();
  }
  std::string read(const std::string& path) {
    Outcome outcome;
    run(read_file(&disk_, &kernel_, path, &outcome));
    return outcome.said;
  }
  Instant in(Duration time) { return kernel_.now() + time; }

  NullSink sink_;
  Kernel kernel_{1, std::make_unique<FifoChooser>(), sink_};
  Processor processor_{kernel_, 1, CostTable::free()};
  SimDisk disk_{processor_, {}, plain_speed()};
  std::unique_ptr<Scope> scope_ = std::make_unique<Scope>(processor_);
};

TEST_F(SimDiskTest, CachedReadsAreQuickAndColdOnesUseTheDevice) {
  run(write_file(&disk_, "a", "abc"));
  disk_.core().settle_everything();
  for (const Duration expected : {microseconds(2001), microseconds(2)}) {
    Outcome outcome;
    const Instant begin = kernel_.now();
    spawn(read_file(&disk_, &kernel_, "a", &outcome));
    run_for(seconds(1));
    EXPECT_EQ(outcome.said, "abc");
    EXPECT_EQ((outcome.at - begin).ns / 1000, expected.ns / 1000);
  }
}

TEST_F(SimDiskTest, SyncsQueueForTheOneDevice) {
  run(write_file(&disk_, "a", "abc"));
  run(write_file(&disk_, "b", "abc"));
  Outcome first;
  Outcome second;
  const Instant begin = kernel_.now();
  spawn(sync_file(&disk_, &kernel_, "a", &first));
  spawn(sync_file(&disk_, &kernel_, "b", &second));
  run_for(seconds(1));
  EXPECT_EQ((first.at - begin).to_ms(), 6);
  EXPECT_EQ((second.at - begin).to_ms(), 7);
}

TEST_F(SimDiskTest, AStallHoldsEverythingUntilItEnds) {
  run(write_file(&disk_, "a", "abc"));
  disk_.inject({.id = 1, .kind = DiskFaultKind::kStall, .until = in(milliseconds(300))});
  disk_.inject({.id = 2, .kind = DiskFaultKind::kStall, .paths = "b"});
  Outcome outcome;
  const Instant begin = kernel_.now();
  run(read_file(&disk_, &kernel_, "a", &outcome));
  EXPECT_EQ(outcome.said, "abc");
  EXPECT_EQ((outcome.at - begin).to_ms(), 300);
  EXPECT_EQ(disk_.effects(1).observed, 1u);
}

TEST_F(SimDiskTest, AnEndlessStallEndsWithItsFault) {
  run(write_file(&disk_, "a", "abc"));
  disk_.inject({.id = 1, .kind = DiskFaultKind::kStall});
  Outcome outcome;
  run(read_file(&disk_, &kernel_, "a", &outcome));
  EXPECT_FALSE(outcome.is_done);
  EXPECT_EQ(disk_.operations_in_flight(), 1u);
  disk_.end_fault(1);
  run_for(milliseconds(1));
  EXPECT_EQ(outcome.said, "abc");
}

TEST_F(SimDiskTest, ASlowDiskTakesThatManyTimesAsLong) {
  run(write_file(&disk_, "a", "abc"));
  disk_.inject({.id = 1, .kind = DiskFaultKind::kSlow, .paths = "a", .amount = 10});
  Outcome outcome;
  const Instant begin = kernel_.now();
  run(sync_file(&disk_, &kernel_, "a", &outcome));
  EXPECT_EQ((outcome.at - begin).to_ms(), 60);
  EXPECT_EQ(disk_.effects(1).hits, 1u);
}

TEST_F(SimDiskTest, AKilledProcessLeavesItsPageCacheAndAnyPartOfItsWrite) {
  std::vector<int> counts(3);
  for (int round = 0; round < 60; ++round) {
    const std::string path = "f" + std::to_string(round);
    run(write_file(&disk_, path, "done"));
    spawn(write_file(&disk_, path, std::string(10'000, 'x')));
    run_for(nanoseconds(1500));  // the second operation is under way
    EXPECT_EQ(disk_.operations_in_flight(), 1u);
    kill();
    EXPECT_EQ(disk_.operations_in_flight(), 0u);
    const std::string left = read(path);
    ASSERT_EQ(left.substr(0, 4), "done");
    ASSERT_EQ(left.substr(4), std::string(left.size() - 4, 'x'));
    ++counts[left.size() == 4 ? 0 : left.size() == 10'004 ? 2 : 1];
  }
  for (const int count : counts) EXPECT_GT(count, 3);
}

TEST_F(SimDiskTest, APowerLossTakesWhatWasNotSynced) {
  PowerLossRules rules;
  rules.keep = {0, 1};
  rules.keep_everything = {0, 1};
  rules.reorder = {0, 1};
  run(write_file(&disk_, "a", "synced"));
  Outcome outcome;
  run(sync_file(&disk_, &kernel_, "a", &outcome));
  ASSERT_TRUE(
      disk_.core().change_names(PathOp::Kind::kSyncDirectory, "", "", kernel_.now()).has_value());
  run(write_file(&disk_, "a", " and not"));
  spawn(write_file(&disk_, "a", " nor this"));
  run_for(nanoseconds(1500));
  scope_ = std::make_unique<Scope>(processor_);
  disk_.power_lost(1, rules);
  EXPECT_EQ(read("a"), "synced");
}

TEST_F(SimDiskTest, ACancelledWriteHappensAllTheSame) {
  run(write_file(&disk_, "a", "abc"));
  spawn(write_file(&disk_, "a", "def"));
  run_for(nanoseconds(1500));
  scope_ = std::make_unique<Scope>(processor_);  // no kill: only the one who waits is gone
  run_for(milliseconds(1));
  EXPECT_EQ(read("a"), "abcdef");
}

TEST_F(SimDiskTest, ASyncCoversTheWritesBeforeItOnly) {
  PowerLossRules rules;
  rules.keep = {0, 1};
  rules.keep_everything = {0, 1};
  run(write_file(&disk_, "a", "abc"));
  ASSERT_TRUE(
      disk_.core().change_names(PathOp::Kind::kSyncDirectory, "", "", kernel_.now()).has_value());
  Outcome outcome;
  spawn(sync_file(&disk_, &kernel_, "a", &outcome));
  run_for(milliseconds(1));
  run(write_file(&disk_, "a", "def"));
  EXPECT_EQ(outcome.said, "ok");
  kill();
  disk_.power_lost(1, rules);
  EXPECT_EQ(read("a").substr(0, 3), "abc");
  EXPECT_NE(read("a"), "abcdef");
}

TEST_F(SimDiskTest, LatenciesHangOnTheFileAndItsOperationsAlone) {
  const auto time_of_sync = [](bool has_others) {
    NullSink sink;
    Kernel kernel(7, std::make_unique<FifoChooser>(), sink);
    Processor processor(kernel, 1, CostTable::free());
    SimDisk disk(processor, {}, DiskSpeed{});
    Scope scope(processor);
    Outcome outcome;
    if (has_others) {
      scope.spawn(write_file(&disk, "b", "abc"));
      scope.spawn(write_file(&disk, "c", "abc"));
      kernel.run_until(Instant{seconds(1).ns});
    }
    scope.spawn(write_file(&disk, "a", "abc"));
    kernel.run_until(Instant{seconds(2).ns});
    scope.spawn(sync_file(&disk, &kernel, "a", &outcome));
    kernel.run_until(Instant{seconds(3).ns});
    return outcome.at;
  };
  EXPECT_EQ(time_of_sync(false), time_of_sync(true));
}

Task<void> make_partition(SimDisk* disk, std::string path, int* opened) {
  const Result<void> made = co_await disk->make_directory(path);
  EXPECT_TRUE(made.has_value());
  for (const char* name : {"/0.log", "/0.index", "/0.timeindex", "/epochs", "/metadata"}) {
    std::string file_path = path + name;
    const Result<std::unique_ptr<File>> file =
        co_await disk->open(std::move(file_path), OpenMode::kCreate);
    EXPECT_TRUE(file.has_value());
    *opened += file.has_value();
  }
  const Result<void> synced = co_await disk->sync_directory(path);
  EXPECT_TRUE(synced.has_value());
}

TEST_F(SimDiskTest, ThreeThousandPartitionsOpen) {
  int opened = 0;
  for (int i = 0; i < 3000; ++i)
    spawn(make_partition(&disk_, "topic-" + std::to_string(i), &opened));
  run_for(seconds(100));
  EXPECT_EQ(opened, 15'000);
  EXPECT_TRUE(scope_->is_idle());
}

}  // namespace
}  // namespace faultline::sim
