// SPDX-License-Identifier: Apache-2.0
// What a group coordinator keeps in __consumer_offsets, as keys and values of records: committed
// offsets and classic groups, byte for byte as Kafka 4.1 writes them. A record without value takes
// back an earlier one.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/base/result.h"
#include "broker/wire/records_group.h"

namespace faultline::groups {

struct OffsetKey {
  std::string topic;
  int32_t partition = 0;
  auto operator<=>(const OffsetKey&) const = default;
};

struct CommittedOffset {
  int64_t offset = -1;
  int32_t leader_epoch = -1;
  std::string metadata;
  int64_t commit_ms = -1;  // wall time
  Uuid topic_id;           // zero: the client named the topic
  bool operator==(const CommittedOffset&) const = default;
};

struct CoordinatorRecord {
  Slice key;
  std::optional<Slice> value;
};

// Without `offset`: it is forgotten.
CoordinatorRecord offset_record(const std::string& group, const OffsetKey& key,
                                const std::optional<CommittedOffset>& offset);
// Without `value`: the group is gone.
CoordinatorRecord group_record(const std::string& group,
                               const std::optional<wire::GroupMetadataValue>& value);

struct OffsetEntry {
  std::string group;
  OffsetKey key;
  std::optional<CommittedOffset> offset;
};
struct GroupEntry {
  std::string group;
  std::optional<wire::GroupMetadataValue> value;
};
// A record of a kind that this version does not know is kept in the log and passed over.
struct OtherEntry {};
using CoordinatorEntry = std::variant<OtherEntry, OffsetEntry, GroupEntry>;

// kCorrupt if the bytes are not what their number says.
Result<CoordinatorEntry> parse_record(const CoordinatorRecord& record);

}  // namespace faultline::groups
