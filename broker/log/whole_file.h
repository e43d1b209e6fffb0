// SPDX-License-Identifier: Apache-2.0
// Small files that are read and replaced as a whole: checkpoints, snapshots, metadata. Replacing is
// write a temporary, fsync, rename, fsync the directory: after any crash the old or the new content
// is there.
#pragma once

#include <string>

#include "broker/base/bytes.h"
#include "broker/env/disk.h"
#include "broker/env/task.h"
#include "broker/log/storage_rules.h"

namespace faultline::log {

// kTooLarge beyond `bytes_max`: nothing is allocated by the size that a file happens to have.
Task<Result<Slice>> read_file(Disk& disk, std::string path, size_t bytes_max);

Task<Result<void>> replace_file(Disk& disk, StorageRules rules, std::string directory,
                                std::string name, Slice content);

// B34: the names made, renamed or removed in `directory` so far become durable.
Task<Result<void>> sync_names(Disk& disk, StorageRules rules, std::string directory);

}  // namespace faultline::log
