// SPDX-License-Identifier: Apache-2.0
// Admin: one-shot requests about topics and configs, asked of any broker and, where the controller
// must answer, repeated until it does. Each call gives up after request.timeout.ms in all.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/client/cluster.h"
#include "broker/wire/error_codes.h"
#include "broker/wire/messages_configs.h"

namespace faultline::client {

struct NewTopic {
  std::string name;
  int32_t partitions = -1;          // -1: the broker's default
  int16_t replication_factor = -1;  // -1: the broker's default
  std::map<std::string, std::string> configs;
};

// What the broker said of one topic; kNone is success.
struct TopicResult {
  std::string name;
  wire::KafkaError error = wire::KafkaError::kNone;
  std::string message;
};

class Admin {
 public:
  Admin(Env& env, ConnectionConfig config);

  // Errors: of the network, kTimedOut. What is wrong with a topic is in its result.
  Task<Result<std::vector<TopicResult>>> create_topics(std::vector<NewTopic> topics);
  Task<Result<std::vector<TopicResult>>> delete_topics(std::vector<std::string> names);
  // All configs of one topic as the broker gives them.
  Task<Result<wire::DescribeConfigsResponse>> describe_topic(std::string name);

 private:
  template <wire::ApiRequest Request>
  Task<Result<typename Request::Response>> ask(Request request);

  Env& env_;
  const ConnectionConfig config_;
  Cluster cluster_;
};

}  // namespace faultline::client
