// SPDX-License-Identifier: Apache-2.0
// FileDescriptor: one open descriptor of the kernel, closed with its owner.
#pragma once

#include <utility>

namespace faultline {

class FileDescriptor {
 public:
  explicit FileDescriptor(int number = -1) : number_(number) {}  // -1 is none
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor();

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  void close() { FileDescriptor().swap(*this); }

 private:
  void swap(FileDescriptor& other) { std::swap(number_, other.number_); }

  int number_;
};

}  // namespace faultline
