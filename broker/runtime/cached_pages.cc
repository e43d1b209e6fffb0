// SPDX-License-Identifier: Apache-2.0
// The two calls that tell what the page cache holds.
#include "broker/runtime/cached_pages.h"

#include <algorithm>
#include <vector>

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace faultline::posix {
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

}  // namespace

std::optional<bool> is_cached_by_cachestat(int file, uint64_t offset, size_t length) {
  const uint64_t before = offset % page_bytes();
  CacheStatRange range{offset - before, before + length};
  CacheStat found{};
  if (::syscall(kCacheStatCall, file, &range, &found, 0) != 0) return std::nullopt;
  return found.pages >= count_pages(before + length);
}

bool is_cached_by_mincore(Bytes mapping, uint64_t offset, size_t length) {
  const uint64_t before = offset % page_bytes();
  const Bytes pages = mapping.subspan(offset - before, before + length);
  std::vector<uint8_t> is_there(count_pages(pages.size()));
  if (::mincore(const_cast<uint8_t*>(pages.data()), pages.size(), is_there.data()) != 0)
    return false;
  return std::ranges::all_of(is_there, [](uint8_t page) { return (page & 1) != 0; });
}

}  // namespace faultline::posix
