// SPDX-License-Identifier: Apache-2.0
// Goal: PosixDisk keeps the contract of the port on real files and refuses what would leave its
// root. Method: coroutines on LocalExecutor over a fresh temporary directory; what they did is
// looked at with std::filesystem and plain streams, not through the port.
#include "broker/runtime/posix_disk.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/env/disk_path.h"
#include "broker/env/local_executor.h"

namespace faultline {
namespace {

Task<Result<std::unique_ptr<File>>> open_task(Disk* disk, std::string path, OpenMode mode) {
  co_return co_await disk->open(path, mode);
}
Task<Result<Slice>> read_task(File* file, uint64_t offset, size_t length) {
  co_return co_await file->read_at(offset, length);
}
Task<Result<void>> write_task(File* file, uint64_t offset, Slices bytes) {
  co_return co_await file->write_at(offset, std::move(bytes));
}
Task<Result<void>> append_task(File* file, Slices bytes) {
  co_return co_await file->append(std::move(bytes));
}
Task<Result<void>> truncate_task(File* file, uint64_t size) {
  co_return co_await file->truncate(size);
}
Task<Result<void>> sync_task(File* file) { co_return co_await file->sync(); }
Task<Result<void>> path_task(Disk* disk, PathOp::Kind kind, std::string path, std::string target) {
  PathOp op(*disk, kind, std::move(path), std::move(target));
  co_return co_await op;
}
Task<Result<std::vector<DirectoryEntry>>> list_task(Disk* disk, std::string path) {
  co_return co_await disk->list(path);
}

class PosixDiskTest : public ::testing::Test {
 protected:
  PosixDiskTest() {
    std::string pattern = ::testing::TempDir() + "posix_disk_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    disk_ = std::move(*PosixDisk::open_root(root_));
  }
  ~PosixDiskTest() override { std::filesystem::remove_all(root_); }

  template <class T>
  T run(Task<T> task) {
    return run_to_completion(executor_, std::move(task));
  }
  std::unique_ptr<File> open(const std::string& path, OpenMode mode = OpenMode::kCreate) {
    auto file = run(open_task(disk_.get(), path, mode));
    EXPECT_TRUE(file.has_value()) << file.error().to_string();
    return file ? std::move(*file) : nullptr;
  }
  ErrorCode open_error(const std::string& path, OpenMode mode) {
    auto file = run(open_task(disk_.get(), path, mode));
    EXPECT_FALSE(file.has_value());
    return file ? ErrorCode::kCancelled : file.error().code;
  }
  Result<void> path_op(PathOp::Kind kind, const std::string& path, const std::string& target = {}) {
    return run(path_task(disk_.get(), kind, path, target));
  }
  std::string contents(const std::string& path) {
    std::ifstream stream(root_ / path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }

  std::filesystem::path root_;
  LocalExecutor executor_;
  std::unique_ptr<PosixDisk> disk_;
};

TEST_F(PosixDiskTest, WritesManySlicesInOrderAndReadsThemBack) {
  auto file = open("a");
  Slices slices;
  std::string expected;
  for (int i = 0; i < 50; ++i) {  // more than one system call takes
    slices.push_back(Slice::copy_of("part" + std::to_string(i) + ","));
    slices.push_back(Slice());
    expected += slices[slices.size() - 2].text();
  }
  ASSERT_TRUE(run(append_task(file.get(), slices)).has_value());
  EXPECT_EQ(contents("a"), expected);
  EXPECT_EQ(file->size(), expected.size());
  EXPECT_EQ(run(read_task(file.get(), 0, 10000))->text(), expected);
  EXPECT_EQ(run(read_task(file.get(), 4, 3))->text(), expected.substr(4, 3));
}

TEST_F(PosixDiskTest, ReadPastTheEndIsShortOrEmptyAndAllocatesOnlyWhatExists) {
  auto file = open("a");
  ASSERT_TRUE(run(append_task(file.get(), {Slice::of_static("abc")})).has_value());
  EXPECT_EQ(run(read_task(file.get(), 1, SIZE_MAX))->text(), "bc");
  EXPECT_TRUE(run(read_task(file.get(), 3, 1))->empty());
  EXPECT_TRUE(run(read_task(file.get(), UINT64_MAX, 1))->empty());
}

TEST_F(PosixDiskTest, GapsReadAsZerosAndTruncateWorksBothWays) {
  auto file = open("a");
  ASSERT_TRUE(run(write_task(file.get(), 3, {Slice::of_static("x")})).has_value());
  EXPECT_EQ(contents("a"), std::string("\0\0\0x", 4));
  ASSERT_TRUE(run(truncate_task(file.get(), 6)).has_value());
  EXPECT_EQ(contents("a"), std::string("\0\0\0x\0\0", 6));
  ASSERT_TRUE(run(truncate_task(file.get(), 1)).has_value());
  EXPECT_EQ(contents("a"), std::string("\0", 1));
  ASSERT_TRUE(run(sync_task(file.get())).has_value());
}

TEST_F(PosixDiskTest, OffsetsBeyondTheSystemAreRefused) {
  auto file = open("a");
  const auto written = run(write_task(file.get(), UINT64_MAX, {Slice::of_static("x")}));
  EXPECT_EQ(written.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(run(truncate_task(file.get(), UINT64_MAX)).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(PosixDiskTest, WritingThroughAReadOnlyHandleFails) {
  open("a");
  auto file = open("a", OpenMode::kRead);
  const auto written = run(append_task(file.get(), {Slice::of_static("x")}));
  EXPECT_EQ(written.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(written.error().detail, "write a: EBADF (Bad file descriptor)");
}

TEST_F(PosixDiskTest, OpenModesMeanWhatTheySay) {
  EXPECT_EQ(open_error("a", OpenMode::kRead), ErrorCode::kNotFound);
  EXPECT_EQ(open_error("a", OpenMode::kReadWrite), ErrorCode::kNotFound);
  open("a", OpenMode::kCreateNew);
  EXPECT_EQ(open_error("a", OpenMode::kCreateNew), ErrorCode::kExists);
  EXPECT_EQ(open_error("a/b", OpenMode::kCreate), ErrorCode::kNotDirectory);
  EXPECT_EQ(open_error("no/b", OpenMode::kCreate), ErrorCode::kNotFound);
  ASSERT_TRUE(path_op(PathOp::Kind::kMakeDirectory, "d").has_value());
  EXPECT_EQ(open_error("d", OpenMode::kRead), ErrorCode::kInvalidArgument);
  EXPECT_EQ(open_error("d", OpenMode::kCreate), ErrorCode::kInvalidArgument);
}

TEST_F(PosixDiskTest, PathsThatCouldLeaveTheRootAreRefused) {
  for (const std::string path :
       {"/etc/passwd", "..", "../x", "a/../../x", "a/..", ".", "a//b", "a/", "/", "a/./b"}) {
    EXPECT_FALSE(is_disk_path(path)) << path;
    EXPECT_EQ(open_error(path, OpenMode::kCreate), ErrorCode::kInvalidArgument) << path;
    EXPECT_EQ(path_op(PathOp::Kind::kMakeDirectory, path).error().code,
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(path_op(PathOp::Kind::kRename, "a", path).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(run(list_task(disk_.get(), path)).error().code, ErrorCode::kInvalidArgument);
  }
  EXPECT_FALSE(is_disk_path(std::string("a\0b", 3)));
  EXPECT_FALSE(is_disk_path(std::string(256, 'a')));
  EXPECT_TRUE(is_disk_path(std::string(255, 'a') + "/..b/c.."));
}

TEST_F(PosixDiskTest, DirectoriesAreMadeListedAndRemoved) {
  ASSERT_TRUE(path_op(PathOp::Kind::kMakeDirectory, "d/e/f").has_value());
  ASSERT_TRUE(path_op(PathOp::Kind::kMakeDirectory, "d/e/f").has_value());
  open("d/a");
  auto entries = *run(list_task(disk_.get(), "d"));
  std::sort(entries.begin(), entries.end());
  EXPECT_EQ(entries, (std::vector<DirectoryEntry>{{"a", false}, {"e", true}}));
  EXPECT_EQ(run(list_task(disk_.get(), ""))->size(), 1u);
  EXPECT_EQ(run(list_task(disk_.get(), "d/a")).error().code, ErrorCode::kNotDirectory);
  EXPECT_EQ(run(list_task(disk_.get(), "no")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(path_op(PathOp::Kind::kMakeDirectory, "d/a/x").error().code, ErrorCode::kNotDirectory);
  EXPECT_EQ(path_op(PathOp::Kind::kRemove, "d/e").error().code, ErrorCode::kNotDirectory);
  ASSERT_TRUE(path_op(PathOp::Kind::kRemove, "d/e/f").has_value());
  ASSERT_TRUE(path_op(PathOp::Kind::kRemove, "d/a").has_value());
  EXPECT_EQ(path_op(PathOp::Kind::kRemove, "d/a").error().code, ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(root_ / "d/a"));
  ASSERT_TRUE(path_op(PathOp::Kind::kSyncDirectory, "d").has_value());
  ASSERT_TRUE(path_op(PathOp::Kind::kSyncDirectory, "").has_value());
  EXPECT_EQ(path_op(PathOp::Kind::kSyncDirectory, "no").error().code, ErrorCode::kNotFound);
}

TEST_F(PosixDiskTest, RenameReplacesAndOpenHandlesFollowTheFile) {
  auto first = open("a");
  auto second = open("b");
  ASSERT_TRUE(run(append_task(first.get(), {Slice::of_static("first")})).has_value());
  ASSERT_TRUE(run(append_task(second.get(), {Slice::of_static("second")})).has_value());
  ASSERT_TRUE(path_op(PathOp::Kind::kRename, "a", "b").has_value());
  EXPECT_EQ(contents("b"), "first");
  EXPECT_EQ(run(read_task(second.get(), 0, 100))->text(), "second");
  EXPECT_EQ(path_op(PathOp::Kind::kRename, "a", "b").error().code, ErrorCode::kNotFound);
}

TEST_F(PosixDiskTest, ALockHoldsUntilItsDiskDies) {
  ASSERT_TRUE(path_op(PathOp::Kind::kLock, ".lock").has_value());
  auto other = std::move(*PosixDisk::open_root(root_));
  const auto try_lock = [&] {
    return run(path_task(other.get(), PathOp::Kind::kLock, ".lock", ""));
  };
  EXPECT_EQ(try_lock().error().code, ErrorCode::kLocked);
  EXPECT_EQ(path_op(PathOp::Kind::kLock, ".lock").error().code, ErrorCode::kLocked);
  disk_.reset();
  EXPECT_TRUE(try_lock().has_value());
}

TEST_F(PosixDiskTest, TheRootMustBeADirectory) {
  open("a");
  EXPECT_EQ(PosixDisk::open_root(root_ / "a").error().code, ErrorCode::kNotDirectory);
  EXPECT_EQ(PosixDisk::open_root(root_ / "no").error().code, ErrorCode::kNotFound);
  EXPECT_GT(disk_->free_bytes(), 0u);
  EXPECT_GE(disk_->total_bytes(), disk_->free_bytes());
}

TEST_F(PosixDiskTest, AFullDeviceIsReportedAsNoSpace) {
  auto full = PosixDisk::open_root("/dev");
  if (!full || !std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  auto file = run(open_task(full->get(), "full", OpenMode::kReadWrite));
  if (!file) GTEST_SKIP() << "/dev/full cannot be opened: " << file.error().to_string();
  const auto written = run(write_task(file->get(), 0, {Slice::of_static("x")}));
  EXPECT_EQ(written.error().code, ErrorCode::kNoSpace);
}

}  // namespace
}  // namespace faultline
