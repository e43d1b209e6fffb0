// SPDX-License-Identifier: Apache-2.0
// OpenedFile: a descriptor with its name, shared by a File and by what still works on it or holds
// its bytes when that is destroyed. Counted without locks: copied and destroyed on the loop only.
#pragma once

#include <string>
#include <utility>

#include "broker/runtime/file_descriptor.h"

namespace faultline {

class OpenedFile {
 public:
  OpenedFile(FileDescriptor file, std::string path)
      : shared_(new Shared{std::move(file), std::move(path), 1}) {}
  OpenedFile(const OpenedFile& other) : shared_(other.shared_) { ++shared_->users; }
  OpenedFile(OpenedFile&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
  OpenedFile& operator=(const OpenedFile&) = delete;
  ~OpenedFile() {
    if (shared_ != nullptr && --shared_->users == 0) delete shared_;
  }

  int number() const { return shared_->file.number(); }
  const std::string& path() const { return shared_->path; }

 private:
  struct Shared {
    FileDescriptor file;
    std::string path;
    int users;
  };
  Shared* shared_;
};

}  // namespace faultline
