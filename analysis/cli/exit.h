// SPDX-License-Identifier: Apache-2.0
// What the process leaves with.
#pragma once

namespace faultline::cli {

// Of the process; a superset of what test runners expect.
enum class Exit : int {
  kHeld = 0,
  kViolated = 1,
  kUnknown = 2,
  kDiverged = 3,  // a replay, or two runs of one seed
  kBadUsage = 64,
  kNoInput = 66,
  kToolBug = 70,
  kInterrupted = 130,
};

}  // namespace faultline::cli
