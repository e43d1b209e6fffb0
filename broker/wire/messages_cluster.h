// SPDX-License-Identifier: Apache-2.0
// The nodes of the cluster.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct DescribeClusterResponse {
  static constexpr MessageSpec kSpec =
      api_spec(ApiKey::kDescribeCluster, "DescribeClusterResponse");

  struct Broker {
    int32_t broker_id = 0;
    std::string host;
    int32_t port = 0;
    std::optional<std::string> rack;
    bool is_fenced = false;
    void wire(auto& a) {
      a.f("broker_id", broker_id);
      a.f("host", host);
      a.f("port", port);
      a.n("rack", rack);
      a.f("is_fenced", is_fenced, 2);
    }
    bool operator==(const Broker&) const = default;
  };
  int32_t throttle_time_ms = 0;
  KafkaError error_code = KafkaError::kNone;
  std::optional<std::string> error_message;
  int8_t endpoint_type = 1;
  std::string cluster_id;
  int32_t controller_id = -1;
  std::vector<Broker> brokers;
  int32_t cluster_authorized_operations = INT32_MIN;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("error_code", error_code);
    a.n("error_message", error_message);
    a.f("endpoint_type", endpoint_type, 1);
    a.f("cluster_id", cluster_id);
    a.f("controller_id", controller_id);
    a.f("brokers", brokers);
    a.f("cluster_authorized_operations", cluster_authorized_operations);
  }
  bool operator==(const DescribeClusterResponse&) const = default;
};

struct DescribeClusterRequest {
  static constexpr ApiKey kKey = ApiKey::kDescribeCluster;
  static constexpr MessageSpec kSpec = api_spec(kKey, "DescribeClusterRequest");
  using Response = DescribeClusterResponse;

  bool include_cluster_authorized_operations = false;
  int8_t endpoint_type = 1;
  bool include_fenced_brokers = false;
  void wire(auto& a) {
    a.f("include_cluster_authorized_operations", include_cluster_authorized_operations);
    a.f("endpoint_type", endpoint_type, 1);
    a.f("include_fenced_brokers", include_fenced_brokers, 2);
  }
  bool operator==(const DescribeClusterRequest&) const = default;
};

}  // namespace faultline::wire
