// SPDX-License-Identifier: Apache-2.0
// DiskFaults: the declared faults of one disk and what they really did. A fault says what happens
// to which paths, when and how likely; whether it hits an operation is a draw keyed by (disk,
// fault, file, operation), so that taking one fault out changes nothing about the others. Effects
// are counted by fault: a fault that nobody felt proves nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/prng.h"
#include "broker/base/time.h"

namespace faultline::sim {

enum class DiskFaultKind : uint8_t {
  // While the fault is active, of each operation that it hits:
  kReadError,   // EIO
  kWriteError,  // EIO; a prefix may have been written
  kSyncError,   // EIO, and the dirty pages of the file are forgotten: the next sync succeeds
  kNameError,   // EIO of open-create, rename, remove, make directory, sync directory
  kReadOnly,    // every change of bytes or names is refused
  kNoSpace,     // only `amount` more bytes fit from now on; a write takes the prefix that fits
  kStall,       // the operation does not go on before the fault ends
  kSlow,        // takes `amount` times as long
  kMisdirectedWrite,  // one page of the write lands elsewhere when it is written back
  kLostWrite,         // never lands, although the sync reports success
  // At `from`, once. Damaged pages leave the cache, so that somebody can meet the damage:
  kLatentSectorError,  // `amount` sectors on the platter cannot be read until they are rewritten
  kBitRot,             // `amount` bits on the platter flip
  kCacheEviction,      // all clean pages of each file that it hits leave the page cache
};
constexpr bool happens_once(DiskFaultKind kind) {
  return kind >= DiskFaultKind::kLatentSectorError;
}
std::string_view to_string(DiskFaultKind kind);

struct DiskFaultSpec {
  uint64_t id = 0;  // unique on its disk; the identity of its draws
  DiskFaultKind kind = DiskFaultKind::kReadError;
  std::string paths = "*";  // '*' is any sequence of characters, '?' any one
  Instant from{};
  Instant until = Instant::far_future();  // first moment without it
  Ratio probability = {1, 1};             // of each operation, sector, bit or file
  uint64_t nth = 0;                       // > 0: hits only the nth operation that it could hit
  uint64_t hits_max = 0;                  // > 0: ends after so many hits
  uint64_t amount = 1;
};

// '*' is any sequence of characters ('/' included), '?' any one.
bool matches_pattern(std::string_view pattern, std::string_view path);

struct DiskFaultEffects {
  uint64_t hits = 0;      // operations, sectors, bits or files that it was applied to
  uint64_t observed = 0;  // times that a process or a power loss met the effect
  uint64_t bytes = 0;     // bytes concerned in those
  bool operator==(const DiskFaultEffects&) const = default;
};

class DiskFaults {
 public:
  // `seed` names the disk.
  explicit DiskFaults(uint64_t seed) : seed_(seed) {}

  // Asserts that the id is new.
  void inject(DiskFaultSpec spec);
  // Ends the fault at once; its effects stay on record. Unknown ids are ignored.
  void end(uint64_t id);

  // One operation, as faults see it. `number` counts operations of this kind on this file.
  struct Subject {
    uint64_t file = 0;
    std::string path;
    uint64_t number = 0;
    Instant time{};
  };
  bool has_any() const { return kinds_ != 0; }
  bool has(DiskFaultKind kind) const { return (kinds_ >> static_cast<int>(kind) & 1) != 0; }
  // The first injected fault of `kind` that hits the operation, counted as a hit; nullptr for none.
  const DiskFaultSpec* strike(DiskFaultKind kind, const Subject& subject);
  // The active fault that holds the operation up the longest; no draw is made or hit counted.
  const DiskFaultSpec* find_active(DiskFaultKind kind, std::string_view path, Instant time) const;
  // Faults of the kinds that happen once whose time has come; each is handed out once.
  std::vector<DiskFaultSpec> take_due(Instant time);
  bool has_due(Instant time) const { return time >= next_due_; }

  // Draws of a fault about one file, e.g. which sector.
  Draws draws(uint64_t fault, uint64_t file) const;
  void count_hits(uint64_t fault, uint64_t hits) { effects_[fault].hits += hits; }
  void count_observed(uint64_t fault, uint64_t bytes) { count_observed(fault, 1, bytes); }
  void count_observed(uint64_t fault, uint64_t times, uint64_t bytes);
  DiskFaultEffects effects(uint64_t fault) const;
  const std::map<uint64_t, DiskFaultEffects>& all_effects() const { return effects_; }

 private:
  struct Rule {
    DiskFaultSpec spec;
    uint64_t candidates = 0;  // operations that it could have hit
    uint64_t hits = 0;
    bool is_over = false;
  };
  static bool is_active(const Rule& rule, Instant time);
  void index();

  const uint64_t seed_;
  std::vector<Rule> rules_;
  uint64_t kinds_ = 0;  // bit set of the kinds that have a rule not over
  Instant next_due_ = Instant::far_future();
  std::map<uint64_t, DiskFaultEffects> effects_;
};

}  // namespace faultline::sim
