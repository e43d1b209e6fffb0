// SPDX-License-Identifier: Apache-2.0
// The coordinator's side of the classic group protocol as a pure machine (design decision D2):
// inputs and time in, replies and writes out. Follows Kafka 4.1's ClassicGroup; the new consumer
// protocol (KIP-848) will be a core beside this one. Hosts: broker/groups and the model explorer.
#pragma once

#include "broker/groups/core/group_messages.h"
#include "broker/groups/core/group_rules.h"
#include "broker/groups/core/group_state.h"

namespace faultline::groups {

// What a step may know of the world.
struct Moment {
  Instant now;          // monotonic
  int64_t wall_ms = 0;  // goes into records only
};

struct GroupConfig {
  Duration initial_rebalance_delay = seconds(3);       // group.initial.rebalance.delay.ms
  Duration min_session_timeout = milliseconds(6'000);  // group.min.session.timeout.ms
  Duration max_session_timeout = milliseconds(1'800'000);
  int32_t max_size = INT32_MAX;                   // group.max.size
  Duration newcomer_join_timeout = seconds(300);  // a new member that waits for its first answer
};

// Replies come out in the order in which they are to be sent.
Outputs step(GroupState& state, const GroupRules& rules, const GroupConfig& config,
             const Moment& moment, const Input& input);

// The record that restores the group with its present members and assignments.
wire::GroupMetadataValue record_of(const GroupState& state);
// A group as its last record says, on a coordinator that just loaded it: sessions begin anew.
GroupState restore(std::string id, const wire::GroupMetadataValue& record, Instant now);

}  // namespace faultline::groups
