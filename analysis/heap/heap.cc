// SPDX-License-Identifier: Apache-2.0
// operator new and delete of programs that play many runs: free lists by size, for one thread. A
// simulated record costs about a hundred small allocations that live shortly, which malloc makes a
// fifth of a run. Blocks lie in one reserved range, so that an address tells whether and in which
// size it came from here; all else is malloc's. Off where somebody watches malloc: MALLOC_PERTURB_
// (the determinism tests) and valgrind's memcheck.
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include <malloc.h>
#include <sys/mman.h>

namespace {

constexpr size_t kStep = 16;
constexpr size_t kPooledMax = 2048;
constexpr size_t kClasses = kPooledMax / kStep + 1;
constexpr size_t kChunkShift = 16;
constexpr size_t kChunkBytes = size_t{1} << kChunkShift;
// The first blocks of a chunk are the busiest: were they all at its begin, a few sets of the caches
// would hold them all.
constexpr size_t kColourBytes = 17 * 64;
constexpr size_t kColoursBytes = kChunkBytes / 2;
constexpr size_t kRangeBytes = size_t{1} << 34;  // address space only

constexpr int kMappedMin = 1 << 25;  // the most that malloc takes
constexpr int kKeptMax = 1 << 28;

struct Block {
  Block* next;
};

// The heap of the thread that allocates first; others use malloc and hand back what they free.
struct Pool {
  std::array<Block*, kClasses> free{};
  std::array<char*, kClasses> fresh{};  // never handed out yet: [fresh, fresh_end)
  std::array<char*, kClasses> fresh_end{};
};

// The heap of a process is one.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
constinit Pool pool;
constinit char* range = nullptr;  // null: off
constinit size_t chunks_used = 0;
constinit std::array<uint8_t, kRangeBytes / kChunkBytes> chunk_class{};  // only touched where used
constinit std::atomic<bool> is_decided = false;
constinit std::atomic<Block*> returned = nullptr;  // freed by other threads
constinit thread_local bool is_owner = false;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

static_assert(kClasses <= UINT8_MAX + 1);

bool is_pooled(const void* address) {
  return range != nullptr &&
         static_cast<size_t>(static_cast<const char*>(address) - range) < kRangeBytes;
}

// A block that lay long is cold, and its link with it.
void prefetch(const Block* block, size_t size_class) {
  constexpr size_t kLineBytes = 64;
  __builtin_prefetch(block, 1);
  if (size_class * kStep > kLineBytes)
    __builtin_prefetch(reinterpret_cast<const char*>(block) + kLineBytes, 1);
}

size_t class_of(size_t size) { return (size + kStep - 1) / kStep; }

size_t class_at(const void* address) {
  return chunk_class[static_cast<size_t>(static_cast<const char*>(address) - range) >> kChunkShift];
}

void push(Block* block, size_t size_class) {
  block->next = pool.free[size_class];
  pool.free[size_class] = block;
}

bool is_watched() {
  const char* preloaded = std::getenv("LD_PRELOAD");
  return std::getenv("MALLOC_PERTURB_") != nullptr ||
         (preloaded != nullptr && std::strstr(preloaded, "vgpreload_memcheck") != nullptr);
}

// The first allocation of a program, before there are threads.
void decide() {
  if (is_decided.exchange(true) || is_watched()) return;
  void* reserved = mmap(nullptr, kRangeBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (reserved == MAP_FAILED) return;
  madvise(reserved, kRangeBytes, MADV_HUGEPAGE);
  range = static_cast<char*>(reserved);
  is_owner = true;
  // Large blocks come and go too: the kernel's work for a fresh page costs more than its use.
  mallopt(M_MMAP_THRESHOLD, kMappedMin);
  mallopt(M_TRIM_THRESHOLD, kKeptMax);
}

void* from_malloc(size_t size) {
  void* block = std::malloc(size);
  if (block == nullptr) std::abort();  // nobody here can go on without memory
  return block;
}

void* refill(size_t size_class) {
  Block* back = returned.exchange(nullptr, std::memory_order_acquire);
  while (back != nullptr) {
    Block* next = back->next;
    push(back, class_at(back));
    back = next;
  }
  if (Block* block = pool.free[size_class]) {
    pool.free[size_class] = block->next;
    return block;
  }
  const size_t size = size_class * kStep;
  if (static_cast<size_t>(pool.fresh_end[size_class] - pool.fresh[size_class]) < size) {
    if (chunks_used == kRangeBytes / kChunkBytes) return from_malloc(size);
    char* chunk = range + chunks_used * kChunkBytes;
    pool.fresh[size_class] = chunk + chunks_used * kColourBytes % kColoursBytes;
    pool.fresh_end[size_class] = chunk + kChunkBytes;
    chunk_class[chunks_used++] = static_cast<uint8_t>(size_class);
  }
  void* block = pool.fresh[size_class];
  pool.fresh[size_class] += size;
  return block;
}

[[gnu::noinline]] void* allocate_slowly(size_t size) {
  if (!is_decided.load(std::memory_order_relaxed)) decide();
  if (!is_owner || size > kPooledMax || size == 0) return from_malloc(size);
  return refill(class_of(size));
}

[[gnu::noinline]] void free_slowly(void* address) {
  if (!is_pooled(address)) return std::free(address);
  auto* block = static_cast<Block*>(address);
  block->next = returned.load(std::memory_order_relaxed);
  while (!returned.compare_exchange_weak(block->next, block, std::memory_order_release)) {
  }
}

}  // namespace

void* operator new(size_t size) {
  const size_t size_class = class_of(size);
  if (is_owner && size_class < kClasses) [[likely]] {
    if (Block* block = pool.free[size_class]) [[likely]] {
      pool.free[size_class] = block->next;
      prefetch(block->next, size_class);
      return block;
    }
  }
  return allocate_slowly(size);
}

void operator delete(void* address) noexcept {
  if (is_owner && is_pooled(address)) return push(static_cast<Block*>(address), class_at(address));
  free_slowly(address);
}

void operator delete(void* address, size_t size) noexcept {
  if (is_owner && is_pooled(address)) [[likely]]
    return push(static_cast<Block*>(address), class_of(size));
  free_slowly(address);
}
