// SPDX-License-Identifier: Apache-2.0
// DescribeGroups (15): members, protocol and assignments of classic groups.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Response = wire::DescribeGroupsResponse;

// READ, DELETE and DESCRIBE, as nobody is forbidden anything here.
constexpr int32_t kGroupOperations = 1 << 3 | 1 << 6 | 1 << 8;

Response::Group describe(BrokerContext& broker, const std::string& id, int version) {
  Response::Group answer;
  answer.group_id = id;
  answer.error_code = broker.groups.check_group(id);
  if (answer.error_code != KafkaError::kNone) return answer;
  const groups::Group* group = broker.groups.find(id);
  if (group == nullptr) {
    answer.group_state = groups::to_string(groups::GroupPhase::kDead);
    if (version < 6) return answer;
    answer.error_code = KafkaError::kGroupIdNotFound;
    answer.error_message = "Group " + id + " not found.";
    return answer;
  }
  const groups::GroupState& state = group->state;
  const bool is_stable = state.phase == groups::GroupPhase::kStable;
  answer.group_state = groups::to_string(state.phase);
  answer.protocol_type = state.protocol_type.value_or("");
  if (is_stable) answer.protocol_data = state.protocol.value_or("");
  for (const auto& [member_id, member] : state.members) {
    Response::Group::Member& to = answer.members.emplace_back();
    to.member_id = member_id;
    to.group_instance_id = member.instance_id;
    to.client_id = member.client_id;
    to.client_host = member.client_host;
    to.member_assignment = member.assignment;
    if (is_stable) to.member_metadata = member.metadata_of(answer.protocol_data);
  }
  return answer;
}

}  // namespace

Task<Response> handle_describe_groups(BrokerContext& broker, RequestInfo info,
                                      wire::DescribeGroupsRequest request) {
  Response response;
  for (const std::string& id : request.groups) {
    response.groups.push_back(describe(broker, id, info.version));
    const bool is_known = response.groups.back().error_code == KafkaError::kNone;
    if (is_known && request.include_authorized_operations)
      response.groups.back().authorized_operations = kGroupOperations;
  }
  co_return response;
}

}  // namespace faultline::server
