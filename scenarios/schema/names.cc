// SPDX-License-Identifier: Apache-2.0
// The names that enums have in a scenario file.
#include "broker/base/assert.h"
#include "scenarios/scenario.h"

namespace faultline::scenarios {

namespace {

constexpr std::string_view kFaultKindNames[] = {
    "kill",         "power_loss",         "fsync_error",
    "read_error",   "write_error",        "latent_sector_error",
    "bit_rot",      "misdirected_write",  "disk_full",
    "disk_stall",   "clock_step",         "clock_drift",
    "clock_freeze", "connection_reset",   "link_stall",
    "link_slow",    "refuse_connections", "half_open",
};
static_assert(std::size(kFaultKindNames) == kFaultKinds);
static_assert(static_cast<int>(FaultKind::kHalfOpen) == kFaultKinds - 1);

}  // namespace

std::string_view fault_kind_name(FaultKind kind) {
  ASSERT_OP(static_cast<int>(kind), <, kFaultKinds);
  return kFaultKindNames[static_cast<int>(kind)];
}

}  // namespace faultline::scenarios
