// SPDX-License-Identifier: Apache-2.0
// The entrance of the core, its small steps, and the group as a record.
#include "broker/groups/core/group_core.h"

#include "broker/groups/core/stepper.h"

namespace faultline::groups {

Outputs step(GroupState& state, const GroupRules& rules, const GroupConfig& config,
             const Moment& moment, const Input& input) {
  Stepper stepper(state, rules, config, moment);
  std::visit([&stepper](const auto& each) { stepper.on(each); }, input);
  return stepper.take();
}

void Stepper::on(const Heartbeat& heartbeat) {
  Error error = check_sender(heartbeat.sender);
  const bool is_old = rules_.fence_old_generation && heartbeat.generation != state_.generation;
  if (error == Error::kNone && is_old) error = Error::kIllegalGeneration;
  if (error == Error::kNone && state_.phase == GroupPhase::kEmpty) error = Error::kUnknownMemberId;
  if (error == Error::kNone) {
    keep_alive(state_.members.at(heartbeat.sender.member_id));
    if (state_.phase == GroupPhase::kPreparingRebalance) error = Error::kRebalanceInProgress;
  }
  answer(heartbeat.request, error);
}

// ClassicGroup.validateOffsetCommit: in PreparingRebalance a commit is welcome, for a member that
// is about to give up partitions wants to say how far it came.
void Stepper::on(const CommitCheck& check) {
  const bool is_simple = check.generation < 0;
  const bool names_nobody = check.sender.member_id.empty() && !check.sender.instance_id;
  if (is_simple && names_nobody && state_.phase == GroupPhase::kEmpty)
    return answer(check.request, Error::kNone);
  Error error =
      state_.phase == GroupPhase::kEmpty && is_simple ? Error::kNone : check_sender(check.sender);
  const bool is_old = rules_.fence_old_generation && check.generation != state_.generation;
  if (error == Error::kNone && is_old) error = Error::kIllegalGeneration;
  const bool is_open =
      rules_.refuse_commit_until_assigned && state_.phase == GroupPhase::kCompletingRebalance;
  if (error == Error::kNone && is_open) error = Error::kRebalanceInProgress;
  if (error == Error::kNone && !check.sender.member_id.empty())
    keep_alive(state_.members.at(check.sender.member_id));
  answer(check.request, error);
}

void Stepper::on(const Delete& request) {
  switch (state_.phase) {
    case GroupPhase::kEmpty: enter(GroupPhase::kDead); return answer(request.request, Error::kNone);
    case GroupPhase::kDead: return answer(request.request, Error::kGroupIdNotFound);
    default: return answer(request.request, Error::kNonEmptyGroup);
  }
}

// One deadline can set another that is due at once: a group without members waits for nobody.
void Stepper::on(const Tick&) {
  while (true) {
    const std::optional<Instant> next = state_.next_deadline();
    if (!next || *next > moment_.now) return;
    if (state_.join_deadline && *state_.join_deadline <= moment_.now) {
      if (state_.initial_wait_left) {
        end_initial_wait();
      } else {
        complete_join();
      }
    }
    if (state_.sync_deadline && *state_.sync_deadline <= moment_.now) expire_syncs();
    expire_sessions();
  }
}

void Stepper::enter(GroupPhase phase) {
  state_.phase = phase;
  state_.phase_since_ms = moment_.wall_ms;
}

void Stepper::keep_alive(Member& member) {
  member.session_deadline = moment_.now + member.session_timeout;
}

void Stepper::answer(RequestId request, Error error) {
  outputs_.push_back(PlainReply{request, error, {}});
}

wire::GroupMetadataValue record_of(const GroupState& state) {
  wire::GroupMetadataValue record;
  record.protocol_type = state.protocol_type.value_or("");
  record.generation = state.generation;
  record.protocol = state.protocol;
  record.leader = state.leader;
  record.current_state_timestamp = state.phase_since_ms;
  for (const auto& [id, member] : state.members) {
    wire::GroupMetadataValue::MemberMetadata& stored = record.members.emplace_back();
    stored.member_id = id;
    stored.group_instance_id = member.instance_id;
    stored.client_id = member.client_id;
    stored.client_host = member.client_host;
    stored.rebalance_timeout = static_cast<int32_t>(member.rebalance_timeout.to_ms());
    stored.session_timeout = static_cast<int32_t>(member.session_timeout.to_ms());
    stored.subscription = member.metadata_of(state.protocol.value_or(""));
    stored.assignment = member.assignment;
  }
  return record;
}

GroupState restore(std::string id, const wire::GroupMetadataValue& record, Instant now) {
  GroupState state;
  state.id = std::move(id);
  state.generation = record.generation;
  state.phase_since_ms = record.current_state_timestamp;
  if (!record.protocol_type.empty()) state.protocol_type = record.protocol_type;
  if (record.members.empty()) return state;
  state.phase = GroupPhase::kStable;
  state.protocol = record.protocol;
  state.leader = record.leader;
  for (const wire::GroupMetadataValue::MemberMetadata& stored : record.members) {
    Member member;
    member.id = stored.member_id;
    member.instance_id = stored.group_instance_id;
    member.client_id = stored.client_id;
    member.client_host = stored.client_host;
    member.session_timeout = milliseconds(stored.session_timeout);
    const int32_t rebalance_ms =
        stored.rebalance_timeout < 0 ? stored.session_timeout : stored.rebalance_timeout;
    member.rebalance_timeout = milliseconds(rebalance_ms);
    member.protocols = {{record.protocol.value_or(""), stored.subscription}};
    member.assignment = stored.assignment;
    member.is_new = false;
    member.session_deadline = now + member.session_timeout;
    if (member.instance_id) state.instances[*member.instance_id] = member.id;
    state.members.emplace(member.id, std::move(member));
  }
  return state;
}

}  // namespace faultline::groups
