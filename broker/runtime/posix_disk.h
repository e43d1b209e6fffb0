// SPDX-License-Identifier: Apache-2.0
// PosixDisk: the Disk port on real files below one directory, synchronous: every op is complete
// when submit() returns, so it runs on LocalExecutor as well as on any other loop. For tools and
// tests; a broker under load wants an asynchronous one. Symbolic links are followed. Locks are
// flock(2) and last until this object dies.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/env/disk.h"

namespace faultline {

// Closes its descriptor with itself; -1 is none.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number = -1) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor();

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

class PosixDisk final : public Disk {
 public:
  // `root` must be a directory. Errors: kNotFound, kNotDirectory, kIo.
  static Result<std::unique_ptr<PosixDisk>> open_root(const std::string& root);

  uint64_t free_bytes() override;
  void submit(OpenFile& op) override;
  void submit(PathOp& op) override;
  void submit(ListDirectory& op) override;

 private:
  explicit PosixDisk(FileDescriptor root) : root_(std::move(root)) {}

  Result<void> apply(const PathOp& op);
  Result<void> remove_path(const std::string& path);
  Result<void> rename_path(const std::string& from, const std::string& to);
  Result<void> make_directories(const std::string& path);
  Result<void> sync_directory_at(const std::string& path);
  Result<void> lock_path(const std::string& path);

  FileDescriptor root_;
  std::vector<FileDescriptor> locks_;
};

}  // namespace faultline
