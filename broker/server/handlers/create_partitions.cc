// SPDX-License-Identifier: Apache-2.0
// CreatePartitions (37): judged by decide_create_partitions, written, and answered when the new
// logs are there or take too long.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::CreatePartitionsRequest;
using Response = wire::CreatePartitionsResponse;

std::vector<metadata::TopicToGrow> wanted_topics(const Request& request) {
  std::vector<metadata::TopicToGrow> topics;
  for (const Request::Topic& topic : request.topics) {
    metadata::TopicToGrow& wanted = topics.emplace_back();
    wanted.name = topic.name;
    wanted.count = topic.count;
    if (!topic.assignments) continue;
    wanted.assignments.emplace();
    for (const auto& assignment : *topic.assignments)
      wanted.assignments->push_back(assignment.broker_ids);
  }
  return topics;
}

Response refuse_all(BrokerContext& broker, const Request& request, const Error& error) {
  Response response;
  const KafkaError code = to_kafka_error(broker, error);
  for (const Request::Topic& topic : request.topics) {
    response.results.push_back({topic.name, code, std::nullopt});
    note_refusal(broker, "CreatePartitions", topic.name, -1, code, error.to_string());
  }
  return response;
}

}  // namespace

Task<Response> handle_create_partitions(BrokerContext& broker, RequestInfo, Request request) {
  std::vector<metadata::TopicToGrow> wanted = wanted_topics(request);
  const Result<metadata::CreatePartitionsDecision> decision =
      co_await broker.controller.create_partitions(std::move(wanted), request.validate_only);
  if (!decision) co_return refuse_all(broker, request, decision.error());
  co_await await_logs(broker);
  Response response;
  for (const metadata::GrownTopic& grown : decision->topics) {
    response.results.push_back({grown.name, grown.error, grown.message});
    if (grown.error != KafkaError::kNone)
      note_refusal(broker, "CreatePartitions", grown.name, -1, grown.error,
                   grown.message.value_or(""));
  }
  co_return response;
}

}  // namespace faultline::server
