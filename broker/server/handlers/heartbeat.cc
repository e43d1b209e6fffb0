// SPDX-License-Identifier: Apache-2.0
// Heartbeat (12): a member is alive, and learns whether it must join again.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {

Task<wire::HeartbeatResponse> handle_heartbeat(BrokerContext& broker, RequestInfo,
                                               wire::HeartbeatRequest request) {
  wire::HeartbeatResponse response;
  if (request.group_id.empty()) {
    response.error_code = wire::KafkaError::kInvalidGroupId;
    co_return response;
  }
  groups::Heartbeat heartbeat;
  heartbeat.sender = {request.member_id, request.group_instance_id};
  heartbeat.generation = request.generation_id;
  response.error_code = broker.groups.heartbeat(request.group_id, heartbeat).error;
  co_return response;
}

}  // namespace faultline::server
