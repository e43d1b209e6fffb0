// SPDX-License-Identifier: Apache-2.0
// What a power loss leaves of the operations that were not synced. The platter of a file becomes
// what some legal schedule of write-backs would have left: each sector holds the result of a prefix
// of the operations that touched it, so a later record of the same sector is never there without an
// earlier one, as in a real page cache; different pages may be of different ages (reordering), a
// page may be torn between its sectors, and a sector whose write was under way may hold garbage.
// Durable bytes are never harmed. All choices are keyed by the operation (node, file, number).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/prng.h"
#include "sim/disk/page_cache.h"

namespace faultline::sim {

// Which orders of write-back a file system permits.
enum class DiskOrdering : uint8_t {
  // The disk keeps a prefix of all operations, names included; the one at the cut may be torn.
  kStrictPrefix,
  // Each file keeps a prefix of its operations, torn between pages; names keep a prefix of theirs
  // (a journal). As ext4 with data=ordered.
  kOrdered,
  // Any page may be of any age and torn between sectors, with garbage; sizes and names independent.
  // What POSIX permits.
  kWeak,
};

struct PowerLossRules {
  DiskOrdering ordering = DiskOrdering::kWeak;
  Ratio keep = {1, 2};      // chance that an unsynced page or name had become durable by itself
  Ratio reorder = {1, 2};   // kWeak: chance that a file's survivors are any subset, not a prefix
  Ratio torn = {1, 10};     // chance that a surviving page, or the write at the cut, is torn
  bool has_garbage = true;  // kWeak: a torn sector may hold noise
  Ratio keep_everything = {1, 10};  // chance that all operations had become durable
  uint64_t page_bytes = kPageBytes;
  uint64_t sector_bytes = kSectorBytes;
};

// What one file lost.
struct FileLoss {
  uint64_t file = 0;  // identity
  std::string path;
  uint64_t size_before = 0;
  uint64_t size_after = 0;
  uint64_t operations = 0;  // not applied, or not wholly
  std::vector<ByteRange>
      lost;  // cached bytes that are not on the platter, or no longer in the file
  std::vector<ByteRange> garbage;
  uint64_t lost_bytes() const;
};

// How the pending operations of one file end up. A version v of a place means that the first v
// pending operations count there.
struct LossPlan {
  struct Run {
    ByteRange place;
    uint32_t version = 0;
    bool is_garbage = false;
  };
  std::vector<Run> runs;         // ascending, disjoint
  uint32_t default_version = 0;  // of every place that no run covers
  uint64_t size = 0;
};

// How many of `count` operations survive as a prefix: uniform for keep = 1/2, else shifted.
uint32_t draw_prefix(uint32_t count, Ratio keep, Draws& draws);

// The plan in which the first `version` operations land and, of the next, what lies before `tear`
// (a number of bytes of it).
LossPlan plan_prefix(const CachedFile& file, uint32_t version, uint64_t tear_bytes);
// The plan in which the operations of the disk before `sequence` land, and the next one up to tear.
LossPlan plan_before(const CachedFile& file, uint64_t sequence, uint64_t tear_bytes);
// Chooses under kOrdered or kWeak. `seed` names the disk, `identity` the file.
LossPlan plan_loss(const CachedFile& file, const PowerLossRules& rules, uint64_t seed,
                   uint64_t identity);
// Carries the plan out: pending operations are gone, memory is empty.
FileLoss lose_power(CachedFile& file, const LossPlan& plan, uint64_t seed, uint64_t identity);

}  // namespace faultline::sim
