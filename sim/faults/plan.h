// SPDX-License-Identifier: Apache-2.0
// FaultPlan: what will go wrong in a run, as plain data with absolute times and node numbers, made
// before the run and editable (design decision D5). A fault keeps its id when others are taken out
// of the plan, and every draw that it makes is keyed by that id, so what remains happens as before.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/ids.h"
#include "broker/base/prng.h"
#include "broker/base/time.h"

namespace faultline::sim {

enum class FaultKind : uint8_t {
  kKill,               // the process ends; the page cache stays
  kPowerLoss,          // the machine stops; unsynced data is lost as keep, reorder and torn say
  kFsyncError,         // fsync fails and drops the dirty pages
  kReadError,          // EIO
  kWriteError,         // EIO
  kLatentSectorError,  // sectors that cannot be read until they are written again
  kBitRot,             // bits that flip on the platter
  kMisdirectedWrite,   // a write that lands at a wrong sector
  kDiskFull,           // ENOSPC after `after_bytes` more
  kDiskStall,          // no disk operation completes
  kClockStep,          // the wall clock jumps by `by`
  kClockDrift,         // both clocks run `ppm` fast or slow
  kClockFreeze,        // both clocks stand still
  kConnectionReset,    // open connections to `peer` are reset
  kLinkStall,          // bytes stay in flight
  kLinkSlow,           // every segment takes longer
  kRefuseConnections,  // new connections are refused, or hang
  kHalfOpen,           // the other end vanishes without a word
  kStop,               // the process is asked to end and does so in good order
};
constexpr int kFaultKinds = 19;

std::string_view to_string(FaultKind kind);  // "power_loss", as scenario files say it

enum class LinkDirection : uint8_t { kBoth, kIn, kOut };  // seen from the fault's node

// One flat struct; each kind reads the fields that its comment above and below names.
struct PlannedFault {
  uint32_t id = 0;  // 1.. ; unique in the plan and stable under edits of it
  FaultKind kind = FaultKind::kKill;
  NodeId node;
  NodeId peer;                            // network faults; none (-1) means every other node
  Instant at;                             // true time
  Duration duration;                      // of faults that last; 0 until healed
  std::optional<Duration> restart_after;  // kill, power loss, stop; none: down until healed
  Ratio keep{1, 2};                       // power loss
  Ratio reorder{1, 2};                    // power loss
  Ratio torn{1, 10};                      // power loss
  int64_t times = 1;                      // operations, sectors or bits to hit
  std::string files;                      // only files whose name ends so; empty: any
  int64_t after_bytes = 0;                // disk full
  Duration by;                            // clock step
  int64_t ppm = 0;                        // clock drift
  Duration latency_p50, latency_p99;      // link slow: added
  LinkDirection direction = LinkDirection::kBoth;
  bool hang = false;  // refuse connections
};

struct FaultPlan {
  std::vector<PlannedFault> faults;  // ordered by (at, id)
};

// What a fault was seen to do. A fault without any effect proves nothing and must not count as
// coverage.
struct FaultEffects {
  uint32_t fault = 0;
  uint64_t count = 0;  // operations failed, segments held, frames destroyed, ...
  uint64_t bytes = 0;  // dropped, torn, corrupted; 0 where bytes do not apply
  bool operator==(const FaultEffects&) const = default;
};

}  // namespace faultline::sim
