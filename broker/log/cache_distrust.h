// SPDX-License-Identifier: Apache-2.0
// What a failed fsync leaves behind: pages that reads still find in the cache, that count as clean,
// and that the platter does not hold (fsyncgate, B31). A process that restarts on the same machine
// recovers them, and a later fsync that succeeds says nothing about them; of a file that recovery
// cut, it finds the new end and the platter has the old. So the log that failed leaves a marker,
// and the next start writes the affected segments anew. The marker itself is never synced: it lives
// in the page cache exactly as long as the pages that it warns of. A process that is killed between
// the failure and the marker leaves none. (To write what lies behind the recovery point again in
// place, after every kill, would close that gap and open a wider one: a power loss in the middle of
// it may tear what was durable.)
#pragma once

#include <string>
#include <string_view>

#include "broker/env/disk.h"
#include "broker/env/task.h"
#include "broker/log/storage_rules.h"

namespace faultline::log {

inline constexpr std::string_view kUnsyncedMarkerFile = "fsync-failed";

// Best effort: a disk that cannot even make a name will not start a broker either.
Task<void> leave_unsynced_marker(Disk* disk, std::string directory);

// Replaces the file by a copy of what can be read of it, synced before it takes the name.
Task<Result<void>> write_anew(Disk* disk, StorageRules rules, std::string directory,
                              std::string name);

}  // namespace faultline::log
