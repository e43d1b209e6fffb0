// SPDX-License-Identifier: Apache-2.0
// A disk under test with the loop that it needs, and every operation of the port as a plain call
// that gives its outcome as text: what two disks answer can be compared line by line. Files are
// named by slots, so a script can hold several handles.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "broker/env/disk.h"
#include "broker/env/task.h"

namespace faultline::conformance {

inline std::string outcome(const Result<void>& result) {
  return result ? "ok" : std::string(to_string(result.error().code));
}

class DiskBench {
 public:
  virtual ~DiskBench() = default;
  virtual Disk& disk() = 0;
  virtual void run(Task<void> task) = 0;  // to its end

  static constexpr size_t kSlots = 3;

  std::string open(size_t slot, std::string path, OpenMode mode) {
    std::string said;
    run(open_task(this, slot, std::move(path), mode, &said));
    return said;
  }
  void close(size_t slot) { files_[slot] = nullptr; }
  bool is_open(size_t slot) const { return files_[slot] != nullptr; }
  std::string read(size_t slot, uint64_t offset, size_t length) {
    std::string said;
    run(read_task(files_[slot].get(), offset, length, &said));
    return said;
  }
  std::string write(size_t slot, uint64_t offset, Slices bytes) {
    std::string said;
    run(write_task(files_[slot].get(), offset, std::move(bytes), &said));
    return said;
  }
  std::string append(size_t slot, Slices bytes) {
    return write(slot, files_[slot]->size(), std::move(bytes));
  }
  std::string truncate(size_t slot, uint64_t size) {
    std::string said;
    run(truncate_task(files_[slot].get(), size, &said));
    return said;
  }
  std::string sync(size_t slot) {
    std::string said;
    run(sync_task(files_[slot].get(), &said));
    return said;
  }
  std::string size(size_t slot) { return std::to_string(files_[slot]->size()); }
  std::string name(PathOp::Kind kind, std::string path, std::string target = {}) {
    std::string said;
    run(name_task(&disk(), kind, std::move(path), std::move(target), &said));
    return said;
  }
  // "a b/" sorted; a '/' behind directories.
  std::string list(std::string path) {
    std::string said;
    run(list_task(&disk(), std::move(path), &said));
    return said;
  }

 protected:
  void close_all() { files_ = {}; }

 private:
  static Task<void> open_task(DiskBench* bench, size_t slot, std::string path, OpenMode mode,
                              std::string* said) {
    Result<std::unique_ptr<File>> file = co_await bench->disk().open(path, mode);
    *said = file ? "ok" : std::string(to_string(file.error().code));
    if (file) bench->files_[slot] = std::move(*file);
  }
  static Task<void> read_task(File* file, uint64_t offset, size_t length, std::string* said) {
    const Result<Slice> bytes = co_await file->read_at(offset, length);
    *said = bytes ? "\"" + std::string(bytes->text()) + "\""
                  : std::string(to_string(bytes.error().code));
  }
  static Task<void> write_task(File* file, uint64_t offset, Slices bytes, std::string* said) {
    const Result<void> result = co_await file->write_at(offset, std::move(bytes));
    *said = outcome(result);
  }
  static Task<void> truncate_task(File* file, uint64_t size, std::string* said) {
    const Result<void> result = co_await file->truncate(size);
    *said = outcome(result);
  }
  static Task<void> sync_task(File* file, std::string* said) {
    const Result<void> result = co_await file->sync();
    *said = outcome(result);
  }
  static Task<void> name_task(Disk* disk, PathOp::Kind kind, std::string path, std::string target,
                              std::string* said) {
    PathOp op(*disk, kind, std::move(path), std::move(target));
    const Result<void> result = co_await op;
    *said = outcome(result);
  }
  static Task<void> list_task(Disk* disk, std::string path, std::string* said) {
    Result<std::vector<DirectoryEntry>> entries = co_await disk->list(path);
    if (!entries) {
      *said = std::string(to_string(entries.error().code));
      co_return;
    }
    std::sort(entries->begin(), entries->end());
    for (const DirectoryEntry& entry : *entries)
      *said += entry.name + (entry.is_directory ? "/ " : " ");
  }

  std::array<std::unique_ptr<File>, kSlots> files_;
};

}  // namespace faultline::conformance
