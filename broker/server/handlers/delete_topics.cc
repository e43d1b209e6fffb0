// SPDX-License-Identifier: Apache-2.0
// DeleteTopics (20): by name, from version 6 on also by id. Answered when the logs
// are gone or take too long.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::DeleteTopicsRequest;
using Response = wire::DeleteTopicsResponse;

std::vector<metadata::TopicToDelete> wanted_topics(const Request& request) {
  std::vector<metadata::TopicToDelete> topics;
  for (const std::string& name : request.topic_names) topics.push_back({name, {}});
  for (const Request::Topic& topic : request.topics) topics.push_back({topic.name, topic.topic_id});
  return topics;
}

Response refuse_all(const std::vector<metadata::TopicToDelete>& topics, KafkaError error) {
  Response response;
  for (const metadata::TopicToDelete& wanted : topics) {
    Response::Topic& topic = response.responses.emplace_back();
    topic.name = wanted.name;
    topic.topic_id = wanted.id;
    topic.error_code = error;
  }
  return response;
}

// Clients before version 3 do not know the code.
KafkaError disabled_error(int16_t version) {
  return version < 3 ? KafkaError::kInvalidRequest : KafkaError::kTopicDeletionDisabled;
}

}  // namespace

Task<Response> handle_delete_topics(BrokerContext& broker, RequestInfo info, Request request) {
  const std::vector<metadata::TopicToDelete> wanted = wanted_topics(request);
  if (!broker.settings.delete_topic_enable)
    co_return refuse_all(wanted, disabled_error(info.version));
  const Result<metadata::DeleteTopicsDecision> decision =
      co_await broker.controller.delete_topics(wanted);
  if (!decision) co_return refuse_all(wanted, to_kafka_error(broker, decision.error()));
  co_await await_logs(broker);
  Response response;
  for (const metadata::DeletedTopic& deleted : decision->topics) {
    Response::Topic& topic = response.responses.emplace_back();
    topic.name = deleted.name;
    topic.topic_id = deleted.id;
    topic.error_code = deleted.error;
    topic.error_message = deleted.message;
    if (deleted.error != KafkaError::kNone)
      note_refusal(broker, "DeleteTopics", deleted.name.value_or(""), -1, deleted.error,
                   deleted.message.value_or(""));
  }
  co_return response;
}

}  // namespace faultline::server
