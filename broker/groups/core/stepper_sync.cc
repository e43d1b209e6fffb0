// SPDX-License-Identifier: Apache-2.0
// The leader's assignment: stored first, then handed out.
#include "broker/groups/core/stepper.h"

namespace faultline::groups {

void Stepper::on(const Sync& sync) {
  const auto refuse = [&](Error error) {
    outputs_.push_back(SyncReply{sync.request, error, std::nullopt, std::nullopt, Slice()});
  };
  const Error known = check_sender(sync.sender);
  if (known != Error::kNone) return refuse(known);
  if (rules_.fence_old_generation && sync.generation != state_.generation)
    return refuse(Error::kIllegalGeneration);
  const bool differs = (sync.protocol_type && sync.protocol_type != state_.protocol_type) ||
                       (sync.protocol && sync.protocol != state_.protocol);
  if (differs) return refuse(Error::kInconsistentGroupProtocol);

  Member& member = state_.members.at(sync.sender.member_id);
  switch (state_.phase) {
    case GroupPhase::kEmpty:
    case GroupPhase::kDead: return refuse(Error::kUnknownMemberId);
    case GroupPhase::kPreparingRebalance: return refuse(Error::kRebalanceInProgress);
    case GroupPhase::kStable:
      member.owes_sync = false;
      keep_alive(member);
      return answer_sync(member, sync.request, Error::kNone);
    case GroupPhase::kCompletingRebalance: break;
  }
  member.owes_sync = false;
  if (member.syncing) answer_sync(member, *member.syncing, Error::kRebalanceInProgress);
  member.syncing = sync.request;
  const bool is_decided = state_.storing && state_.storing->is_assignment &&
                          state_.storing->generation == state_.generation;
  if (state_.is_leader(member.id) && !is_decided) store(true, sync.assignments);
}

void Stepper::store(bool is_assignment, std::map<std::string, Slice> assignments) {
  wire::GroupMetadataValue record = record_of(state_);
  for (wire::GroupMetadataValue::MemberMetadata& member : record.members) {
    const auto found = assignments.find(member.member_id);
    if (is_assignment) member.assignment = found == assignments.end() ? Slice() : found->second;
  }
  state_.storing = PendingStore{++state_.last_store, state_.generation, is_assignment, assignments};
  outputs_.push_back(Store{state_.last_store, std::move(record)});
  if (is_assignment && !rules_.store_assignment_before_answer) assign(assignments);
}

void Stepper::on(const Stored& stored) {
  if (!state_.storing || state_.storing->id != stored.id) return;  // a later one took its place
  const PendingStore done = std::move(*state_.storing);
  state_.storing.reset();
  const bool is_awaited = done.is_assignment && done.generation == state_.generation &&
                          state_.phase == GroupPhase::kCompletingRebalance;
  if (!is_awaited) return;
  if (stored.error == Error::kNone) return assign(done.assignments);
  for (auto& [id, member] : state_.members) member.assignment = Slice();
  release_syncs(stored.error);
  prepare_rebalance();
}

void Stepper::assign(const std::map<std::string, Slice>& assignments) {
  for (auto& [id, member] : state_.members) {
    const auto found = assignments.find(id);
    member.assignment = found == assignments.end() ? Slice() : found->second;
  }
  enter(GroupPhase::kStable);
  release_syncs(Error::kNone);
}

// Answers all who wait for their assignment.
void Stepper::release_syncs(Error error) {
  for (auto& [id, member] : state_.members) {
    if (!member.syncing) continue;
    const RequestId request = *member.syncing;
    member.syncing.reset();
    keep_alive(member);
    answer_sync(member, request, error);
  }
}

void Stepper::answer_sync(Member& member, RequestId request, Error error) {
  SyncReply reply;
  reply.request = request;
  reply.error = error;
  if (error == Error::kNone) {
    reply.protocol_type = state_.protocol_type;
    reply.protocol = state_.protocol;
    reply.assignment = member.assignment;
  }
  outputs_.push_back(std::move(reply));
}

}  // namespace faultline::groups
