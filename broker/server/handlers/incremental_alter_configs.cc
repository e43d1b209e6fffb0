// SPDX-License-Identifier: Apache-2.0
// IncrementalAlterConfigs (44): sets, deletes, appends to and subtracts from configurations of
// topics and of this broker (KIP-339). They hold when the answer goes out, and after a restart.
#include "broker/server/handlers/alter_responses.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using Request = wire::IncrementalAlterConfigsRequest;
using Response = wire::IncrementalAlterConfigsResponse;

std::vector<metadata::ConfigsToAlter> wanted_configs(const Request& request) {
  std::vector<metadata::ConfigsToAlter> resources;
  for (const Request::Resource& resource : request.resources) {
    metadata::ConfigsToAlter& wanted = resources.emplace_back();
    wanted.type = static_cast<metadata::ConfigResourceType>(resource.resource_type);
    wanted.name = resource.resource_name;
    for (const Request::Resource::Config& config : resource.configs)
      wanted.changes.push_back({config.name, config.value,
                                static_cast<metadata::ConfigOperation>(config.config_operation)});
  }
  return resources;
}

}  // namespace

Task<Response> handle_incremental_alter_configs(BrokerContext& broker, RequestInfo,
                                                Request request) {
  std::vector<metadata::ConfigsToAlter> wanted = wanted_configs(request);
  const Result<metadata::AlterConfigsDecision> decision = co_await broker.controller.alter_configs(
      std::move(wanted), metadata::AlterMode::kIncremental, request.validate_only);
  if (!decision) co_return refuse_alterations(broker, request, decision.error());
  co_return alter_response<Response>(broker, "IncrementalAlterConfigs", *decision);
}

}  // namespace faultline::server
