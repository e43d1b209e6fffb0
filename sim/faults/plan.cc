// SPDX-License-Identifier: Apache-2.0
// Names of the fault kinds.
#include "sim/faults/plan.h"

#include "broker/base/assert.h"

namespace faultline::sim {

std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::kKill: return "kill";
    case FaultKind::kPowerLoss: return "power_loss";
    case FaultKind::kFsyncError: return "fsync_error";
    case FaultKind::kReadError: return "read_error";
    case FaultKind::kWriteError: return "write_error";
    case FaultKind::kLatentSectorError: return "latent_sector_error";
    case FaultKind::kBitRot: return "bit_rot";
    case FaultKind::kMisdirectedWrite: return "misdirected_write";
    case FaultKind::kDiskFull: return "disk_full";
    case FaultKind::kDiskStall: return "disk_stall";
    case FaultKind::kClockStep: return "clock_step";
    case FaultKind::kClockDrift: return "clock_drift";
    case FaultKind::kClockFreeze: return "clock_freeze";
    case FaultKind::kConnectionReset: return "connection_reset";
    case FaultKind::kLinkStall: return "link_stall";
    case FaultKind::kLinkSlow: return "link_slow";
    case FaultKind::kRefuseConnections: return "refuse_connections";
    case FaultKind::kHalfOpen: return "half_open";
    case FaultKind::kStop: return "stop";
  }
  UNREACHABLE();
}

}  // namespace faultline::sim
