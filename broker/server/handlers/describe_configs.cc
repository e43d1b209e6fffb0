// SPDX-License-Identifier: Apache-2.0
// DescribeConfigs (32): the configurations of topics and of this broker, from the one table, with
// the places that they come from and their documentation where asked for.
#include <algorithm>

#include "broker/metadata/topic_name.h"
#include "broker/server/effective_configs.h"
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::DescribeConfigsRequest;
using Response = wire::DescribeConfigsResponse;

Response::Result::Config describe(const EffectiveConfig& config, bool is_topic,
                                  const Request& request) {
  Response::Result::Config entry;
  entry.name = config.def->name;
  entry.value = config.value;
  entry.read_only = !is_topic && config.def->scope == metadata::ConfigScope::kReadOnly;
  entry.config_source = static_cast<int8_t>(config.source);
  entry.config_type = static_cast<int8_t>(config.def->type);
  if (request.include_documentation) entry.documentation = config.def->doc;
  if (!request.include_synonyms) return entry;
  for (const ConfigOrigin& origin : config.origins)
    entry.synonyms.push_back({origin.name, origin.value, static_cast<int8_t>(origin.source)});
  return entry;
}

Response::Result refuse(const Request::Resource& resource, KafkaError error, std::string message) {
  Response::Result result;
  result.error_code = error;
  result.error_message = std::move(message);
  result.resource_type = resource.resource_type;
  result.resource_name = resource.resource_name;
  return result;
}

bool is_wanted(const Request::Resource& resource, std::string_view name) {
  if (!resource.configuration_keys || resource.configuration_keys->empty()) return true;
  const auto& keys = *resource.configuration_keys;
  return std::find(keys.begin(), keys.end(), name) != keys.end();
}

Response::Result answer(BrokerContext& broker, const Request& request,
                        const Request::Resource& resource) {
  const metadata::MetadataImage& image = broker.metadata.image();
  const auto type = static_cast<metadata::ConfigResourceType>(resource.resource_type);
  const bool is_topic = type == metadata::ConfigResourceType::kTopic;
  std::vector<EffectiveConfig> configs;
  if (is_topic) {
    const std::string problem = metadata::topic_name_problem(resource.resource_name);
    if (!problem.empty())
      return refuse(resource, KafkaError::kInvalidTopicException,
                    "Topic name is invalid: " + problem);
    if (image.find_topic(resource.resource_name) == nullptr)
      return refuse(resource, KafkaError::kUnknownTopicOrPartition, "");
    configs = effective_topic_configs(resource.resource_name, image, broker.config);
  } else if (type == metadata::ConfigResourceType::kBroker) {
    const std::string own = std::to_string(broker.config.node_id);
    const std::string& name = resource.resource_name;
    if (name.find_first_not_of("0123456789") != name.npos)
      return refuse(resource, KafkaError::kInvalidRequest,
                    "Broker id must be an integer, but it is: " + name);
    if (!name.empty() && name != own)
      return refuse(
          resource, KafkaError::kInvalidRequest,
          "Unexpected broker id, expected " + own + " or empty string, but received " + name);
    configs = name.empty() ? effective_cluster_configs(image)
                           : effective_broker_configs(image, broker.config);
  } else {
    return refuse(
        resource, KafkaError::kInvalidRequest,
        "This most likely occurs because of a request being malformed by the client library or "
        "the message was sent to an incompatible broker. See the broker logs for more details.");
  }
  Response::Result result = refuse(resource, KafkaError::kNone, "");
  for (const EffectiveConfig& config : configs)
    if (is_wanted(resource, config.def->name))
      result.configs.push_back(describe(config, is_topic, request));
  return result;
}

}  // namespace

Task<Response> handle_describe_configs(BrokerContext& broker, RequestInfo, Request request) {
  Response response;
  for (const Request::Resource& resource : request.resources)
    response.results.push_back(answer(broker, request, resource));
  co_return response;
}

}  // namespace faultline::server
