// SPDX-License-Identifier: Apache-2.0
// One function for each API that the broker serves; each lives in the file of its name.
#pragma once

#include "broker/server/api_registry.h"
#include "broker/wire/messages_api_versions.h"
#include "broker/wire/messages_change_configs.h"
#include "broker/wire/messages_change_topics.h"
#include "broker/wire/messages_cluster.h"
#include "broker/wire/messages_configs.h"
#include "broker/wire/messages_create_topics.h"
#include "broker/wire/messages_delete_groups.h"
#include "broker/wire/messages_delete_topics.h"
#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_group_session.h"
#include "broker/wire/messages_groups.h"
#include "broker/wire/messages_join_group.h"
#include "broker/wire/messages_leader_epoch.h"
#include "broker/wire/messages_list_offsets.h"
#include "broker/wire/messages_log_dirs.h"
#include "broker/wire/messages_metadata.h"
#include "broker/wire/messages_offset_commit.h"
#include "broker/wire/messages_offset_fetch.h"
#include "broker/wire/messages_produce.h"
#include "broker/wire/messages_producer_id.h"
#include "broker/wire/messages_topic_partitions.h"

namespace faultline::server {

// With acks=0 there is no answer, and an error closes the connection.
Task<Reply> serve_produce(BrokerContext& broker, RequestInfo info, Slice body);

Task<Reply> serve_fetch(BrokerContext& broker, RequestInfo info, Slice body);
Task<wire::ListOffsetsResponse> handle_list_offsets(BrokerContext& broker, RequestInfo info,
                                                    wire::ListOffsetsRequest request);
Task<wire::MetadataResponse> handle_metadata(BrokerContext& broker, RequestInfo info,
                                             wire::MetadataRequest request);
Task<wire::ApiVersionsResponse> handle_api_versions(BrokerContext& broker, RequestInfo info,
                                                    wire::ApiVersionsRequest request);
Task<wire::CreateTopicsResponse> handle_create_topics(BrokerContext& broker, RequestInfo info,
                                                      wire::CreateTopicsRequest request);
Task<wire::DeleteTopicsResponse> handle_delete_topics(BrokerContext& broker, RequestInfo info,
                                                      wire::DeleteTopicsRequest request);
Task<wire::InitProducerIdResponse> handle_init_producer_id(BrokerContext& broker, RequestInfo info,
                                                           wire::InitProducerIdRequest request);
Task<wire::DescribeConfigsResponse> handle_describe_configs(BrokerContext& broker, RequestInfo info,
                                                            wire::DescribeConfigsRequest request);

Task<wire::FindCoordinatorResponse> handle_find_coordinator(BrokerContext& broker, RequestInfo info,
                                                            wire::FindCoordinatorRequest request);
Task<wire::JoinGroupResponse> handle_join_group(BrokerContext& broker, RequestInfo info,
                                                wire::JoinGroupRequest request);
Task<wire::SyncGroupResponse> handle_sync_group(BrokerContext& broker, RequestInfo info,
                                                wire::SyncGroupRequest request);
Task<wire::HeartbeatResponse> handle_heartbeat(BrokerContext& broker, RequestInfo info,
                                               wire::HeartbeatRequest request);
Task<wire::LeaveGroupResponse> handle_leave_group(BrokerContext& broker, RequestInfo info,
                                                  wire::LeaveGroupRequest request);
Task<wire::OffsetCommitResponse> handle_offset_commit(BrokerContext& broker, RequestInfo info,
                                                      wire::OffsetCommitRequest request);
Task<wire::OffsetFetchResponse> handle_offset_fetch(BrokerContext& broker, RequestInfo info,
                                                    wire::OffsetFetchRequest request);
Task<wire::DescribeGroupsResponse> handle_describe_groups(BrokerContext& broker, RequestInfo info,
                                                          wire::DescribeGroupsRequest request);
Task<wire::ListGroupsResponse> handle_list_groups(BrokerContext& broker, RequestInfo info,
                                                  wire::ListGroupsRequest request);
Task<wire::DeleteGroupsResponse> handle_delete_groups(BrokerContext& broker, RequestInfo info,
                                                      wire::DeleteGroupsRequest request);
Task<wire::OffsetDeleteResponse> handle_offset_delete(BrokerContext& broker, RequestInfo info,
                                                      wire::OffsetDeleteRequest request);

Task<wire::OffsetForLeaderEpochResponse> handle_offset_for_leader_epoch(
    BrokerContext& broker, RequestInfo info, wire::OffsetForLeaderEpochRequest request);
Task<wire::DescribeClusterResponse> handle_describe_cluster(BrokerContext& broker, RequestInfo info,
                                                            wire::DescribeClusterRequest request);
Task<wire::DescribeTopicPartitionsResponse> handle_describe_topic_partitions(
    BrokerContext& broker, RequestInfo info, wire::DescribeTopicPartitionsRequest request);
Task<wire::DescribeLogDirsResponse> handle_describe_log_dirs(BrokerContext& broker,
                                                             RequestInfo info,
                                                             wire::DescribeLogDirsRequest request);

Task<wire::DeleteRecordsResponse> handle_delete_records(BrokerContext& broker, RequestInfo info,
                                                        wire::DeleteRecordsRequest request);
Task<wire::CreatePartitionsResponse> handle_create_partitions(
    BrokerContext& broker, RequestInfo info, wire::CreatePartitionsRequest request);
Task<wire::AlterConfigsResponse> handle_alter_configs(BrokerContext& broker, RequestInfo info,
                                                      wire::AlterConfigsRequest request);
Task<wire::IncrementalAlterConfigsResponse> handle_incremental_alter_configs(
    BrokerContext& broker, RequestInfo info, wire::IncrementalAlterConfigsRequest request);

// The whole answer to an ApiVersions of a version that is not known (KIP-511): version 0, error 35
// and the one entry that says what to use.
Slices encode_unsupported_api_versions(int32_t correlation_id);

}  // namespace faultline::server
