// SPDX-License-Identifier: Apache-2.0
// Questions to the state of a group that several steps ask.
#include "broker/groups/core/group_state.h"

#include <algorithm>

namespace faultline::groups {

const char* to_string(GroupPhase phase) {
  switch (phase) {
    case GroupPhase::kEmpty: return "Empty";
    case GroupPhase::kPreparingRebalance: return "PreparingRebalance";
    case GroupPhase::kCompletingRebalance: return "CompletingRebalance";
    case GroupPhase::kStable: return "Stable";
    case GroupPhase::kDead: return "Dead";
  }
  return "Unknown";
}

bool Member::supports(const std::string& protocol) const {
  return std::ranges::find(protocols, protocol, &Protocol::name) != protocols.end();
}

Slice Member::metadata_of(const std::string& protocol) const {
  const auto found = std::ranges::find(protocols, protocol, &Protocol::name);
  return found == protocols.end() ? Slice() : found->metadata;
}

const Member* GroupState::find(const std::string& member_id) const {
  const auto found = members.find(member_id);
  return found == members.end() ? nullptr : &found->second;
}

bool GroupState::has_all_joined() const {
  return promised_ids.empty() && std::ranges::all_of(members, [](const auto& entry) {
           return entry.second.joining.has_value();
         });
}

Duration GroupState::rebalance_timeout() const {
  Duration longest;
  for (const auto& [member_id, member] : members)
    longest = std::max(longest, member.rebalance_timeout);
  return longest;
}

bool GroupState::accepts(const std::string& type, const std::vector<Protocol>& protocols) const {
  if (type.empty() || protocols.empty()) return false;
  if (members.empty()) return true;
  return protocol_type == type && std::ranges::any_of(protocols, [&](const Protocol& offered) {
           return std::ranges::all_of(
               members, [&](const auto& entry) { return entry.second.supports(offered.name); });
         });
}

std::string GroupState::elect_protocol() const {
  const auto is_common = [&](const Protocol& offered) {
    return std::ranges::all_of(
        members, [&](const auto& entry) { return entry.second.supports(offered.name); });
  };
  std::map<std::string, int> votes;
  for (const auto& [member_id, member] : members) {
    const auto preferred = std::ranges::find_if(member.protocols, is_common);
    if (preferred != member.protocols.end()) ++votes[preferred->name];
  }
  const auto winner = std::ranges::max_element(
      votes, [](const auto& a, const auto& b) { return a.second < b.second; });
  return winner == votes.end() ? std::string() : winner->first;
}

std::optional<Instant> GroupState::next_deadline() const {
  std::optional<Instant> next;
  const auto consider = [&next](Instant at) { next = next ? std::min(*next, at) : at; };
  if (join_deadline) consider(*join_deadline);
  if (sync_deadline) consider(*sync_deadline);
  for (const auto& [member_id, until] : promised_ids) consider(until);
  for (const auto& [member_id, member] : members) consider(member.session_deadline);
  return next;
}

}  // namespace faultline::groups
