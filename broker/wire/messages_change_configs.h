// SPDX-License-Identifier: Apache-2.0
// Changing configurations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct AlterConfigsResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kAlterConfigs, "AlterConfigsResponse");

  struct Resource {
    KafkaError error_code = KafkaError::kNone;
    std::optional<std::string> error_message;
    int8_t resource_type = 0;
    std::string resource_name;
    void wire(auto& a) {
      a.f("error_code", error_code);
      a.n("error_message", error_message);
      a.f("resource_type", resource_type);
      a.f("resource_name", resource_name);
    }
    bool operator==(const Resource&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Resource> responses;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("responses", responses);
  }
  bool operator==(const AlterConfigsResponse&) const = default;
};

struct AlterConfigsRequest {
  static constexpr ApiKey kKey = ApiKey::kAlterConfigs;
  static constexpr MessageSpec kSpec = api_spec(kKey, "AlterConfigsRequest");
  using Response = AlterConfigsResponse;

  struct Resource {
    struct Config {
      std::string name;
      std::optional<std::string> value;
      void wire(auto& a) {
        a.f("name", name);
        a.n("value", value);
      }
      bool operator==(const Config&) const = default;
    };
    int8_t resource_type = 0;
    std::string resource_name;
    std::vector<Config> configs;
    void wire(auto& a) {
      a.f("resource_type", resource_type);
      a.f("resource_name", resource_name);
      a.f("configs", configs);
    }
    bool operator==(const Resource&) const = default;
  };
  std::vector<Resource> resources;
  bool validate_only = false;
  void wire(auto& a) {
    a.f("resources", resources);
    a.f("validate_only", validate_only);
  }
  bool operator==(const AlterConfigsRequest&) const = default;
};

struct IncrementalAlterConfigsResponse {
  static constexpr MessageSpec kSpec =
      api_spec(ApiKey::kIncrementalAlterConfigs, "IncrementalAlterConfigsResponse");

  struct Resource {
    KafkaError error_code = KafkaError::kNone;
    std::optional<std::string> error_message;
    int8_t resource_type = 0;
    std::string resource_name;
    void wire(auto& a) {
      a.f("error_code", error_code);
      a.n("error_message", error_message);
      a.f("resource_type", resource_type);
      a.f("resource_name", resource_name);
    }
    bool operator==(const Resource&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Resource> responses;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("responses", responses);
  }
  bool operator==(const IncrementalAlterConfigsResponse&) const = default;
};

struct IncrementalAlterConfigsRequest {
  static constexpr ApiKey kKey = ApiKey::kIncrementalAlterConfigs;
  static constexpr MessageSpec kSpec = api_spec(kKey, "IncrementalAlterConfigsRequest");
  using Response = IncrementalAlterConfigsResponse;

  struct Resource {
    struct Config {
      std::string name;
      int8_t config_operation = 0;
      std::optional<std::string> value;
      void wire(auto& a) {
        a.f("name", name);
        a.f("config_operation", config_operation);
        a.n("value", value);
      }
      bool operator==(const Config&) const = default;
    };
    int8_t resource_type = 0;
    std::string resource_name;
    std::vector<Config> configs;
    void wire(auto& a) {
      a.f("resource_type", resource_type);
      a.f("resource_name", resource_name);
      a.f("configs", configs);
    }
    bool operator==(const Resource&) const = default;
  };
  std::vector<Resource> resources;
  bool validate_only = false;
  void wire(auto& a) {
    a.f("resources", resources);
    a.f("validate_only", validate_only);
  }
  bool operator==(const IncrementalAlterConfigsRequest&) const = default;
};

}  // namespace faultline::wire
