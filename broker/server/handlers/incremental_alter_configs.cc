// SPDX-License-Identifier: Apache-2.0
// IncrementalAlterConfigs (44): sets, deletes, appends to and subtracts from configurations of
// topics and of this broker (KIP-339). They hold when the answer goes out, and after a restart.
#include "broker/server/handlers/alter_responses.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using Request = wire::IncrementalAlterConfigsRequest;
using Response = wire::IncrementalAlterConfigsResponse;

metadata::ConfigOperation operation_of(const Request::Resource::Config& config) {
  return static_cast<metadata::ConfigOperation>(config.config_operation);
}

}  // namespace

Task<Response> handle_incremental_alter_configs(BrokerContext& broker, RequestInfo,
                                                Request request) {
  std::vector<metadata::ConfigsToAlter> wanted = wanted_configs(request, operation_of);
  const Result<metadata::AlterConfigsDecision> decision = co_await broker.controller.alter_configs(
      std::move(wanted), metadata::AlterMode::kIncremental, request.validate_only);
  if (!decision) co_return refuse_alterations(broker, request, decision.error());
  co_return alter_response<Response>(broker, "IncrementalAlterConfigs", *decision);
}

}  // namespace faultline::server
