// SPDX-License-Identifier: Apache-2.0
// Creating topics.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct CreateTopicsResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kCreateTopics, "CreateTopicsResponse");

  struct Topic {
    struct Config {
      std::string name;
      std::optional<std::string> value;
      bool read_only = false;
      int8_t config_source = -1;
      bool is_sensitive = false;
      void wire(auto& a) {
        a.f("name", name);
        a.n("value", value);
        a.f("read_only", read_only);
        a.f("config_source", config_source);
        a.f("is_sensitive", is_sensitive);
      }
      bool operator==(const Config&) const = default;
    };
    std::string name;
    Uuid topic_id;
    KafkaError error_code = KafkaError::kNone;
    std::optional<std::string> error_message;
    KafkaError topic_config_error_code = KafkaError::kNone;
    int32_t num_partitions = -1;
    int16_t replication_factor = -1;
    std::optional<std::vector<Config>> configs;
    void wire(auto& a) {
      a.f("name", name);
      a.f("topic_id", topic_id, 7);
      a.f("error_code", error_code);
      a.n("error_message", error_message);
      a.f("num_partitions", num_partitions, 5);
      a.f("replication_factor", replication_factor, 5);
      a.n("configs", configs, 5, 5);
      a.t(0, "topic_config_error_code", topic_config_error_code, 5);
    }
    bool operator==(const Topic&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("topics", topics);
  }
  bool operator==(const CreateTopicsResponse&) const = default;
};

struct CreateTopicsRequest {
  static constexpr ApiKey kKey = ApiKey::kCreateTopics;
  static constexpr MessageSpec kSpec = api_spec(kKey, "CreateTopicsRequest");
  using Response = CreateTopicsResponse;

  struct Topic {
    struct Assignment {
      int32_t partition_index = 0;
      std::vector<int32_t> broker_ids;
      void wire(auto& a) {
        a.f("partition_index", partition_index);
        a.f("broker_ids", broker_ids);
      }
      bool operator==(const Assignment&) const = default;
    };
    struct Config {
      std::string name;
      std::optional<std::string> value;
      void wire(auto& a) {
        a.f("name", name);
        a.n("value", value);
      }
      bool operator==(const Config&) const = default;
    };
    std::string name;
    int32_t num_partitions = 0;
    int16_t replication_factor = 0;
    std::vector<Assignment> assignments;
    std::vector<Config> configs;
    void wire(auto& a) {
      a.f("name", name);
      a.f("num_partitions", num_partitions);
      a.f("replication_factor", replication_factor);
      a.f("assignments", assignments);
      a.f("configs", configs);
    }
    bool operator==(const Topic&) const = default;
  };
  std::vector<Topic> topics;
  int32_t timeout_ms = 60000;
  bool validate_only = false;
  void wire(auto& a) {
    a.f("topics", topics);
    a.f("timeout_ms", timeout_ms);
    a.f("validate_only", validate_only);
  }
  bool operator==(const CreateTopicsRequest&) const = default;
};

}  // namespace faultline::wire
