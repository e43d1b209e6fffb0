// SPDX-License-Identifier: Apache-2.0
// The state of one classic consumer group (KIP-62, KIP-345, KIP-394): plain data, cheap to copy and
// to compare. group_core.h steps it; nothing here waits or knows a clock. Times are points of the
// coordinator's monotonic clock.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/time.h"

namespace faultline::groups {

// The host's name for a request that waits for an answer.
using RequestId = uint64_t;

enum class GroupPhase : uint8_t {
  kEmpty,                // no members; offsets may be there
  kPreparingRebalance,   // waits for members to join
  kCompletingRebalance,  // waits for the leader's assignment
  kStable,
  kDead,  // deleted; only requests that still hold it see it
};
const char* to_string(GroupPhase phase);  // as DescribeGroups says it

// One way of assigning partitions that a member offers, most preferred first.
struct Protocol {
  std::string name;
  Slice metadata;
  bool operator==(const Protocol&) const = default;
};

struct Member {
  std::string id;
  std::optional<std::string> instance_id;  // group.instance.id of a static member
  std::string client_id;
  std::string client_host;
  Duration session_timeout;
  Duration rebalance_timeout;
  std::vector<Protocol> protocols;
  Slice assignment;
  std::optional<RequestId> joining;  // its JoinGroup waits
  std::optional<RequestId> syncing;  // its SyncGroup waits
  Instant session_deadline;
  bool is_new = true;      // has not seen a generation yet
  bool owes_sync = false;  // was told the generation and has not asked for its assignment

  bool supports(const std::string& protocol) const;
  Slice metadata_of(const std::string& protocol) const;  // empty if not supported
  bool operator==(const Member&) const = default;
};

// A write of the group's metadata that the host has under way.
struct PendingStore {
  uint64_t id = 0;
  int32_t generation = 0;
  bool is_assignment = false;
  std::map<std::string, Slice> assignments;  // by member
  bool operator==(const PendingStore&) const = default;
};

struct GroupState {
  std::string id;
  GroupPhase phase = GroupPhase::kEmpty;
  int64_t phase_since_ms = -1;  // wall time, as stored
  int32_t generation = 0;
  std::optional<std::string> protocol_type;  // "consumer", "connect"; none before the first member
  std::optional<std::string> protocol;       // chosen for this generation
  std::optional<std::string> leader;
  std::map<std::string, Member> members;         // by id
  std::map<std::string, std::string> instances;  // group.instance.id -> member id
  std::map<std::string, Instant> promised_ids;   // given out (KIP-394), not yet joined: until when

  // PreparingRebalance ends at this time at the latest.
  std::optional<Instant> join_deadline;
  // The first rebalance of an empty group waits for more members (KIP-134): how long it still may.
  std::optional<Duration> initial_wait_left;
  bool has_newcomers = false;  // since that wait was last prolonged
  std::optional<Instant> sync_deadline;
  std::optional<PendingStore> storing;
  uint64_t last_store = 0;

  const Member* find(const std::string& member_id) const;
  bool is_leader(const std::string& member_id) const { return leader == member_id; }
  bool has_all_joined() const;
  // The longest time that a member may take to rejoin.
  Duration rebalance_timeout() const;
  // Whether a member with these protocols can be in the group.
  bool accepts(const std::string& type, const std::vector<Protocol>& protocols) const;
  // The protocol that all support and most prefer; among equals the first by name.
  std::string elect_protocol() const;
  // When the core wants to be stepped with Tick next.
  std::optional<Instant> next_deadline() const;

  bool operator==(const GroupState&) const = default;
};

}  // namespace faultline::groups
