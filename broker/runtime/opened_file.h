// SPDX-License-Identifier: Apache-2.0
// OpenedFile: a descriptor with its name, shared by a File and by what still works on it or holds
// its bytes when that is destroyed. Counted without locks: copied and destroyed on the loop only.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/runtime/file_descriptor.h"

namespace faultline {

class OpenedFile {
 public:
  OpenedFile(FileDescriptor file, std::string path)
      : shared_(new Shared{std::move(file), std::move(path), {}, 1}) {}
  OpenedFile(const OpenedFile& other) : shared_(other.shared_) { ++shared_->users; }
  OpenedFile(OpenedFile&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
  OpenedFile& operator=(const OpenedFile&) = delete;
  ~OpenedFile() {
    if (shared_ != nullptr && --shared_->users == 0) delete shared_;
  }

  int number() const { return shared_->file.number(); }
  const std::string& path() const { return shared_->path; }

  // The file as memory, from its beginning to `end` or further; empty when it cannot be mapped.
  // Lasts as long as any copy of this. Costs address space only, until somebody looks at it;
  // looking behind the end of the file is SIGBUS.
  Bytes map(uint64_t end) const { return shared_->map(end); }

 private:
  struct Shared {
    FileDescriptor file;
    std::string path;
    std::vector<Bytes> mappings;  // the last is the longest; others are in use, perhaps
    int users;

    Bytes map(uint64_t end);
    ~Shared();
  };
  Shared* shared_;
};

}  // namespace faultline
