// SPDX-License-Identifier: Apache-2.0
// Looking whether the page cache holds all of it.
#include "broker/runtime/file_window.h"

#include <algorithm>
#include <vector>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broker/runtime/posix_calls.h"

namespace faultline {
namespace {

// As <linux/mman.h> of Linux 6.5 has them; older headers do not.
constexpr long kCacheStatCall = 451;
struct CacheStatRange {
  uint64_t offset;
  uint64_t length;
};
struct CacheStat {
  uint64_t pages, dirty, in_writeback, evicted, recently_evicted;
};

size_t page_bytes() { return static_cast<size_t>(::sysconf(_SC_PAGESIZE)); }

size_t count_pages(size_t bytes) { return (bytes + page_bytes() - 1) / page_bytes(); }

// Whether the page cache holds all of it. Nothing when this kernel does not know that call.
std::optional<bool> ask_cachestat(int file, uint64_t offset, size_t length) {
  const uint64_t before = offset % page_bytes();
  CacheStatRange range{offset - before, before + length};
  CacheStat found{};
  if (::syscall(kCacheStatCall, file, &range, &found, 0) != 0) return std::nullopt;
  return found.pages >= count_pages(before + length);
}

// Eight times as dear. A mapping begins a page.
bool ask_mincore(Bytes mapping, uint64_t offset, size_t length) {
  const uint64_t before = offset % page_bytes();
  const Bytes pages = mapping.subspan(offset - before, before + length);
  std::vector<uint8_t> is_there(count_pages(pages.size()));
  if (::mincore(const_cast<uint8_t*>(pages.data()), pages.size(), is_there.data()) != 0)
    return false;
  return std::ranges::all_of(is_there, [](uint8_t page) { return (page & 1) != 0; });
}

}  // namespace

std::optional<Slice> FileWindow::open(const OpenedFile& file, uint64_t offset, size_t length) {
  if (length < kBytesMin) return std::nullopt;
  const uint64_t end = posix::size_of(file.number());
  if (offset >= end || end - offset < kBytesMin) return std::nullopt;
  const size_t size = std::min<uint64_t>(length, end - offset);
  const Bytes mapping = file.map(offset + size);
  if (mapping.empty()) return std::nullopt;
  const std::optional<bool> is_cached = ask_cachestat(file.number(), offset, size);
  if (!is_cached.value_or(true)) return std::nullopt;
  if (!is_cached && !ask_mincore(mapping, offset, size)) return std::nullopt;
  return Slice::borrow(new FileWindow(file, mapping), mapping.subspan(offset, size));
}

const FileWindow* FileWindow::of(const Slice& slice) {
  const BorrowedBlock* lender = slice.lender();
  const bool is_window = lender != nullptr && lender->give_back == &close;
  return is_window ? static_cast<const FileWindow*>(lender) : nullptr;
}

void FileWindow::close(BorrowedBlock* block) { delete static_cast<FileWindow*>(block); }

}  // namespace faultline
