// SPDX-License-Identifier: Apache-2.0
// Requests of the admin client.
#include "broker/client/admin.h"

#include "broker/wire/messages_create_topics.h"
#include "broker/wire/messages_delete_topics.h"

namespace faultline::client {
namespace {

constexpr int kDeleteByNameVersion = 5;  // version 6 names topics by id too
constexpr int8_t kTopicResource = 2;

}  // namespace

Admin::Admin(Env& env, ConnectionConfig config)
    : env_(env), config_(std::move(config)), cluster_(env, config_) {}

template <wire::ApiRequest Request>
Task<Result<typename Request::Response>> Admin::ask(Request request) {
  const Instant deadline = env_.clock.now() + config_.request_timeout;
  constexpr int kCap =
      Request::kKey == wire::ApiKey::kDeleteTopics ? kDeleteByNameVersion : INT16_MAX;
  for (int attempt = 1;; ++attempt) {
    Result<Connection*> connection = co_await cluster_.any_connection();
    Error error(ErrorCode::kUnsupported, std::string(wire::api_of<Request>.name));
    if (!connection) {
      error = connection.error();
    } else {
      const int version = (*connection)->version_of(Request::kKey, kCap);
      if (version < 0) co_return std::unexpected(error);
      Result<typename Request::Response> response = co_await (*connection)->call(request, version);
      if (response) co_return response;
      error = response.error();
    }
    if (error.code == ErrorCode::kCancelled) co_return std::unexpected(error);
    const Instant retry_at = env_.clock.now() + cluster_.backoff(attempt);
    if (retry_at >= deadline) co_return fail(ErrorCode::kTimedOut, error.to_string());
    CO_TRY(co_await env_.timers.sleep_until(retry_at));
  }
}

Task<Result<std::vector<TopicResult>>> Admin::create_topics(std::vector<NewTopic> topics) {
  wire::CreateTopicsRequest request;
  request.timeout_ms = static_cast<int32_t>(config_.request_timeout.to_ms());
  for (const NewTopic& topic : topics) {
    auto& wanted = request.topics.emplace_back();
    wanted.name = topic.name;
    wanted.num_partitions = topic.partitions;
    wanted.replication_factor = topic.replication_factor;
    for (const auto& [name, value] : topic.configs) wanted.configs.push_back({name, value});
  }
  Result<wire::CreateTopicsResponse> response = co_await ask(std::move(request));
  if (!response) co_return std::unexpected(response.error());
  std::vector<TopicResult> results;
  for (const auto& topic : response->topics)
    results.push_back({topic.name, topic.error_code, topic.error_message.value_or("")});
  co_return results;
}

Task<Result<std::vector<TopicResult>>> Admin::delete_topics(std::vector<std::string> names) {
  wire::DeleteTopicsRequest request;
  request.timeout_ms = static_cast<int32_t>(config_.request_timeout.to_ms());
  request.topic_names = std::move(names);
  Result<wire::DeleteTopicsResponse> response = co_await ask(std::move(request));
  if (!response) co_return std::unexpected(response.error());
  std::vector<TopicResult> results;
  for (const auto& topic : response->responses)
    results.push_back(
        {topic.name.value_or(""), topic.error_code, topic.error_message.value_or("")});
  co_return results;
}

Task<Result<wire::DescribeConfigsResponse>> Admin::describe_topic(std::string name) {
  wire::DescribeConfigsRequest request;
  auto& resource = request.resources.emplace_back();
  resource.resource_type = kTopicResource;
  resource.resource_name = std::move(name);
  Result<wire::DescribeConfigsResponse> response = co_await ask(std::move(request));
  co_return response;
}

}  // namespace faultline::client
