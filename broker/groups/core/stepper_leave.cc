// SPDX-License-Identifier: Apache-2.0
// How members go: by their own wish, in silence, or because they never asked for their assignment.
#include "broker/groups/core/stepper.h"

namespace faultline::groups {

void Stepper::on(const Leave& request) {
  PlainReply reply;
  reply.request = request.request;
  const size_t before = state_.members.size() + state_.promised_ids.size();
  for (const Sender& sender : request.members) reply.members.push_back(leave(sender));
  if (state_.phase == GroupPhase::kDead) reply.error = Error::kCoordinatorNotAvailable;
  outputs_.push_back(std::move(reply));
  if (state_.members.size() + state_.promised_ids.size() != before) rebalance_or_complete();
}

wire::KafkaError Stepper::leave(const Sender& sender) {
  if (state_.phase == GroupPhase::kDead) return Error::kCoordinatorNotAvailable;
  std::string member_id = sender.member_id;
  if (sender.instance_id) {
    const auto holder = state_.instances.find(*sender.instance_id);
    if (holder == state_.instances.end()) return Error::kUnknownMemberId;
    const bool is_fenced = !member_id.empty() && member_id != holder->second;
    if (is_fenced) return Error::kFencedInstanceId;
    member_id = holder->second;  // an administrator may name the instance alone
  } else if (state_.promised_ids.erase(member_id) > 0) {
    return Error::kNone;
  }
  if (state_.find(member_id) == nullptr) return Error::kUnknownMemberId;
  remove(member_id);
  return Error::kNone;
}

void Stepper::remove(const std::string& member_id) {
  const auto found = state_.members.find(member_id);
  Member& member = found->second;
  if (member.joining) refuse_join(*member.joining, member_id, Error::kUnknownMemberId);
  if (member.syncing) answer_sync(member, *member.syncing, Error::kUnknownMemberId);
  if (member.instance_id) state_.instances.erase(*member.instance_id);
  state_.members.erase(found);
  if (state_.leader != member_id) return;
  state_.leader.reset();
  if (!state_.members.empty()) state_.leader = state_.members.begin()->first;
}

// A member whose request is parked here is alive: it cannot heartbeat while it waits.
void Stepper::expire_sessions() {
  std::vector<std::string> gone;
  for (auto& [id, member] : state_.members) {
    if (member.session_deadline > moment_.now) continue;
    const bool waits = !member.is_new && (member.joining || member.syncing);
    if (waits) {
      keep_alive(member);
    } else {
      gone.push_back(id);
    }
  }
  const size_t promised = std::erase_if(
      state_.promised_ids, [&](const auto& entry) { return entry.second <= moment_.now; });
  for (const std::string& id : gone) remove(id);
  if (!gone.empty()) {
    rebalance_or_complete();
  } else if (promised > 0 && state_.phase == GroupPhase::kPreparingRebalance) {
    complete_join_if_all_there();
  }
}

void Stepper::expire_syncs() {
  state_.sync_deadline.reset();
  std::vector<std::string> silent;
  for (const auto& [id, member] : state_.members)
    if (member.owes_sync) silent.push_back(id);
  if (silent.empty()) return;
  for (const std::string& id : silent) remove(id);
  rebalance_or_complete();
}

}  // namespace faultline::groups
