// SPDX-License-Identifier: Apache-2.0
// Which operation runs at once and which on a thread.
#include "broker/runtime/posix_disk.h"

#include <fcntl.h>

#include "broker/env/disk_path.h"
#include "broker/runtime/file_window.h"
#include "broker/runtime/posix_calls.h"
#include "broker/runtime/system_error.h"
#include "broker/runtime/worker_pool.h"

namespace faultline {
namespace {

std::unexpected<Error> illegal_path(const std::string& path) {
  return fail(ErrorCode::kInvalidArgument, "illegal path " + path);
}

class PosixFile final : public File {
 public:
  PosixFile(OpenedFile file, WorkerPool* pool, DiskCounters& counters)
      : file_(std::move(file)), pool_(pool), counters_(counters) {}

  uint64_t size() const override { return posix::size_of(file_.number()); }
  void submit(ReadAt& op) override;
  void submit(WriteAt& op) override;
  void submit(Truncate& op) override;
  void submit(Sync& op) override;

 private:
  OpenedFile file_;
  WorkerPool* pool_;
  DiskCounters& counters_;
};

void PosixFile::submit(ReadAt& op) {
  if (op.is_to_send) {
    if (std::optional<Slice> window = FileWindow::open(file_, op.offset, op.length)) {
      ++counters_.reads;
      counters_.read_bytes += static_cast<int64_t>(window->size());
      return op.complete(std::move(*window));
    }
  }
  const bool may_miss = pool_ != nullptr;
  Result<std::optional<Slice>> bytes =
      posix::read(file_.number(), file_.path(), op.offset, op.length, may_miss);
  ++counters_.reads;
  if (!bytes) return op.complete(std::unexpected(std::move(bytes).error()));
  if (std::optional<Slice>& found = *bytes; found) {
    counters_.read_bytes += static_cast<int64_t>(found->size());
    return op.complete(std::move(*found));
  }
  ++counters_.read_misses;
  const auto work = [number = file_.number(), path = &file_.path(), offset = op.offset,
                     length = op.length]() -> Result<Slice> {
    TRY_ASSIGN(std::optional<Slice> found, posix::read(number, *path, offset, length, false));
    return std::move(*found);
  };
  pool_->run(op, work, file_);
}

void PosixFile::submit(WriteAt& op) {
  ++counters_.writes;
  counters_.written_bytes += static_cast<int64_t>(total_size(op.bytes));
  op.complete(posix::write(file_.number(), file_.path(), op.offset, op.bytes));
}

void PosixFile::submit(Truncate& op) {
  const auto work = [number = file_.number(), path = &file_.path(), size = op.size] {
    return posix::truncate(number, *path, size);
  };
  if (pool_ == nullptr) return op.complete(work());
  pool_->run(op, work, file_);
}

void PosixFile::submit(Sync& op) {
  ++counters_.syncs;
  const auto work = [number = file_.number(), path = &file_.path()] {
    return posix::sync(number, *path);
  };
  if (pool_ == nullptr) return op.complete(work());
  pool_->run(op, work, file_);
}

Result<void> change_names(int root, PathOp::Kind kind, const std::string& path,
                          const std::string& target) {
  switch (kind) {
    case PathOp::Kind::kRemove: return posix::remove(root, path);
    case PathOp::Kind::kRename: return posix::rename(root, path, target);
    case PathOp::Kind::kMakeDirectory: return posix::make_directories(root, path);
    case PathOp::Kind::kSyncDirectory: return posix::sync_directory(root, path);
    case PathOp::Kind::kLock: break;
  }
  UNREACHABLE();
}

}  // namespace

Result<std::unique_ptr<PosixDisk>> PosixDisk::open_root(const std::string& root, WorkerPool* pool) {
  const char* name = root.empty() ? "." : root.c_str();
  FileDescriptor directory(::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return fail_errno("open directory " + root);
  return std::unique_ptr<PosixDisk>(new PosixDisk(std::move(directory), pool));
}

uint64_t PosixDisk::free_bytes() { return posix::free_bytes(root_.number()); }

uint64_t PosixDisk::total_bytes() { return posix::total_bytes(root_.number()); }

void PosixDisk::submit(OpenFile& op) {
  if (!is_disk_path(op.path)) return op.complete(illegal_path(op.path));
  // The File is made where it is opened; its count begins with one user, so no thread counts.
  const auto work = [root = root_.number(), path = op.path, mode = op.mode, pool = pool_,
                     counters = &counters_]() -> Result<std::unique_ptr<File>> {
    TRY_ASSIGN(FileDescriptor file, posix::open_file(root, path, mode));
    return std::make_unique<PosixFile>(OpenedFile(std::move(file), path), pool, *counters);
  };
  if (pool_ == nullptr) return op.complete(work());
  pool_->run(op, work, 0);
}

void PosixDisk::submit(PathOp& op) {
  if (!is_disk_path(op.path)) return op.complete(illegal_path(op.path));
  if (!is_disk_path(op.target)) return op.complete(illegal_path(op.target));
  if (op.kind == PathOp::Kind::kLock) return op.complete(lock_path(op.path));
  const auto work = [root = root_.number(), kind = op.kind, path = op.path, target = op.target] {
    return change_names(root, kind, path, target);
  };
  if (pool_ == nullptr) return op.complete(work());
  pool_->run(op, work, 0);
}

void PosixDisk::submit(ListDirectory& op) {
  if (!is_disk_path(op.path)) return op.complete(illegal_path(op.path));
  const auto work = [root = root_.number(), path = op.path] { return posix::list(root, path); };
  if (pool_ == nullptr) return op.complete(work());
  pool_->run(op, work, 0);
}

Result<void> PosixDisk::lock_path(const std::string& path) {
  TRY_ASSIGN(FileDescriptor file, posix::lock(root_.number(), path));
  locks_.push_back(std::move(file));
  return {};
}

}  // namespace faultline
