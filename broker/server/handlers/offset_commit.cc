// SPDX-License-Identifier: Apache-2.0
// OffsetCommit (8): how far a group has come. Answered when the offsets are in the log.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::OffsetCommitRequest;
using Response = wire::OffsetCommitResponse;

// The answer with every partition that cannot be committed refused, and the rest in `offsets`.
Response sort_out(BrokerContext& broker, const Request& request, bool has_ids,
                  std::map<groups::OffsetKey, groups::CommittedOffset>* offsets) {
  Response response;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& answers = response.topics.emplace_back();
    const std::string* by_id = has_ids ? topic_name_of(broker, topic.topic_id) : &topic.name;
    answers.topic_id = topic.topic_id;
    answers.name = by_id == nullptr ? "" : *by_id;
    for (const Request::Topic::Partition& partition : topic.partitions) {
      Response::Topic::Partition& answer = answers.partitions.emplace_back();
      answer.partition_index = partition.partition_index;
      const bool is_known = broker.metadata.image().find_partition(
                                answers.name, partition.partition_index) != nullptr;
      if (!is_known) {
        answer.error_code =
            by_id == nullptr ? KafkaError::kUnknownTopicId : KafkaError::kUnknownTopicOrPartition;
        continue;
      }
      groups::CommittedOffset& offset = (*offsets)[{answers.name, partition.partition_index}];
      offset.offset = partition.committed_offset;
      offset.leader_epoch = partition.committed_leader_epoch;
      offset.metadata = partition.committed_metadata.value_or("");
      offset.topic_id = topic.topic_id;
    }
  }
  return response;
}

void fill_in(Response& response, const std::map<groups::OffsetKey, KafkaError>& errors) {
  for (Response::Topic& topic : response.topics) {
    for (Response::Topic::Partition& partition : topic.partitions) {
      const auto found = errors.find({topic.name, partition.partition_index});
      if (partition.error_code == KafkaError::kNone && found != errors.end())
        partition.error_code = found->second;
    }
  }
}

}  // namespace

Task<Response> handle_offset_commit(BrokerContext& broker, RequestInfo info, Request request) {
  groups::OffsetCommit commit;
  commit.who.sender = {request.member_id, request.group_instance_id};
  commit.who.generation = request.generation_id_or_member_epoch;
  Response response = sort_out(broker, request, info.version >= 10, &commit.offsets);
  if (commit.offsets.empty()) co_return response;
  std::map<groups::OffsetKey, KafkaError> errors;
  for (const auto& [key, offset] : commit.offsets) errors[key] = KafkaError::kNone;
  std::vector<KafkaError> outcome =
      co_await broker.groups.commit(request.group_id, std::move(commit));
  // KIP-848 told apart what had been one error.
  const bool tells_missing = info.version >= 9 && broker.groups.find(request.group_id) == nullptr;
  for (KafkaError& error : outcome)
    if (tells_missing && error == KafkaError::kIllegalGeneration)
      error = KafkaError::kGroupIdNotFound;
  size_t index = 0;
  for (auto& [key, error] : errors) error = outcome[index++];
  fill_in(response, errors);
  co_return response;
}

}  // namespace faultline::server
