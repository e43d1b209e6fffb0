// SPDX-License-Identifier: Apache-2.0
// AlterConfigs (33), the old way: what the request does not name goes back to its default. Clients
// that know IncrementalAlterConfigs use that.
#include "broker/server/handlers/alter_responses.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using Request = wire::AlterConfigsRequest;
using Response = wire::AlterConfigsResponse;

std::vector<metadata::ConfigsToAlter> wanted_configs(const Request& request) {
  std::vector<metadata::ConfigsToAlter> resources;
  for (const Request::Resource& resource : request.resources) {
    metadata::ConfigsToAlter& wanted = resources.emplace_back();
    wanted.type = static_cast<metadata::ConfigResourceType>(resource.resource_type);
    wanted.name = resource.resource_name;
    for (const Request::Resource::Config& config : resource.configs)
      wanted.changes.push_back({config.name, config.value, metadata::ConfigOperation::kSet});
  }
  return resources;
}

}  // namespace

Task<Response> handle_alter_configs(BrokerContext& broker, RequestInfo, Request request) {
  std::vector<metadata::ConfigsToAlter> wanted = wanted_configs(request);
  const Result<metadata::AlterConfigsDecision> decision = co_await broker.controller.alter_configs(
      std::move(wanted), metadata::AlterMode::kReplace, request.validate_only);
  if (!decision) co_return refuse_alterations(broker, request, decision.error());
  co_return alter_response<Response>(broker, "AlterConfigs", *decision);
}

}  // namespace faultline::server
