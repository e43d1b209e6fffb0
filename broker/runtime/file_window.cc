// SPDX-License-Identifier: Apache-2.0
// Mapping, and looking whether the page cache holds all of it.
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

size_t count_pages(size_t bytes) {
  const auto page_bytes = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + page_bytes - 1) / page_bytes;
}

// Whether the page cache holds all of it; `offset` begins a page. Nothing when this kernel does not
// know that call.
std::optional<bool> ask_cachestat(int file, uint64_t offset, size_t length) {
  CacheStatRange range{offset, length};
  CacheStat found{};
  if (::syscall(kCacheStatCall, file, &range, &found, 0) != 0) return std::nullopt;
  return found.pages >= count_pages(length);
}

// Eight times as dear.
bool ask_mincore(Bytes pages) {
  std::vector<uint8_t> is_there(count_pages(pages.size()));
  if (::mincore(const_cast<uint8_t*>(pages.data()), pages.size(), is_there.data()) != 0)
    return false;
  return std::ranges::all_of(is_there, [](uint8_t page) { return (page & 1) != 0; });
}

void unmap(Bytes pages) { ASSERT(::munmap(const_cast<uint8_t*>(pages.data()), pages.size()) == 0); }

}  // namespace

std::optional<Slice> FileWindow::open(const OpenedFile& file, uint64_t offset, size_t length) {
  if (length < kBytesMin) return std::nullopt;
  const uint64_t end = posix::size_of(file.number());
  if (offset >= end || end - offset < kBytesMin) return std::nullopt;
  const auto page_bytes = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  const uint64_t before = offset % page_bytes;
  const uint64_t begin = offset - before;
  const size_t size = before + std::min<uint64_t>(length, end - offset);
  const std::optional<bool> is_there = ask_cachestat(file.number(), begin, size);
  if (is_there && !*is_there) return std::nullopt;
  void* address =
      ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), static_cast<off_t>(begin));
  if (address == MAP_FAILED) return std::nullopt;  // too many of them, say
  const Bytes pages(static_cast<const uint8_t*>(address), size);
  if (!is_there && !ask_mincore(pages)) {
    unmap(pages);
    return std::nullopt;
  }
  return Slice::borrow(new FileWindow(file, begin, pages), pages.subspan(before));
}

const FileWindow* FileWindow::of(const Slice& slice) {
  const BorrowedBlock* lender = slice.lender();
  const bool is_window = lender != nullptr && lender->give_back == &close;
  return is_window ? static_cast<const FileWindow*>(lender) : nullptr;
}

void FileWindow::close(BorrowedBlock* block) {
  auto* window = static_cast<FileWindow*>(block);
  unmap(window->pages_);
  delete window;
}

}  // namespace faultline
