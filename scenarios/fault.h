// SPDX-License-Identifier: Apache-2.0
// The faults that a scenario can ask for: one flat struct, in which each kind reads only the
// fields that its comment names; the validator refuses the others. schema/description.cc is where
// their names, defaults and ranges are written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/prng.h"
#include "broker/base/time.h"
#include "scenarios/cluster.h"

namespace faultline::scenarios {

// Which way a network fault works, seen from its node.
enum class Direction : uint8_t { kBoth, kIn, kOut };

enum class FaultKind : uint8_t {
  kKill,               // process ends, page cache stays: restart_after
  kPowerLoss,          // unsynced data is lost: restart_after, keep, reorder, torn
  kFsyncError,         // fsync fails and drops the dirty pages: times, files
  kReadError,          // EIO on read: times, files
  kWriteError,         // EIO on write: times, files
  kLatentSectorError,  // sectors that cannot be read until they are written again: times, files
  kBitRot,             // bits that flip on the platter: times, files
  kMisdirectedWrite,   // a write that lands at a wrong sector: times, files
  kDiskFull,           // ENOSPC: after_bytes, duration
  kDiskStall,          // no disk operation completes: duration
  kClockStep,          // the wall clock jumps: by
  kClockDrift,         // both clocks run fast or slow: ppm, duration
  kClockFreeze,        // both clocks stand still: duration
  kConnectionReset,    // open connections are reset: peer
  kLinkStall,          // bytes stay in flight: peer, direction, duration
  kLinkSlow,           // every segment takes longer: peer, direction, latency, duration
  kRefuseConnections,  // new connections are refused, or hang if `hang`: peer, hang, duration
  kHalfOpen,           // the other end vanishes without a word: peer, duration
  kStop,               // process is asked to end, and does in good order: restart_after
};
inline constexpr int kFaultKinds = 19;

struct Fault {
  // In the timeline: names the fault and keys its draws, so that it stays what it is when others
  // are taken out; 0: its place in the list, counted from 1.
  int64_t id = 0;
  FaultKind kind = FaultKind::kKill;
  std::string node;  // id of a broker or client
  std::string peer;  // id of the other end of a network fault; empty means everybody

  // When, since the start of the run: drawn from [at, at_latest], equal for a fixed instant.
  Duration at;
  Duration at_latest;
  Duration duration = seconds(1);                      // "for" in the file
  std::optional<Duration> restart_after = seconds(1);  // none: down until the faults are healed

  Ratio keep{1, 2};         // chance that an unsynced page had reached the platter by itself
  Ratio reorder{1, 2};      // chance that survivors are any subset of the writes, not a prefix
  Ratio torn{1, 10};        // chance that a surviving page is torn between two sectors
  int64_t times = 1;        // operations, sectors or bits to hit
  std::string files;        // only files whose name ends so (".log"); empty means any
  int64_t after_bytes = 0;  // bytes that still fit before the disk is full
  Duration by;              // may be negative
  int64_t ppm = 0;          // may be negative
  Latency latency{milliseconds(50), milliseconds(500)};
  Direction direction = Direction::kBoth;
  bool hang = false;
};

// How a seed spends the budget: kFull all of it; kSwarm a random subset of the kinds, each up to
// its maximum, so that seeds differ in character; one seed in ten then has no fault at all, and
// settings are drawn tiny or huge (run/knobs.h).
enum class FaultProfile : uint8_t { kFull, kSwarm };

// At most `count` faults like `fault`; when is drawn from the window of RandomFaults, and the node
// from all brokers where fault.node is empty.
struct FaultBudget {
  int64_t count = 0;
  Fault fault;
};

// Whether a plan may destroy the last copy of a record whose ack promised no more (run/budget.h).
enum class FaultLimit : uint8_t {
  kAny,       // it may: what the acks promised decides what such a loss is
  kInBudget,  // no: what would is left out, and then nothing acknowledged may be lost at all
};

struct RandomFaults {
  FaultProfile profile = FaultProfile::kFull;
  FaultLimit limit = FaultLimit::kAny;
  bool knobs = true;  // swarm also draws settings, and what the budget leaves open, tiny or huge
  Duration from = seconds(1);
  Duration quiet_after;             // no random fault begins later; default: end of the run
  std::vector<FaultBudget> budget;  // ordered by kind, each kind at most once
};

struct Faults {
  std::vector<Fault> timeline;
  RandomFaults random;
};

std::string_view fault_kind_name(FaultKind kind);  // "power_loss", as in a scenario file

}  // namespace faultline::scenarios
