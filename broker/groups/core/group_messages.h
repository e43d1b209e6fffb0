// SPDX-License-Identifier: Apache-2.0
// What goes into the core of a group and what comes out. Every input but Tick and Stored carries
// the RequestId under which its reply comes out, at once or in a later step.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "broker/groups/core/group_state.h"
#include "broker/wire/error_codes.h"
#include "broker/wire/records_group.h"

namespace faultline::groups {

// Who speaks. An empty member_id is a client that has none yet.
struct Sender {
  std::string member_id;
  std::optional<std::string> instance_id;
  bool operator==(const Sender&) const = default;
};

struct Join {
  RequestId request = 0;
  Sender sender;
  std::string client_id;
  std::string client_host;
  Duration session_timeout;
  Duration rebalance_timeout;
  std::string protocol_type;
  std::vector<Protocol> protocols;
  bool can_learn_id = true;         // v4 and later
  bool can_skip_assignment = true;  // v9 and later
  std::string fresh_member_id;      // unique; used if the sender has none
};
struct Sync {
  RequestId request = 0;
  Sender sender;
  int32_t generation = -1;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol;
  std::map<std::string, Slice> assignments;  // from the leader
};
struct Heartbeat {
  RequestId request = 0;
  Sender sender;
  int32_t generation = -1;
};
struct Leave {
  RequestId request = 0;
  std::vector<Sender> members;
};
// May this sender commit offsets now? A simple consumer has generation -1 and no id.
struct CommitCheck {
  RequestId request = 0;
  Sender sender;
  int32_t generation = -1;
};
// DeleteGroups: only an empty group goes.
struct Delete {
  RequestId request = 0;
};
// Time has come to next_deadline().
struct Tick {};
// The write asked for by Store is in the log, or failed.
struct Stored {
  uint64_t id = 0;
  wire::KafkaError error = wire::KafkaError::kNone;
};
using Input = std::variant<Join, Sync, Heartbeat, Leave, CommitCheck, Delete, Tick, Stored>;

struct JoinedMember {
  std::string id;
  std::optional<std::string> instance_id;
  Slice metadata;
  bool operator==(const JoinedMember&) const = default;
};
struct JoinReply {
  RequestId request = 0;
  wire::KafkaError error = wire::KafkaError::kNone;
  int32_t generation = -1;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol;
  std::string leader;
  std::string member_id;
  bool skip_assignment = false;
  std::vector<JoinedMember> members;  // for the leader
  bool operator==(const JoinReply&) const = default;
};
struct SyncReply {
  RequestId request = 0;
  wire::KafkaError error = wire::KafkaError::kNone;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol;
  Slice assignment;
  bool operator==(const SyncReply&) const = default;
};
// Answers Heartbeat, CommitCheck and Delete; Leave has one error for each member beside.
struct PlainReply {
  RequestId request = 0;
  wire::KafkaError error = wire::KafkaError::kNone;
  std::vector<wire::KafkaError> members;
  bool operator==(const PlainReply&) const = default;
};
// Write this record of the group, then step with Stored.
struct Store {
  uint64_t id = 0;
  wire::GroupMetadataValue record;
  bool operator==(const Store&) const = default;
};
using Output = std::variant<JoinReply, SyncReply, PlainReply, Store>;
using Outputs = std::vector<Output>;

}  // namespace faultline::groups
