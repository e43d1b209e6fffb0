// SPDX-License-Identifier: Apache-2.0
// AlterConfigs (33), the old way: what the request does not name goes back to its default. Clients
// that know IncrementalAlterConfigs use that.
#include "broker/server/handlers/alter_responses.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using Request = wire::AlterConfigsRequest;
using Response = wire::AlterConfigsResponse;

metadata::ConfigOperation operation_of(const Request::Resource::Config&) {
  return metadata::ConfigOperation::kSet;
}

}  // namespace

Task<Response> handle_alter_configs(BrokerContext& broker, RequestInfo, Request request) {
  std::vector<metadata::ConfigsToAlter> wanted = wanted_configs(request, operation_of);
  const Result<metadata::AlterConfigsDecision> decision = co_await broker.controller.alter_configs(
      std::move(wanted), metadata::AlterMode::kReplace, request.validate_only);
  if (!decision) co_return refuse_alterations(broker, request, decision.error());
  co_return alter_response<Response>(broker, "AlterConfigs", *decision);
}

}  // namespace faultline::server
