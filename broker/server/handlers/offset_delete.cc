// SPDX-License-Identifier: Apache-2.0
// OffsetDelete (47): single offsets of a group; not of topics that its members may be reading. Of a
// group that is no group of consumers, nothing while it has members.
#include "broker/groups/core/subscriptions.h"
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {

using wire::KafkaError;

Task<wire::OffsetDeleteResponse> handle_offset_delete(BrokerContext& broker, RequestInfo,
                                                      wire::OffsetDeleteRequest request) {
  wire::OffsetDeleteResponse response;
  response.error_code = broker.groups.check_group(request.group_id);
  if (request.group_id.empty()) response.error_code = KafkaError::kInvalidGroupId;
  if (response.error_code != KafkaError::kNone) co_return response;
  const groups::Group* group = broker.groups.find(request.group_id);
  if (group == nullptr) {
    response.error_code = KafkaError::kGroupIdNotFound;
    co_return response;
  }
  if (!group->state.members.empty() && group->state.protocol_type != "consumer") {
    response.error_code = KafkaError::kNonEmptyGroup;
    co_return response;
  }
  std::vector<groups::OffsetKey> keys;
  for (const auto& topic : request.topics) {
    auto& answers = response.topics.emplace_back();
    answers.name = topic.name;
    const bool is_read = groups::is_subscribed(group->state, topic.name);
    for (const auto& partition : topic.partitions) {
      const bool is_known =
          broker.metadata.image().find_partition(topic.name, partition.partition_index) != nullptr;
      const KafkaError error = !is_known ? KafkaError::kUnknownTopicOrPartition
                               : is_read ? KafkaError::kGroupSubscribedToTopic
                                         : KafkaError::kNone;
      answers.partitions.push_back({partition.partition_index, error});
      if (error == KafkaError::kNone) keys.push_back({topic.name, partition.partition_index});
    }
  }
  if (!keys.empty())
    response.error_code = co_await broker.groups.forget_offsets(request.group_id, std::move(keys));
  co_return response;
}

}  // namespace faultline::server
