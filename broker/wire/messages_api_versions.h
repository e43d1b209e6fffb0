// SPDX-License-Identifier: Apache-2.0
// Which APIs and versions a broker has, and its features.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct ApiVersionsResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kApiVersions, "ApiVersionsResponse");

  struct ApiVersion {
    int16_t api_key = 0;
    int16_t min_version = 0;
    int16_t max_version = 0;
    void wire(auto& a) {
      a.f("api_key", api_key);
      a.f("min_version", min_version);
      a.f("max_version", max_version);
    }
    bool operator==(const ApiVersion&) const = default;
  };
  struct SupportedFeature {
    std::string name;
    int16_t min_version = 0;
    int16_t max_version = 0;
    void wire(auto& a) {
      a.f("name", name);
      a.f("min_version", min_version);
      a.f("max_version", max_version);
    }
    bool operator==(const SupportedFeature&) const = default;
  };
  struct FinalizedFeature {
    std::string name;
    int16_t max_version_level = 0;
    int16_t min_version_level = 0;
    void wire(auto& a) {
      a.f("name", name);
      a.f("max_version_level", max_version_level);
      a.f("min_version_level", min_version_level);
    }
    bool operator==(const FinalizedFeature&) const = default;
  };
  KafkaError error_code = KafkaError::kNone;
  std::vector<ApiVersion> api_keys;
  int32_t throttle_time_ms = 0;
  std::vector<SupportedFeature> supported_features;
  int64_t finalized_features_epoch = -1;
  std::vector<FinalizedFeature> finalized_features;
  bool zk_migration_ready = false;
  void wire(auto& a) {
    a.f("error_code", error_code);
    a.f("api_keys", api_keys);
    a.f("throttle_time_ms", throttle_time_ms, 1);
    a.t(0, "supported_features", supported_features, 3);
    a.t(1, "finalized_features_epoch", finalized_features_epoch, 3, -1);
    a.t(2, "finalized_features", finalized_features, 3);
    a.t(3, "zk_migration_ready", zk_migration_ready, 3);
  }
  bool operator==(const ApiVersionsResponse&) const = default;
};

struct ApiVersionsRequest {
  static constexpr ApiKey kKey = ApiKey::kApiVersions;
  static constexpr MessageSpec kSpec = api_spec(kKey, "ApiVersionsRequest");
  using Response = ApiVersionsResponse;

  std::string client_software_name;
  std::string client_software_version;
  void wire(auto& a) {
    a.f("client_software_name", client_software_name, 3);
    a.f("client_software_version", client_software_version, 3);
  }
  bool operator==(const ApiVersionsRequest&) const = default;
};

}  // namespace faultline::wire
