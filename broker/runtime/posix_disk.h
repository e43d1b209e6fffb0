// SPDX-License-Identifier: Apache-2.0
// PosixDisk: the Disk port on real files below one directory. Without a WorkerPool every op is
// complete when submit() returns, so it runs on LocalExecutor as well as on any other loop: for
// tools and tests. With one, what can wait for the device (sync, names, sizes, reads that miss the
// page cache) runs on its threads; writes go to the page cache at once, as in Kafka. Symbolic links
// are followed. Locks are flock(2) and last until this object dies.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/env/disk.h"
#include "broker/runtime/file_descriptor.h"

namespace faultline {

class WorkerPool;

struct DiskCounters {
  int64_t reads = 0;
  int64_t read_bytes = 0;
  int64_t read_misses = 0;  // of the page cache
  int64_t writes = 0;
  int64_t written_bytes = 0;
  int64_t syncs = 0;
};

class PosixDisk final : public Disk {
 public:
  // `root` must be a directory. Errors: kNotFound, kNotDirectory, kIo.
  static Result<std::unique_ptr<PosixDisk>> open_root(const std::string& root,
                                                      WorkerPool* pool = nullptr);

  uint64_t free_bytes() override;
  uint64_t total_bytes() override;
  void submit(OpenFile& op) override;
  void submit(PathOp& op) override;
  void submit(ListDirectory& op) override;

  const DiskCounters& counters() const { return counters_; }

 private:
  PosixDisk(FileDescriptor root, WorkerPool* pool) : root_(std::move(root)), pool_(pool) {}

  Result<void> lock_path(const std::string& path);

  FileDescriptor root_;
  WorkerPool* pool_;
  DiskCounters counters_;
  std::vector<FileDescriptor> locks_;
};

}  // namespace faultline
