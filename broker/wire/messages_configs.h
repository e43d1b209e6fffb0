// SPDX-License-Identifier: Apache-2.0
// Reading configurations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct DescribeConfigsResponse {
  static constexpr MessageSpec kSpec =
      api_spec(ApiKey::kDescribeConfigs, "DescribeConfigsResponse");

  struct Result {
    struct Config {
      struct Synonym {
        std::string name;
        std::optional<std::string> value;
        int8_t source = 0;
        void wire(auto& a) {
          a.f("name", name);
          a.n("value", value);
          a.f("source", source);
        }
        bool operator==(const Synonym&) const = default;
      };
      std::string name;
      std::optional<std::string> value;
      bool read_only = false;
      int8_t config_source = -1;
      bool is_sensitive = false;
      std::vector<Synonym> synonyms;
      int8_t config_type = 0;
      std::optional<std::string> documentation;
      void wire(auto& a) {
        a.f("name", name);
        a.n("value", value);
        a.f("read_only", read_only);
        a.f("config_source", config_source);
        a.f("is_sensitive", is_sensitive);
        a.f("synonyms", synonyms);
        a.f("config_type", config_type, 3);
        a.n("documentation", documentation, 3, 3);
      }
      bool operator==(const Config&) const = default;
    };
    KafkaError error_code = KafkaError::kNone;
    std::optional<std::string> error_message;
    int8_t resource_type = 0;
    std::string resource_name;
    std::vector<Config> configs;
    void wire(auto& a) {
      a.f("error_code", error_code);
      a.n("error_message", error_message);
      a.f("resource_type", resource_type);
      a.f("resource_name", resource_name);
      a.f("configs", configs);
    }
    bool operator==(const Result&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Result> results;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("results", results);
  }
  bool operator==(const DescribeConfigsResponse&) const = default;
};

struct DescribeConfigsRequest {
  static constexpr ApiKey kKey = ApiKey::kDescribeConfigs;
  static constexpr MessageSpec kSpec = api_spec(kKey, "DescribeConfigsRequest");
  using Response = DescribeConfigsResponse;

  struct Resource {
    int8_t resource_type = 0;
    std::string resource_name;
    std::optional<std::vector<std::string>> configuration_keys;
    void wire(auto& a) {
      a.f("resource_type", resource_type);
      a.f("resource_name", resource_name);
      a.n("configuration_keys", configuration_keys);
    }
    bool operator==(const Resource&) const = default;
  };
  std::vector<Resource> resources;
  bool include_synonyms = false;
  bool include_documentation = false;
  void wire(auto& a) {
    a.f("resources", resources);
    a.f("include_synonyms", include_synonyms);
    a.f("include_documentation", include_documentation, 3);
  }
  bool operator==(const DescribeConfigsRequest&) const = default;
};

}  // namespace faultline::wire
