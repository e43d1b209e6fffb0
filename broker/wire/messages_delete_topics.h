// SPDX-License-Identifier: Apache-2.0
// Deleting topics.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct DeleteTopicsResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kDeleteTopics, "DeleteTopicsResponse");

  struct Topic {
    std::optional<std::string> name;
    Uuid topic_id;
    KafkaError error_code = KafkaError::kNone;
    std::optional<std::string> error_message;
    void wire(auto& a) {
      a.n("name", name, 6);
      a.f("topic_id", topic_id, 6);
      a.f("error_code", error_code);
      a.n("error_message", error_message, 5, 5);
    }
    bool operator==(const Topic&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Topic> responses;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("responses", responses);
  }
  bool operator==(const DeleteTopicsResponse&) const = default;
};

struct DeleteTopicsRequest {
  static constexpr ApiKey kKey = ApiKey::kDeleteTopics;
  static constexpr MessageSpec kSpec = api_spec(kKey, "DeleteTopicsRequest");
  using Response = DeleteTopicsResponse;

  struct Topic {
    std::optional<std::string> name;
    Uuid topic_id;
    void wire(auto& a) {
      a.n("name", name);
      a.f("topic_id", topic_id);
    }
    bool operator==(const Topic&) const = default;
  };
  std::vector<Topic> topics;
  std::vector<std::string> topic_names;
  int32_t timeout_ms = 0;
  void wire(auto& a) {
    a.f("topics", topics, 6);
    a.f("topic_names", topic_names, 0, 5);
    a.f("timeout_ms", timeout_ms);
  }
  bool operator==(const DeleteTopicsRequest&) const = default;
};

}  // namespace faultline::wire
