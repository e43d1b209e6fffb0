// SPDX-License-Identifier: Apache-2.0
// Which leader epoch wrote which offsets of a log (KIP-101): for each epoch the offset of its first
// record. Strictly increasing in both (B24). Pure; the log keeps it in the file
// leader-epoch-checkpoint, "0\n<count>\n<epoch> <start offset>\n".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/ids.h"
#include "broker/base/result.h"

namespace faultline::log {

struct EpochStart {
  LeaderEpoch epoch = 0;
  Offset start_offset = 0;
  bool operator==(const EpochStart&) const = default;
};

struct EpochEnd {
  LeaderEpoch epoch = -1;
  Offset end_offset = -1;
  bool operator==(const EpochEnd&) const = default;
};

class LeaderEpochCache {
 public:
  // Records that `epoch` writes from `start_offset` on. True if that was news. Later entries that
  // contradict it are dropped.
  bool assign(LeaderEpoch epoch, Offset start_offset);
  // The same, but an epoch at or below the latest says nothing.
  bool assign_if_newer(LeaderEpoch epoch, Offset start_offset) {
    return epoch > latest().value_or(-1) && assign(epoch, start_offset);
  }
  std::optional<LeaderEpoch> latest() const;
  std::optional<LeaderEpoch> epoch_of(Offset offset) const;
  // Kafka's OffsetForLeaderEpoch: the largest epoch at or below `epoch` and where it ends.
  EpochEnd end_of(LeaderEpoch epoch, Offset log_end) const;

  // The log now ends at `end_offset`; true if that changed anything.
  bool truncate_from_end(Offset end_offset);
  // The log now starts at `start_offset`.
  bool truncate_from_start(Offset start_offset);
  void clear() { entries_.clear(); }

  const std::vector<EpochStart>& entries() const { return entries_; }
  bool operator==(const LeaderEpochCache&) const = default;

  std::string format() const;
  static Result<LeaderEpochCache> parse(std::string_view text);

 private:
  std::vector<EpochStart> entries_;
};

}  // namespace faultline::log
