// SPDX-License-Identifier: Apache-2.0
// Joining: who may, under which id, and whether that needs a new generation.
#include <algorithm>

#include "broker/groups/core/stepper.h"

namespace faultline::groups {

void Stepper::on(const Join& join) {
  const Error error = check(join);
  if (error != Error::kNone) return refuse_join(join.request, join.sender.member_id, error);
  if (join.sender.member_id.empty()) return join_new(join);

  const auto promised = state_.promised_ids.find(join.sender.member_id);
  if (promised != state_.promised_ids.end()) {
    state_.promised_ids.erase(promised);
    return add(join, join.sender.member_id);
  }
  join_again(state_.members.at(join.sender.member_id), join);
}

wire::KafkaError Stepper::check(const Join& join) const {
  const Duration session = join.session_timeout;
  if (session < config_.min_session_timeout || session > config_.max_session_timeout)
    return Error::kInvalidSessionTimeout;
  if (state_.phase == GroupPhase::kDead) return Error::kCoordinatorNotAvailable;
  const bool is_known = state_.find(join.sender.member_id) != nullptr;
  const int64_t size = static_cast<int64_t>(state_.members.size());
  const bool replaces =
      join.sender.instance_id && state_.instances.contains(*join.sender.instance_id);
  if (!is_known && !replaces && size >= config_.max_size) return Error::kGroupMaxSizeReached;
  if (!state_.accepts(join.protocol_type, join.protocols)) return Error::kInconsistentGroupProtocol;
  if (join.sender.member_id.empty()) return Error::kNone;
  const bool is_promised = state_.promised_ids.contains(join.sender.member_id);
  return is_promised && !join.sender.instance_id ? Error::kNone : check_sender(join.sender);
}

// Whether the sender is the member it says it is.
wire::KafkaError Stepper::check_sender(const Sender& sender) const {
  if (state_.phase == GroupPhase::kDead) return Error::kCoordinatorNotAvailable;
  if (sender.instance_id) {
    const auto holder = state_.instances.find(*sender.instance_id);
    if (holder == state_.instances.end()) return Error::kUnknownMemberId;
    if (rules_.fence_replaced_instance && holder->second != sender.member_id)
      return Error::kFencedInstanceId;
  }
  return state_.find(sender.member_id) == nullptr ? Error::kUnknownMemberId : Error::kNone;
}

void Stepper::join_new(const Join& join) {
  if (join.sender.instance_id) {
    const auto holder = state_.instances.find(*join.sender.instance_id);
    if (holder != state_.instances.end())
      return replace_instance(std::string(holder->second), join);
    return add(join, join.fresh_member_id);
  }
  if (!rules_.require_member_id || !join.can_learn_id) return add(join, join.fresh_member_id);
  state_.promised_ids[join.fresh_member_id] = moment_.now + join.session_timeout;
  refuse_join(join.request, join.fresh_member_id, Error::kMemberIdRequired);
}

void Stepper::add(const Join& join, std::string member_id) {
  Member& member = state_.members[member_id];
  member.id = std::move(member_id);
  member.instance_id = join.sender.instance_id;
  if (member.instance_id) state_.instances[*member.instance_id] = member.id;
  if (state_.members.size() == 1) state_.protocol_type = join.protocol_type;
  if (!state_.leader) state_.leader = member.id;
  update(member, join);
  // No heartbeat comes before the first answer, which takes as long as a rebalance.
  member.session_deadline = moment_.now + config_.newcomer_join_timeout;
  if (state_.initial_wait_left) state_.has_newcomers = true;
  rebalance_or_complete();
}

void Stepper::update(Member& member, const Join& join) {
  member.client_id = join.client_id;
  member.client_host = join.client_host;
  member.session_timeout = join.session_timeout;
  member.rebalance_timeout = join.rebalance_timeout;
  member.protocols = join.protocols;
  // The client gave up waiting for the former answer and asks again.
  if (member.joining) refuse_join(*member.joining, member.id, Error::kRebalanceInProgress);
  member.joining = join.request;
}

void Stepper::join_again(Member& member, const Join& join) {
  const bool is_same = member.protocols == join.protocols;
  switch (state_.phase) {
    case GroupPhase::kEmpty:
    case GroupPhase::kDead: return refuse_join(join.request, member.id, Error::kUnknownMemberId);
    case GroupPhase::kPreparingRebalance: break;
    case GroupPhase::kCompletingRebalance:  // its answer was lost
      if (is_same) return tell_generation(member, join.request);
      break;
    case GroupPhase::kStable:  // a leader that comes again wants a new assignment
      if (is_same && !state_.is_leader(member.id)) return tell_generation(member, join.request);
      break;
  }
  keep_alive(member);
  update(member, join);
  rebalance_or_complete();
}

// A process with the group.instance.id of a former one takes its place under a new id; if it wants
// the same, no generation begins (KIP-345).
void Stepper::replace_instance(const std::string& old_id, const Join& join) {
  Member member = std::move(state_.members.at(old_id));
  state_.members.erase(old_id);
  if (member.joining) refuse_join(*member.joining, old_id, Error::kFencedInstanceId);
  if (member.syncing) answer_sync(member, *member.syncing, Error::kFencedInstanceId);
  member.joining.reset();
  member.syncing.reset();
  const std::string before =
      state_.phase == GroupPhase::kStable ? state_.protocol.value_or("") : "";
  const bool was_leader = state_.is_leader(old_id);
  const bool is_same = member.protocols == join.protocols;
  member.id = join.fresh_member_id;
  Member& now = state_.members.emplace(member.id, std::move(member)).first->second;
  if (now.instance_id)
    state_.instances[*now.instance_id] = now.id;  // it has one: it was found by it
  if (was_leader) state_.leader = now.id;
  update(now, join);
  keep_alive(now);
  const bool goes_on =
      state_.phase == GroupPhase::kStable && is_same && state_.elect_protocol() == before;
  if (!goes_on) return rebalance_or_complete();
  now.joining.reset();
  store(false, {});
  tell_generation(now, join.request);
  // The leader is spared the work (KIP-814), or, if it cannot know that, told of another leader.
  auto& told = std::get<JoinReply>(outputs_.back());
  if (was_leader && join.can_skip_assignment) told.skip_assignment = true;
  if (was_leader && !join.can_skip_assignment) {
    told.leader = old_id;
    told.members.clear();
  }
}

void Stepper::tell_generation(Member& member, RequestId request) {
  JoinReply reply;
  reply.request = request;
  reply.generation = state_.generation;
  reply.protocol_type = state_.protocol_type;
  reply.protocol = state_.protocol;
  reply.leader = state_.leader.value_or("");
  reply.member_id = member.id;
  if (state_.is_leader(member.id)) {
    for (const auto& [id, each] : state_.members)
      reply.members.push_back(
          {id, each.instance_id, each.metadata_of(state_.protocol.value_or(""))});
  }
  keep_alive(member);
  outputs_.push_back(std::move(reply));
}

void Stepper::refuse_join(RequestId request, const std::string& member_id, Error error) {
  JoinReply reply;
  reply.request = request;
  reply.error = error;
  reply.member_id = member_id;
  outputs_.push_back(std::move(reply));
}

}  // namespace faultline::groups
