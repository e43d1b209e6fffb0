// SPDX-License-Identifier: Apache-2.0
// Goal: the simulated disk answers every operation as a real file system does. Method: one typed
// suite of scripts runs on PosixDisk in a temporary directory, without and with threads, and on
// SimDisk in a kernel of its own; then long seeded random sequences run on both at once and every
// answer is compared.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "broker/base/prng.h"
#include "broker/env/local_executor.h"
#include "broker/runtime/posix_disk.h"
#include "broker/runtime/worker_pool.h"
#include "sim/disk/sim_disk.h"
#include "tests/conformance/disk_script.h"

namespace faultline::conformance {
namespace {

using Kind = PathOp::Kind;

class PosixBench final : public DiskBench {
 public:
  PosixBench() {
    std::string pattern = ::testing::TempDir() + "disk_conformance_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    disk_ = std::move(*PosixDisk::open_root(root_));
  }
  ~PosixBench() override {
    close_all();
    std::filesystem::remove_all(root_);
  }
  Disk& disk() override { return *disk_; }
  void run(Task<void> task) override {
    Scope scope(executor_);
    scope.spawn(std::move(task));
    executor_.run_until_idle();
    ASSERT_TRUE(scope.is_idle());
  }

 private:
  std::filesystem::path root_;
  LocalExecutor executor_;
  std::unique_ptr<PosixDisk> disk_;
};

// The broker's own: on the real loop, with threads for what blocks.
class PooledBench final : public DiskBench {
 public:
  PooledBench() {
    std::string pattern = ::testing::TempDir() + "disk_conformance_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    loop_ = std::move(*EventLoop::create());
    pool_ = std::move(*WorkerPool::create(*loop_, 2));
    disk_ = std::move(*PosixDisk::open_root(root_, pool_.get()));
  }
  ~PooledBench() override {
    close_all();
    std::filesystem::remove_all(root_);
  }
  Disk& disk() override { return *disk_; }
  void run(Task<void> task) override { ASSERT_TRUE(loop_->run(finish(std::move(task)))); }

 private:
  static Task<bool> finish(Task<void> task) {
    co_await std::move(task);
    co_return true;
  }

  std::filesystem::path root_;
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<PosixDisk> disk_;
};

class SimBench final : public DiskBench {
 public:
  ~SimBench() override { close_all(); }
  Disk& disk() override { return disk_; }
  void run(Task<void> task) override {
    Scope scope(processor_);
    scope.spawn(std::move(task));
    kernel_.run_until(kernel_.now() + seconds(100));
    ASSERT_TRUE(scope.is_idle());
  }

 private:
  sim::NullSink sink_;
  sim::Kernel kernel_{1, std::make_unique<sim::FifoChooser>(), sink_};
  sim::Processor processor_{kernel_, 1, sim::CostTable{}};
  sim::SimDisk disk_{processor_, sim::DiskConfig{}, sim::DiskSpeed{}};
};

template <class Bench>
class DiskConformance : public ::testing::Test {
 protected:
  Bench disk_;
};
using Benches = ::testing::Types<PosixBench, PooledBench, SimBench>;
TYPED_TEST_SUITE(DiskConformance, Benches);

Slices text(std::string_view value) { return {Slice::copy_of(value)}; }

TYPED_TEST(DiskConformance, AppendsAndReadsBack) {
  auto& disk = this->disk_;
  EXPECT_EQ(disk.open(0, "a", OpenMode::kCreate), "ok");
  EXPECT_EQ(disk.append(0, {Slice::of_static("one"), Slice(), Slice::of_static("two")}), "ok");
  EXPECT_EQ(disk.append(0, text("three")), "ok");
  EXPECT_EQ(disk.append(0, {}), "ok");
  EXPECT_EQ(disk.size(0), "11");
  EXPECT_EQ(disk.read(0, 0, 100), "\"onetwothree\"");
  EXPECT_EQ(disk.read(0, 2, 3), "\"etw\"");
  EXPECT_EQ(disk.sync(0), "ok");
  EXPECT_EQ(disk.read(0, 5, 4), "\"othr\"");
}

TYPED_TEST(DiskConformance, ReadsPastTheEndAreShortOrEmpty) {
  auto& disk = this->disk_;
  disk.open(0, "a", OpenMode::kCreate);
  disk.append(0, text("abc"));
  EXPECT_EQ(disk.read(0, 2, SIZE_MAX), "\"c\"");
  EXPECT_EQ(disk.read(0, 3, 1), "\"\"");
  EXPECT_EQ(disk.read(0, UINT64_MAX, 1), "\"\"");
  EXPECT_EQ(disk.read(0, 1, 0), "\"\"");
}

TYPED_TEST(DiskConformance, SparseWritesReadAsZeros) {
  auto& disk = this->disk_;
  disk.open(0, "a", OpenMode::kCreate);
  EXPECT_EQ(disk.write(0, 3, text("x")), "ok");
  EXPECT_EQ(disk.write(0, 6, text("yz")), "ok");
  EXPECT_EQ(disk.write(0, 7, text("Z!")), "ok");
  EXPECT_EQ(disk.read(0, 0, 9), std::string("\"\0\0\0x\0\0yZ!\"", 11));
  EXPECT_EQ(disk.write(0, 100, {}), "ok");
  EXPECT_EQ(disk.size(0), "9");  // nothing was written there
}

TYPED_TEST(DiskConformance, TruncatesBothWays) {
  auto& disk = this->disk_;
  disk.open(0, "a", OpenMode::kCreate);
  disk.append(0, text("abcdef"));
  EXPECT_EQ(disk.truncate(0, 2), "ok");
  EXPECT_EQ(disk.truncate(0, 4), "ok");
  EXPECT_EQ(disk.read(0, 0, 9), std::string("\"ab\0\0\"", 6));
  EXPECT_EQ(disk.truncate(0, UINT64_MAX), "invalid argument");
  EXPECT_EQ(disk.write(0, UINT64_MAX, text("x")), "invalid argument");
}

TYPED_TEST(DiskConformance, OpenModes) {
  auto& disk = this->disk_;
  EXPECT_EQ(disk.open(0, "a", OpenMode::kRead), "not found");
  EXPECT_EQ(disk.open(0, "a", OpenMode::kReadWrite), "not found");
  EXPECT_EQ(disk.open(0, "a", OpenMode::kCreateNew), "ok");
  EXPECT_EQ(disk.open(0, "a", OpenMode::kCreateNew), "exists already");
  EXPECT_EQ(disk.open(0, "a", OpenMode::kRead), "ok");
  EXPECT_EQ(disk.append(0, text("x")), "invalid argument");
  EXPECT_EQ(disk.truncate(0, 0), "invalid argument");
  EXPECT_EQ(disk.sync(0), "ok");
  EXPECT_EQ(disk.open(0, "a/b", OpenMode::kCreate), "not a usable directory");
  EXPECT_EQ(disk.open(0, "d/b", OpenMode::kCreate), "not found");
  EXPECT_EQ(disk.open(0, "../b", OpenMode::kCreate), "invalid argument");
  EXPECT_EQ(disk.name(Kind::kMakeDirectory, "d"), "ok");
  for (const OpenMode mode : {OpenMode::kRead, OpenMode::kReadWrite, OpenMode::kCreate})
    EXPECT_EQ(disk.open(0, "d", mode), "invalid argument");
  EXPECT_EQ(disk.open(0, "d", OpenMode::kCreateNew), "exists already");
}

TYPED_TEST(DiskConformance, RenameReplacesAtomicallyAndHandlesFollow) {
  auto& disk = this->disk_;
  disk.open(0, "new", OpenMode::kCreate);
  disk.open(1, "old", OpenMode::kCreate);
  disk.append(0, text("new"));
  disk.append(1, text("old"));
  EXPECT_EQ(disk.name(Kind::kRename, "new", "old"), "ok");
  EXPECT_EQ(disk.list(""), "old ");
  EXPECT_EQ(disk.read(1, 0, 9), "\"old\"");  // still there for whoever holds it
  EXPECT_EQ(disk.append(0, text("er")), "ok");
  disk.open(2, "old", OpenMode::kRead);
  EXPECT_EQ(disk.read(2, 0, 9), "\"newer\"");
  EXPECT_EQ(disk.name(Kind::kRename, "old", "old"), "ok");
  EXPECT_EQ(disk.name(Kind::kRename, "new", "old"), "not found");
  EXPECT_EQ(disk.name(Kind::kSyncDirectory, ""), "ok");
}

TYPED_TEST(DiskConformance, DirectoriesMoveButNotIntoThemselves) {
  auto& disk = this->disk_;
  EXPECT_EQ(disk.name(Kind::kMakeDirectory, "a/b/c"), "ok");
  EXPECT_EQ(disk.name(Kind::kMakeDirectory, "a/b/c"), "ok");
  EXPECT_EQ(disk.name(Kind::kMakeDirectory, "empty"), "ok");
  disk.open(0, "f", OpenMode::kCreate);
  EXPECT_EQ(disk.name(Kind::kMakeDirectory, "f/x"), "not a usable directory");
  EXPECT_EQ(disk.name(Kind::kRename, "a", "a/b/x"), "invalid argument");
  EXPECT_EQ(disk.name(Kind::kRename, "a/b", "a"), "not a usable directory");
  EXPECT_EQ(disk.name(Kind::kRename, "f", "empty"), "invalid argument");
  EXPECT_EQ(disk.name(Kind::kRename, "empty", "f"), "not a usable directory");
  EXPECT_EQ(disk.name(Kind::kRename, "empty", "a"), "not a usable directory");
  EXPECT_EQ(disk.name(Kind::kRename, "a/b", "empty"), "ok");
  EXPECT_EQ(disk.list("empty"), "c/ ");
  EXPECT_EQ(disk.list(""), "a/ empty/ f ");
  EXPECT_EQ(disk.list("f"), "not a usable directory");
  EXPECT_EQ(disk.list("no"), "not found");
  EXPECT_EQ(disk.name(Kind::kRemove, "empty"), "not a usable directory");
  EXPECT_EQ(disk.name(Kind::kRemove, "empty/c"), "ok");
  EXPECT_EQ(disk.name(Kind::kRemove, "empty"), "ok");
  EXPECT_EQ(disk.name(Kind::kRemove, "empty"), "not found");
  EXPECT_EQ(disk.name(Kind::kRemove, ""), "invalid argument");
  EXPECT_EQ(disk.name(Kind::kRename, "a", ""), "invalid argument");
  EXPECT_EQ(disk.name(Kind::kSyncDirectory, "no"), "not found");
  EXPECT_EQ(disk.name(Kind::kSyncDirectory, "f"), "not a usable directory");
}

TYPED_TEST(DiskConformance, ARemovedFileLivesAsLongAsItsHandles) {
  auto& disk = this->disk_;
  disk.open(0, "a", OpenMode::kCreate);
  disk.append(0, text("abc"));
  EXPECT_EQ(disk.name(Kind::kRemove, "a"), "ok");
  EXPECT_EQ(disk.append(0, text("def")), "ok");
  EXPECT_EQ(disk.read(0, 0, 9), "\"abcdef\"");
  EXPECT_EQ(disk.open(1, "a", OpenMode::kCreateNew), "ok");
  EXPECT_EQ(disk.read(1, 0, 9), "\"\"");
}

TYPED_TEST(DiskConformance, LocksExclude) {
  auto& disk = this->disk_;
  EXPECT_EQ(disk.name(Kind::kLock, ".lock"), "ok");
  EXPECT_EQ(disk.name(Kind::kLock, ".lock"), "locked by another");
  EXPECT_EQ(disk.name(Kind::kLock, "no/.lock"), "not found");
  EXPECT_EQ(disk.list(""), ".lock ");
}

// The next operation of a random script, on both disks; few names and sizes, so that they meet.
class RandomScript {
 public:
  explicit RandomScript(uint64_t seed) : draws_(seed, stream_id("conformance"), 0) {}

  struct Answers {
    std::string operation;
    std::string real;
    std::string simulated;
  };
  Answers step(DiskBench& real, DiskBench& simulated) {
    const uint64_t kind = draws_.below(100);
    const size_t slot = draws_.below(DiskBench::kSlots);
    const bool needs_file = kind >= 30;
    if (needs_file && !real.is_open(slot)) return step_open(real, simulated, slot);
    if (kind < 14) return step_open(real, simulated, slot);
    if (kind < 16) {
      real.close(slot);
      simulated.close(slot);
      return {"close", "", ""};
    }
    if (kind < 30) return step_name(real, simulated);
    return step_file(real, simulated, slot, kind);
  }

 private:
  static constexpr uint64_t kSizeMax = 20'000;

  std::string path() {
    static constexpr std::string_view kNames[] = {"a", "b", "c", "d"};
    std::string result(kNames[draws_.below(4)]);
    while (draws_.chance({2, 5})) {
      result += '/';
      result += kNames[draws_.below(4)];
    }
    return result;
  }
  Slices bytes() {
    Slices slices(1 + draws_.below(3));
    for (Slice& slice : slices) {
      const uint64_t size = draws_.chance({1, 5}) ? draws_.below(6000) : draws_.below(40);
      slice = Slice::copy_of(std::string(size, static_cast<char>('a' + draws_.below(26))));
    }
    return slices;
  }
  Answers step_open(DiskBench& real, DiskBench& simulated, size_t slot) {
    const auto mode = static_cast<OpenMode>(draws_.below(4));
    const std::string name = path();
    return {"open " + name, real.open(slot, name, mode), simulated.open(slot, name, mode)};
  }
  Answers step_name(DiskBench& real, DiskBench& simulated) {
    static constexpr Kind kKinds[] = {Kind::kRemove, Kind::kRename, Kind::kMakeDirectory,
                                      Kind::kSyncDirectory};
    const uint64_t index = draws_.below(5);
    const std::string name = path();
    if (index == 4) return {"list " + name, real.list(name), simulated.list(name)};
    const std::string target = path();
    return {"name " + std::to_string(index) + " " + name + " " + target,
            real.name(kKinds[index], name, target), simulated.name(kKinds[index], name, target)};
  }
  Answers step_file(DiskBench& real, DiskBench& simulated, size_t slot, uint64_t kind) {
    const uint64_t offset = draws_.below(kSizeMax);
    if (kind < 50) {
      const Slices data = bytes();
      return {"append", real.append(slot, data), simulated.append(slot, data)};
    }
    if (kind < 65) {
      const Slices data = bytes();
      return {"write", real.write(slot, offset, data), simulated.write(slot, offset, data)};
    }
    if (kind < 72)
      return {"truncate", real.truncate(slot, offset), simulated.truncate(slot, offset)};
    if (kind < 76) return {"sync", real.sync(slot), simulated.sync(slot)};
    if (kind < 80) return {"size", real.size(slot), simulated.size(slot)};
    const uint64_t length = draws_.below(9000);
    return {"read", real.read(slot, offset, length), simulated.read(slot, offset, length)};
  }

  Draws draws_;
};

TEST(DiskConformanceRandom, EveryAnswerOfARandomScriptIsTheSame) {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    PooledBench real;
    SimBench simulated;
    RandomScript script(seed);
    for (int step = 0; step < 400; ++step) {
      const RandomScript::Answers answers = script.step(real, simulated);
      ASSERT_EQ(answers.real, answers.simulated)
          << "seed " << seed << " step " << step << ": " << answers.operation;
    }
  }
}

}  // namespace
}  // namespace faultline::conformance
