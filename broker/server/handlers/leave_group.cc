// SPDX-License-Identifier: Apache-2.0
// LeaveGroup (13): one member until version 2, several from version 3 on.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {

Task<wire::LeaveGroupResponse> handle_leave_group(BrokerContext& broker, RequestInfo info,
                                                  wire::LeaveGroupRequest request) {
  wire::LeaveGroupResponse response;
  if (request.group_id.empty()) {
    response.error_code = wire::KafkaError::kInvalidGroupId;
    co_return response;
  }
  const bool is_single = info.version < 3;
  if (is_single) request.members = {{request.member_id, std::nullopt, std::nullopt}};
  groups::Leave leave;
  for (const wire::LeaveGroupRequest::Member& member : request.members)
    leave.members.push_back({member.member_id, member.group_instance_id});
  const groups::PlainReply reply = broker.groups.leave(request.group_id, std::move(leave));
  response.error_code = reply.error;
  if (reply.members.empty()) co_return response;
  if (is_single) {
    if (response.error_code == wire::KafkaError::kNone) response.error_code = reply.members[0];
    co_return response;
  }
  for (size_t i = 0; i < reply.members.size(); ++i)
    response.members.push_back(
        {request.members[i].member_id, request.members[i].group_instance_id, reply.members[i]});
  co_return response;
}

}  // namespace faultline::server
