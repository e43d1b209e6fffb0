// SPDX-License-Identifier: Apache-2.0
// The safety rules of a classic group, one switch each (design decision D3). All on, as in Kafka; a
// test or a museum entry switches one off and names the property that must then break.
#pragma once

namespace faultline::groups {

struct GroupRules {
  // A member of an older generation may neither heartbeat, sync nor commit (error 22).
  bool fence_old_generation = true;
  // The leader's assignment is in the log before any member learns it; else a new coordinator gives
  // members of one generation two assignments.
  bool store_assignment_before_answer = true;
  // A process that takes over a group.instance.id locks the former one out (KIP-345, error 82).
  bool fence_replaced_instance = true;
  // No commit between the join and the assignment of a generation: who owns a partition is open.
  bool refuse_commit_until_assigned = true;
  // A dynamic member first learns its id, then joins with it (KIP-394); else each lost answer
  // leaves a ghost that holds up rebalances.
  bool require_member_id = true;

  bool operator==(const GroupRules&) const = default;
};

}  // namespace faultline::groups
