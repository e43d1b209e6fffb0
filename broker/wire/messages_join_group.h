// SPDX-License-Identifier: Apache-2.0
// Finding a coordinator and joining a classic group.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct FindCoordinatorResponse {
  static constexpr MessageSpec kSpec =
      api_spec(ApiKey::kFindCoordinator, "FindCoordinatorResponse");

  struct Coordinator {
    std::string key;
    int32_t node_id = 0;
    std::string host;
    int32_t port = 0;
    KafkaError error_code = KafkaError::kNone;
    std::optional<std::string> error_message;
    void wire(auto& a) {
      a.f("key", key);
      a.f("node_id", node_id);
      a.f("host", host);
      a.f("port", port);
      a.f("error_code", error_code);
      a.n("error_message", error_message);
    }
    bool operator==(const Coordinator&) const = default;
  };
  int32_t throttle_time_ms = 0;
  KafkaError error_code = KafkaError::kNone;
  std::optional<std::string> error_message;
  int32_t node_id = 0;
  std::string host;
  int32_t port = 0;
  std::vector<Coordinator> coordinators;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 1);
    a.f("error_code", error_code, 0, 3);
    a.n("error_message", error_message, 1, 1, 3);
    a.f("node_id", node_id, 0, 3);
    a.f("host", host, 0, 3);
    a.f("port", port, 0, 3);
    a.f("coordinators", coordinators, 4);
  }
  bool operator==(const FindCoordinatorResponse&) const = default;
};

struct FindCoordinatorRequest {
  static constexpr ApiKey kKey = ApiKey::kFindCoordinator;
  static constexpr MessageSpec kSpec = api_spec(kKey, "FindCoordinatorRequest");
  using Response = FindCoordinatorResponse;

  std::string key;
  int8_t key_type = 0;
  std::vector<std::string> coordinator_keys;
  void wire(auto& a) {
    a.f("key", key, 0, 3);
    a.f("key_type", key_type, 1);
    a.f("coordinator_keys", coordinator_keys, 4);
  }
  bool operator==(const FindCoordinatorRequest&) const = default;
};

struct JoinGroupResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kJoinGroup, "JoinGroupResponse");

  struct Member {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    Slice metadata;
    void wire(auto& a) {
      a.f("member_id", member_id);
      a.n("group_instance_id", group_instance_id, 5, 5);
      a.f("metadata", metadata);
    }
    bool operator==(const Member&) const = default;
  };
  int32_t throttle_time_ms = 0;
  KafkaError error_code = KafkaError::kNone;
  int32_t generation_id = -1;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::string leader;
  bool skip_assignment = false;
  std::string member_id;
  std::vector<Member> members;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 2);
    a.f("error_code", error_code);
    a.f("generation_id", generation_id);
    a.n("protocol_type", protocol_type, 7, 7);
    a.n("protocol_name", protocol_name, 7);
    a.f("leader", leader);
    a.f("skip_assignment", skip_assignment, 9);
    a.f("member_id", member_id);
    a.f("members", members);
  }
  bool operator==(const JoinGroupResponse&) const = default;
};

struct JoinGroupRequest {
  static constexpr ApiKey kKey = ApiKey::kJoinGroup;
  static constexpr MessageSpec kSpec = api_spec(kKey, "JoinGroupRequest");
  using Response = JoinGroupResponse;

  struct Protocol {
    std::string name;
    Slice metadata;
    void wire(auto& a) {
      a.f("name", name);
      a.f("metadata", metadata);
    }
    bool operator==(const Protocol&) const = default;
  };
  std::string group_id;
  int32_t session_timeout_ms = 0;
  int32_t rebalance_timeout_ms = -1;
  std::string member_id;
  std::optional<std::string> group_instance_id;
  std::string protocol_type;
  std::vector<Protocol> protocols;
  std::optional<std::string> reason;
  void wire(auto& a) {
    a.f("group_id", group_id);
    a.f("session_timeout_ms", session_timeout_ms);
    a.f("rebalance_timeout_ms", rebalance_timeout_ms, 1);
    a.f("member_id", member_id);
    a.n("group_instance_id", group_instance_id, 5, 5);
    a.f("protocol_type", protocol_type);
    a.f("protocols", protocols);
    a.n("reason", reason, 8, 8);
  }
  bool operator==(const JoinGroupRequest&) const = default;
};

}  // namespace faultline::wire
