// SPDX-License-Identifier: Apache-2.0
// SyncGroup (14): the leader brings the assignment, everybody takes a part.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {

using wire::KafkaError;

Task<wire::SyncGroupResponse> handle_sync_group(BrokerContext& broker, RequestInfo info,
                                                wire::SyncGroupRequest request) {
  wire::SyncGroupResponse response;
  if (request.group_id.empty()) {
    response.error_code = KafkaError::kInvalidGroupId;
    co_return response;
  }
  const bool lacks_protocol =
      info.version >= 5 && (!request.protocol_type || !request.protocol_name);
  if (lacks_protocol) {
    response.error_code = KafkaError::kInconsistentGroupProtocol;
    co_return response;
  }
  groups::Sync sync;
  sync.sender = {request.member_id, request.group_instance_id};
  sync.generation = request.generation_id;
  sync.protocol_type = request.protocol_type;
  sync.protocol = request.protocol_name;
  for (wire::SyncGroupRequest::Assignment& each : request.assignments)
    sync.assignments[each.member_id] = std::move(each.assignment);
  std::string group = request.group_id;
  groups::SyncReply reply = co_await broker.groups.sync(std::move(group), std::move(sync));
  response.error_code = reply.error;
  response.protocol_type = reply.protocol_type;
  response.protocol_name = reply.protocol;
  response.assignment = std::move(reply.assignment);
  co_return response;
}

}  // namespace faultline::server
