// SPDX-License-Identifier: Apache-2.0
// OffsetForLeaderEpoch (23): where an epoch of a partition ended, so that a consumer finds out what
// of what it has read is no longer there (KIP-320). An epoch that is not known here ends nowhere.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::OffsetForLeaderEpochRequest;
using Response = wire::OffsetForLeaderEpochResponse;
using PartitionAnswer = Response::Topic::Partition;

PartitionAnswer answer(BrokerContext& broker, const std::string& topic,
                       const Request::Topic::Partition& asked) {
  PartitionAnswer entry;
  entry.partition = asked.partition;
  const PartitionLookup lookup =
      find_leader(broker, topic, asked.partition, asked.current_leader_epoch);
  entry.error_code = lookup.error;
  if (lookup.partition == nullptr) {
    note_refusal(broker, "OffsetForLeaderEpoch", topic, asked.partition, lookup.error);
    return entry;
  }
  const log::EpochEnd end = end_of_epoch(*lookup.partition, asked.leader_epoch);
  entry.leader_epoch = end.epoch;
  entry.end_offset = end.end_offset;
  return entry;
}

}  // namespace

Task<Response> handle_offset_for_leader_epoch(BrokerContext& broker, RequestInfo, Request request) {
  Response response;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& answers = response.topics.emplace_back();
    answers.topic = topic.topic;
    for (const Request::Topic::Partition& partition : topic.partitions)
      answers.partitions.push_back(answer(broker, topic.topic, partition));
  }
  co_return response;
}

}  // namespace faultline::server
