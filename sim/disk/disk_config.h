// SPDX-License-Identifier: Apache-2.0
// What one simulated disk is like, and what it reports of a power loss.
#pragma once

#include <vector>

#include "sim/disk/directory_tree.h"
#include "sim/disk/power_loss.h"

namespace faultline::sim {

constexpr Duration kNever{INT64_MAX};

// An operation older than `write_back_after` has become durable by itself, a change of names older
// than `commit_names_after`; both are settled when somebody looks.
struct DiskConfig {
  uint64_t capacity_bytes = uint64_t{1} << 40;
  PowerLossRules power_loss;
  Duration write_back_after = seconds(30);
  Duration commit_names_after = kNever;  // ext4: 5 s
};

struct PowerLossReport {
  bool kept_everything = false;
  std::vector<FileLoss> files;  // only those that lost something, in order of their identity
  std::vector<NameLoss> names;
  std::vector<FileLoss> vanished;  // files that had a name and have none any more; wholly lost
};

// Everything before a point in the life of the disk; what a sync that starts there makes durable.
struct SyncPoint {
  uint64_t number = 0;    // of the file
  uint64_t sequence = 0;  // of the disk
};

}  // namespace faultline::sim
