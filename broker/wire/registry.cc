// SPDX-License-Identifier: Apache-2.0
// The list of all described messages.
#include "broker/wire/registry.h"

#include <algorithm>
#include <iterator>

#include "broker/base/notation_fuzz.h"
#include "broker/wire/consumer_protocol.h"
#include "broker/wire/messages_api_versions.h"
#include "broker/wire/messages_change_configs.h"
#include "broker/wire/messages_change_topics.h"
#include "broker/wire/messages_cluster.h"
#include "broker/wire/messages_configs.h"
#include "broker/wire/messages_create_topics.h"
#include "broker/wire/messages_delete_groups.h"
#include "broker/wire/messages_delete_topics.h"
#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_fetch_response.h"
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
#include "broker/wire/records_consumer_group.h"
#include "broker/wire/records_consumer_group_assignment.h"
#include "broker/wire/records_control.h"
#include "broker/wire/records_group.h"
#include "broker/wire/records_metadata_brokers.h"
#include "broker/wire/records_metadata_cluster.h"
#include "broker/wire/records_metadata_nodes.h"
#include "broker/wire/records_metadata_security.h"
#include "broker/wire/records_metadata_topics.h"
#include "broker/wire/records_transaction.h"

namespace faultline::wire {
namespace {

template <class M>
struct Erased {
  static Result<std::string> print(const Slice& body, int version, PrintStyle style) {
    TRY_ASSIGN(const M message, Codec<M>::decode(body, version));
    return faultline::print(message, version, style);
  }
  static Result<Slice> recode(const Slice& body, int version) {
    TRY_ASSIGN(const M message, Codec<M>::decode(body, version));
    return Codec<M>::encode(message, version);
  }
  static Result<Slice> sample(int version, Draws& draws) {
    const M message = random_message<M>(version, draws);
    Slice bytes = Codec<M>::encode(message, version);
    ByteChain chain;
    Codec<M>::append(message, version, chain);
    if (chain.size() != bytes.size() || join(std::move(chain).finish()) != bytes) {
      return fail(ErrorCode::kCorrupt, "slices differ from contiguous bytes");
    }
    size_t consumed = 0;
    TRY_ASSIGN(const M back, Codec<M>::decode(bytes, version, &consumed));
    if (consumed != bytes.size()) return fail(ErrorCode::kCorrupt, "not all bytes were read");
    if (!(back == message)) return fail(ErrorCode::kCorrupt, "decoded message differs");
    return bytes;
  }
};

template <class M>
constexpr MessageInfo row(MessageKind kind) {
  return {kind, M::kSpec, Erased<M>::print, Erased<M>::recode, Erased<M>::sample, schema_of<M>};
}

using enum MessageKind;

constexpr MessageInfo kMessages[] = {
    row<ApiVersionsRequest>(kRequest),
    row<ApiVersionsResponse>(kResponse),
    row<MetadataRequest>(kRequest),
    row<MetadataResponse>(kResponse),
    row<ProduceRequest>(kRequest),
    row<ProduceResponse>(kResponse),
    row<InitProducerIdRequest>(kRequest),
    row<InitProducerIdResponse>(kResponse),
    row<FetchResponse>(kResponse),
    row<FetchRequest>(kRequest),
    row<ListOffsetsRequest>(kRequest),
    row<ListOffsetsResponse>(kResponse),
    row<OffsetForLeaderEpochRequest>(kRequest),
    row<OffsetForLeaderEpochResponse>(kResponse),
    row<CreateTopicsRequest>(kRequest),
    row<CreateTopicsResponse>(kResponse),
    row<DeleteTopicsRequest>(kRequest),
    row<DeleteTopicsResponse>(kResponse),
    row<CreatePartitionsRequest>(kRequest),
    row<CreatePartitionsResponse>(kResponse),
    row<DeleteRecordsRequest>(kRequest),
    row<DeleteRecordsResponse>(kResponse),
    row<DescribeConfigsRequest>(kRequest),
    row<DescribeConfigsResponse>(kResponse),
    row<AlterConfigsRequest>(kRequest),
    row<AlterConfigsResponse>(kResponse),
    row<IncrementalAlterConfigsRequest>(kRequest),
    row<IncrementalAlterConfigsResponse>(kResponse),
    row<FindCoordinatorRequest>(kRequest),
    row<FindCoordinatorResponse>(kResponse),
    row<JoinGroupRequest>(kRequest),
    row<JoinGroupResponse>(kResponse),
    row<SyncGroupRequest>(kRequest),
    row<SyncGroupResponse>(kResponse),
    row<HeartbeatRequest>(kRequest),
    row<HeartbeatResponse>(kResponse),
    row<LeaveGroupRequest>(kRequest),
    row<LeaveGroupResponse>(kResponse),
    row<OffsetCommitRequest>(kRequest),
    row<OffsetCommitResponse>(kResponse),
    row<OffsetFetchRequest>(kRequest),
    row<OffsetFetchResponse>(kResponse),
    row<DescribeGroupsRequest>(kRequest),
    row<DescribeGroupsResponse>(kResponse),
    row<ListGroupsRequest>(kRequest),
    row<ListGroupsResponse>(kResponse),
    row<DeleteGroupsRequest>(kRequest),
    row<DeleteGroupsResponse>(kResponse),
    row<OffsetDeleteRequest>(kRequest),
    row<OffsetDeleteResponse>(kResponse),
    row<DescribeClusterRequest>(kRequest),
    row<DescribeClusterResponse>(kResponse),
    row<DescribeTopicPartitionsRequest>(kRequest),
    row<DescribeTopicPartitionsResponse>(kResponse),
    row<DescribeLogDirsRequest>(kRequest),
    row<DescribeLogDirsResponse>(kResponse),
    row<TopicRecord>(kMetadataRecord),
    row<RemoveTopicRecord>(kMetadataRecord),
    row<PartitionRecord>(kMetadataRecord),
    row<PartitionChangeRecord>(kMetadataRecord),
    row<ConfigRecord>(kMetadataRecord),
    row<ClearElrRecord>(kMetadataRecord),
    row<RegisterBrokerRecord>(kMetadataRecord),
    row<UnregisterBrokerRecord>(kMetadataRecord),
    row<BrokerRegistrationChangeRecord>(kMetadataRecord),
    row<FenceBrokerRecord>(kMetadataRecord),
    row<UnfenceBrokerRecord>(kMetadataRecord),
    row<RegisterControllerRecord>(kMetadataRecord),
    row<FeatureLevelRecord>(kMetadataRecord),
    row<ProducerIdsRecord>(kMetadataRecord),
    row<ClientQuotaRecord>(kMetadataRecord),
    row<NoOpRecord>(kMetadataRecord),
    row<BeginTransactionRecord>(kMetadataRecord),
    row<EndTransactionRecord>(kMetadataRecord),
    row<AbortTransactionRecord>(kMetadataRecord),
    row<ZkMigrationStateRecord>(kMetadataRecord),
    row<AccessControlEntryRecord>(kMetadataRecord),
    row<RemoveAccessControlEntryRecord>(kMetadataRecord),
    row<UserScramCredentialRecord>(kMetadataRecord),
    row<RemoveUserScramCredentialRecord>(kMetadataRecord),
    row<DelegationTokenRecord>(kMetadataRecord),
    row<RemoveDelegationTokenRecord>(kMetadataRecord),
    row<EndTxnMarker>(kControlRecord),
    row<LeaderChangeMessage>(kControlRecord),
    row<SnapshotHeaderRecord>(kControlRecord),
    row<SnapshotFooterRecord>(kControlRecord),
    row<KRaftVersionRecord>(kControlRecord),
    row<VotersRecord>(kControlRecord),
    row<OffsetCommitKey>(kGroupRecord),
    row<OffsetCommitValue>(kGroupRecord),
    row<GroupMetadataKey>(kGroupRecord),
    row<GroupMetadataValue>(kGroupRecord),
    row<LegacyOffsetCommitKey>(kGroupRecord),
    row<LegacyOffsetCommitValue>(kGroupRecord),
    row<ConsumerGroupMetadataKey>(kGroupRecord),
    row<ConsumerGroupMetadataValue>(kGroupRecord),
    row<ConsumerGroupMemberMetadataKey>(kGroupRecord),
    row<ConsumerGroupMemberMetadataValue>(kGroupRecord),
    row<ConsumerGroupRegularExpressionKey>(kGroupRecord),
    row<ConsumerGroupRegularExpressionValue>(kGroupRecord),
    row<ConsumerGroupPartitionMetadataKey>(kGroupRecord),
    row<ConsumerGroupPartitionMetadataValue>(kGroupRecord),
    row<ConsumerGroupTargetAssignmentMetadataKey>(kGroupRecord),
    row<ConsumerGroupTargetAssignmentMetadataValue>(kGroupRecord),
    row<ConsumerGroupTargetAssignmentMemberKey>(kGroupRecord),
    row<ConsumerGroupTargetAssignmentMemberValue>(kGroupRecord),
    row<ConsumerGroupCurrentMemberAssignmentKey>(kGroupRecord),
    row<ConsumerGroupCurrentMemberAssignmentValue>(kGroupRecord),
    row<TransactionLogKey>(kTransactionRecord),
    row<TransactionLogValue>(kTransactionRecord),
    row<ConsumerProtocolSubscription>(kConsumerProtocol),
    row<ConsumerProtocolAssignment>(kConsumerProtocol),
};

}  // namespace

std::span<const MessageInfo> all_messages() { return kMessages; }

const MessageInfo* find_message(MessageKind kind, int type) {
  const auto* found = std::ranges::find_if(kMessages, [&](const MessageInfo& message) {
    return message.kind == kind && message.spec.type == type;
  });
  return found == std::end(kMessages) ? nullptr : found;
}

const MessageInfo* find_message(std::string_view name) {
  const auto* found = std::ranges::find(
      kMessages, name, [](const MessageInfo& message) { return message.spec.name; });
  return found == std::end(kMessages) ? nullptr : found;
}

}  // namespace faultline::wire
