// SPDX-License-Identifier: Apache-2.0
// When a part of a file can be a window.
#include "broker/runtime/file_window.h"

#include <algorithm>

#include "broker/runtime/cached_pages.h"
#include "broker/runtime/posix_calls.h"

namespace faultline {

std::optional<Slice> FileWindow::open(const OpenedFile& file, uint64_t offset, size_t length) {
  if (length < kBytesMin) return std::nullopt;
  const uint64_t end = posix::size_of(file.number());
  if (offset >= end || end - offset < kBytesMin) return std::nullopt;
  const size_t size = std::min<uint64_t>(length, end - offset);
  const Bytes mapping = file.map(offset + size);
  if (mapping.empty()) return std::nullopt;
  const auto is_cached = posix::is_cached_by_cachestat(file.number(), offset, size);
  if (!is_cached.value_or(true)) return std::nullopt;
  if (!is_cached && !posix::is_cached_by_mincore(mapping, offset, size)) return std::nullopt;
  return Slice::borrow(new FileWindow(file, mapping), mapping.subspan(offset, size));
}

const FileWindow* FileWindow::of(const Slice& slice) {
  const BorrowedBlock* lender = slice.lender();
  const bool is_window = lender != nullptr && lender->give_back == &close;
  return is_window ? static_cast<const FileWindow*>(lender) : nullptr;
}

void FileWindow::close(BorrowedBlock* block) { delete static_cast<FileWindow*>(block); }

}  // namespace faultline
