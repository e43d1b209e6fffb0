// SPDX-License-Identifier: Apache-2.0
// FileWindow: a part of a file as the memory behind a Slice, without a copy: pages of the page
// cache are mapped, and a stream sends them by sendfile(2). It is what File::read_to_send() may
// give.
//
// The file behind a window is not held still. Bytes past a cut are no memory any more (SIGBUS);
// sending them fails, and nothing else may touch them by then. The same is true of a page that the
// kernel dropped and the device cannot read again, as for every mapped file.
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
    return offset_ + static_cast<uint64_t>(byte - pages_.data());
  }

 private:
  FileWindow(const OpenedFile& file, uint64_t offset, Bytes pages)
      : BorrowedBlock(&close), file_(file), offset_(offset), pages_(pages) {}
  static void close(BorrowedBlock* block);

  const OpenedFile file_;
  const uint64_t offset_;  // of the first page
  const Bytes pages_;
};

}  // namespace faultline
