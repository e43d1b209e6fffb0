// SPDX-License-Identifier: Apache-2.0
// DescribeCluster (60): the brokers that are up, from version 2 on also those that are not. There
// is no separate endpoint of a controller.
#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::DescribeClusterRequest;
using Response = wire::DescribeClusterResponse;

constexpr int8_t kBrokers = 1;
constexpr int8_t kControllers = 2;

// Version 0 cannot ask for any other.
Response refuse(int8_t endpoint_type) {
  Response response;
  if (endpoint_type == kControllers) {
    response.error_code = KafkaError::kMismatchedEndpointType;
    response.error_message =
        "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type "
        "CONTROLLER";
  } else {
    response.error_code = KafkaError::kUnsupportedEndpointType;
    response.error_message = "Unsupported endpoint type " + std::to_string(endpoint_type);
  }
  return response;
}

}  // namespace

Task<Response> handle_describe_cluster(BrokerContext& broker, RequestInfo, Request request) {
  if (request.endpoint_type != kBrokers) co_return refuse(request.endpoint_type);
  Response response;
  response.cluster_id = broker.cluster_id;
  for (const auto& [id, image] : broker.metadata.image().brokers) {
    const bool is_wanted = !image.is_fenced || request.include_fenced_brokers;
    if (!is_wanted || image.endpoints.empty()) continue;
    Response::Broker& entry = response.brokers.emplace_back();
    entry.broker_id = id;
    entry.host = image.endpoints.front().host;
    entry.port = image.endpoints.front().port;
    entry.rack = image.rack;
    entry.is_fenced = image.is_fenced;
  }
  response.controller_id = broker.config.node_id;
  if (request.include_cluster_authorized_operations)
    response.cluster_authorized_operations = kClusterOperations;
  co_return response;
}

}  // namespace faultline::server
