// SPDX-License-Identifier: Apache-2.0
// FileWindow: a part of a file as the memory behind a Slice, without a copy: the page cache is
// mapped, and a stream sends it by sendfile(2). It is what File::read_to_send() may give.
//
// The file behind a window is not held still: bytes past a cut cannot be sent any more. Nor are
// they memory (SIGBUS), nor is a page that the kernel dropped and the device cannot read again;
// the broker looks at no window, which is also the cheapest: no page of it is ever mapped in.
#pragma once

#include <optional>

#include "broker/base/bytes.h"
#include "broker/runtime/opened_file.h"

namespace faultline {

class FileWindow final : private BorrowedBlock {
 public:
  // Less is cheaper to copy.
  static constexpr size_t kBytesMin = 64 * 1024;

  // [offset, offset + length) as far as the file goes. Nothing when that is less than kBytesMin, is
  // not in the page cache from end to end, or cannot be mapped.
  static std::optional<Slice> open(const OpenedFile& file, uint64_t offset, size_t length);
  // The window whose bytes these are; null for other slices.
  static const FileWindow* of(const Slice& slice);

  int file() const { return file_.number(); }
  // Where in the file this byte of the window lies.
  uint64_t offset_of(const uint8_t* byte) const {
    return static_cast<uint64_t>(byte - mapping_.data());
  }

 private:
  FileWindow(const OpenedFile& file, Bytes mapping)
      : BorrowedBlock(&close), file_(file), mapping_(mapping) {}
  static void close(BorrowedBlock* block);

  const OpenedFile file_;
  const Bytes mapping_;  // from the beginning of the file
};

}  // namespace faultline
