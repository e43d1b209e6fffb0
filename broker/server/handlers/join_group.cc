// SPDX-License-Identifier: Apache-2.0
// JoinGroup (11): becoming a member of a classic group; answered when the next generation begins.
#include <algorithm>

#include <fmt/format.h>

#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Response = wire::JoinGroupResponse;

// As in Kafka: whose it is, and a random UUID in Java's spelling.
std::string fresh_member_id(BrokerContext& broker, const RequestInfo& info,
                            const wire::JoinGroupRequest& request) {
  constexpr uint64_t kStream = stream_id("broker.member_id");
  const uint64_t high = (broker.env.random.next(kStream) & ~0xf000ULL) | 0x4000;
  const uint64_t low = (broker.env.random.next(kStream) & ~(3ULL << 62)) | 1ULL << 63;
  return fmt::format("{}-{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
                     request.group_instance_id ? *request.group_instance_id : info.client_id,
                     high >> 32, high >> 16 & 0xffff, high & 0xffff, low >> 48,
                     low & 0xffff'ffff'ffff);
}

groups::Join to_join(BrokerContext& broker, const RequestInfo& info,
                     wire::JoinGroupRequest request) {
  groups::Join join;
  join.sender = {request.member_id, request.group_instance_id};
  join.client_id = info.client_id;
  join.client_host = "/" + std::string(info.client_host);
  join.session_timeout = milliseconds(request.session_timeout_ms);
  // Version 0 knows one timeout only.
  const int32_t rebalance_ms =
      info.version == 0 ? request.session_timeout_ms : request.rebalance_timeout_ms;
  join.rebalance_timeout = milliseconds(std::max(rebalance_ms, 0));
  join.protocol_type = request.protocol_type;
  for (wire::JoinGroupRequest::Protocol& protocol : request.protocols)
    join.protocols.push_back({protocol.name, std::move(protocol.metadata)});
  join.can_learn_id = info.version >= 4;
  join.can_skip_assignment = info.version >= 9;
  join.fresh_member_id = fresh_member_id(broker, info, request);
  return join;
}

}  // namespace

Task<Response> handle_join_group(BrokerContext& broker, RequestInfo info,
                                 wire::JoinGroupRequest request) {
  Response response;
  response.generation_id = -1;
  response.member_id = request.member_id;
  if (info.version < 7) response.protocol_name = "";  // null is not legal there
  if (request.group_id.empty()) {
    response.error_code = KafkaError::kInvalidGroupId;
    co_return response;
  }
  std::string group = request.group_id;
  groups::Join join = to_join(broker, info, std::move(request));
  groups::JoinReply reply = co_await broker.groups.join(std::move(group), std::move(join));
  response.error_code = reply.error;
  response.generation_id = reply.generation;
  response.protocol_type = reply.protocol_type;
  if (reply.protocol) response.protocol_name = reply.protocol;
  response.leader = reply.leader;
  response.skip_assignment = reply.skip_assignment;
  response.member_id = reply.member_id;
  for (groups::JoinedMember& member : reply.members)
    response.members.push_back({member.id, member.instance_id, std::move(member.metadata)});
  co_return response;
}

}  // namespace faultline::server
