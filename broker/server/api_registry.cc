// SPDX-License-Identifier: Apache-2.0
// The table of served APIs.
#include "broker/server/api_registry.h"

#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

template <class Request>
using Handler = Task<typename Request::Response> (*)(BrokerContext&, RequestInfo, Request);

// Decodes, handles, encodes. A body that does not parse ends the connection, as in Kafka.
template <class Request, Handler<Request> kHandle>
Task<Reply> serve(BrokerContext& broker, RequestInfo info, Slice body) {
  Result<Request> decoded = Codec<Request>::decode(body, info.version);
  if (!decoded) co_return Reply::close("malformed request: " + decoded.error().to_string());
  using Response = typename Request::Response;
  const Response response = co_await kHandle(broker, info, std::move(*decoded));
  Reply reply;
  reply.frame = wire::encode_response<Request>(info.version, info.correlation_id, response);
  co_return reply;
}

template <class Request, Handler<Request> kHandle>
constexpr ServedApi row() {
  const wire::ApiInfo& api = wire::api_of<Request>;
  return {&api, static_cast<int16_t>(api.min), &serve<Request, kHandle>};
}

// librdkafka before 2.11.1 compresses only if Produce 0 is offered, so Kafka offers it and refuses
// it (KAFKA-18659).
constexpr ServedApi kProduce = {&wire::api_of<wire::ProduceRequest>, 0, &serve_produce};

// As produce: what is asked for most often is decoded and answered in one task.
constexpr ServedApi kFetch = {&wire::api_of<wire::FetchRequest>,
                              static_cast<int16_t>(wire::api_of<wire::FetchRequest>.min),
                              &serve_fetch};

constexpr auto kServed = std::to_array<ServedApi>({
    kProduce,
    kFetch,
    row<wire::ListOffsetsRequest, &handle_list_offsets>(),
    row<wire::MetadataRequest, &handle_metadata>(),
    row<wire::OffsetCommitRequest, &handle_offset_commit>(),
    row<wire::OffsetFetchRequest, &handle_offset_fetch>(),
    row<wire::FindCoordinatorRequest, &handle_find_coordinator>(),
    row<wire::JoinGroupRequest, &handle_join_group>(),
    row<wire::HeartbeatRequest, &handle_heartbeat>(),
    row<wire::LeaveGroupRequest, &handle_leave_group>(),
    row<wire::SyncGroupRequest, &handle_sync_group>(),
    row<wire::DescribeGroupsRequest, &handle_describe_groups>(),
    row<wire::ListGroupsRequest, &handle_list_groups>(),
    row<wire::ApiVersionsRequest, &handle_api_versions>(),
    row<wire::CreateTopicsRequest, &handle_create_topics>(),
    row<wire::DeleteTopicsRequest, &handle_delete_topics>(),
    row<wire::DeleteRecordsRequest, &handle_delete_records>(),
    row<wire::InitProducerIdRequest, &handle_init_producer_id>(),
    row<wire::OffsetForLeaderEpochRequest, &handle_offset_for_leader_epoch>(),
    row<wire::DescribeConfigsRequest, &handle_describe_configs>(),
    row<wire::AlterConfigsRequest, &handle_alter_configs>(),
    row<wire::DescribeLogDirsRequest, &handle_describe_log_dirs>(),
    row<wire::CreatePartitionsRequest, &handle_create_partitions>(),
    row<wire::DeleteGroupsRequest, &handle_delete_groups>(),
    row<wire::IncrementalAlterConfigsRequest, &handle_incremental_alter_configs>(),
    row<wire::OffsetDeleteRequest, &handle_offset_delete>(),
    row<wire::DescribeClusterRequest, &handle_describe_cluster>(),
    row<wire::DescribeTopicPartitionsRequest, &handle_describe_topic_partitions>(),
});

}  // namespace

std::span<const ServedApi> served_apis() { return kServed; }

const ServedApi* find_served_api(int16_t key) {
  for (const ServedApi& served : kServed)
    if (static_cast<int16_t>(served.api->key) == key) return &served;
  return nullptr;
}

}  // namespace faultline::server
