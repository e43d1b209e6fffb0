// SPDX-License-Identifier: Apache-2.0
// What the two APIs that change configurations ask and answer, in fields of the same names.
#pragma once

#include <string_view>
#include <vector>

#include "broker/server/handlers/common.h"

namespace faultline::server {

// `operation_of` says what one entry of the request means.
template <class Request, class OperationOf>
std::vector<metadata::ConfigsToAlter> wanted_configs(const Request& request,
                                                     OperationOf operation_of) {
  std::vector<metadata::ConfigsToAlter> resources;
  for (const auto& resource : request.resources) {
    metadata::ConfigsToAlter& wanted = resources.emplace_back();
    wanted.type = static_cast<metadata::ConfigResourceType>(resource.resource_type);
    wanted.name = resource.resource_name;
    for (const auto& config : resource.configs)
      wanted.changes.push_back({config.name, config.value, operation_of(config)});
  }
  return resources;
}

template <class Response>
Response alter_response(BrokerContext& broker, std::string_view api,
                        const metadata::AlterConfigsDecision& decision) {
  Response response;
  for (const metadata::AlteredConfigs& altered : decision.resources) {
    auto& entry = response.responses.emplace_back();
    entry.error_code = altered.error;
    entry.error_message = altered.message;
    entry.resource_type = static_cast<int8_t>(altered.resource.type);
    entry.resource_name = altered.resource.name;
    if (altered.error != wire::KafkaError::kNone)
      note_refusal(broker, api, altered.resource.name, -1, altered.error,
                   altered.message.value_or(""));
  }
  return response;
}

template <class Request>
typename Request::Response refuse_alterations(BrokerContext& broker, const Request& request,
                                              const Error& error) {
  typename Request::Response response;
  const wire::KafkaError code = to_kafka_error(broker, error);
  for (const auto& resource : request.resources) {
    auto& entry = response.responses.emplace_back();
    entry.error_code = code;
    entry.resource_type = resource.resource_type;
    entry.resource_name = resource.resource_name;
  }
  return response;
}

}  // namespace faultline::server
