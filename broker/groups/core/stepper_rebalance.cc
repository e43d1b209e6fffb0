// SPDX-License-Identifier: Apache-2.0
// From one generation to the next: who is waited for, how long, who leads.
#include <algorithm>

#include "broker/base/assert.h"
#include "broker/groups/core/stepper.h"

namespace faultline::groups {

void Stepper::rebalance_or_complete() {
  if (state_.phase == GroupPhase::kPreparingRebalance) {
    complete_join_if_all_there();
  } else if (state_.phase != GroupPhase::kDead) {
    prepare_rebalance();
  }
}

void Stepper::prepare_rebalance() {
  if (state_.phase == GroupPhase::kCompletingRebalance) {
    for (auto& [id, member] : state_.members) member.assignment = Slice();
    release_syncs(Error::kRebalanceInProgress);
  }
  state_.sync_deadline.reset();
  const bool is_first = state_.phase == GroupPhase::kEmpty;
  enter(GroupPhase::kPreparingRebalance);
  if (is_first) {
    // More members are likely on their way (KIP-134).
    const Duration wait = config_.initial_rebalance_delay;
    state_.initial_wait_left = std::max(state_.rebalance_timeout() - wait, Duration{});
    state_.has_newcomers = false;
    state_.join_deadline = moment_.now + wait;
    if (wait == Duration{}) end_initial_wait();
    return;
  }
  state_.join_deadline = moment_.now + state_.rebalance_timeout();
  complete_join_if_all_there();
}

void Stepper::complete_join_if_all_there() {
  if (!state_.initial_wait_left && state_.has_all_joined()) complete_join();
}

void Stepper::end_initial_wait() {
  ASSERT(state_.initial_wait_left.has_value());
  const Duration left = *state_.initial_wait_left;
  if (!state_.has_newcomers || left == Duration{}) {
    state_.initial_wait_left.reset();
    return complete_join();
  }
  state_.has_newcomers = false;
  const Duration wait = std::min(config_.initial_rebalance_delay, left);
  state_.initial_wait_left = left - wait;
  state_.join_deadline = moment_.now + wait;
}

void Stepper::complete_join() {
  state_.join_deadline.reset();
  state_.initial_wait_left.reset();
  // Dynamic members that did not come back are out; static ones keep their place (KIP-345).
  for (auto each = state_.members.begin(); each != state_.members.end();) {
    const Member& member = (each++)->second;
    if (!member.joining && !member.instance_id) remove(std::string(member.id));
  }
  if (!state_.members.empty() && !elect_joined_leader()) {
    // Only static members, none of them here: give them the time again.
    state_.join_deadline = moment_.now + state_.rebalance_timeout();
    return;
  }
  start_generation();
}

// The leader must be one who is told the members.
bool Stepper::elect_joined_leader() {
  const Member* leader = state_.leader ? state_.find(*state_.leader) : nullptr;
  if (leader != nullptr && leader->joining) return true;
  for (const auto& [id, member] : state_.members) {
    if (!member.joining) continue;
    state_.leader = id;
    return true;
  }
  return false;
}

void Stepper::start_generation() {
  ++state_.generation;
  if (state_.members.empty()) {
    state_.protocol.reset();
    enter(GroupPhase::kEmpty);
    return store(false, {});
  }
  state_.protocol = state_.elect_protocol();
  enter(GroupPhase::kCompletingRebalance);
  state_.sync_deadline = moment_.now + state_.rebalance_timeout();
  for (auto& [id, member] : state_.members) {
    member.owes_sync = true;
    member.assignment = Slice();
    if (!member.joining) continue;  // a static member that is away
    member.is_new = false;
    keep_alive(member);
    const RequestId request = *member.joining;
    member.joining.reset();
    tell_generation(member, request);
  }
}

}  // namespace faultline::groups
