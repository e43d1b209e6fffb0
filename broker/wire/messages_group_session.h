// SPDX-License-Identifier: Apache-2.0
// The life of a member of a classic group after it has joined.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct SyncGroupResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kSyncGroup, "SyncGroupResponse");

  int32_t throttle_time_ms = 0;
  KafkaError error_code = KafkaError::kNone;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  Slice assignment;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 1);
    a.f("error_code", error_code);
    a.n("protocol_type", protocol_type, 5, 5);
    a.n("protocol_name", protocol_name, 5, 5);
    a.f("assignment", assignment);
  }
  bool operator==(const SyncGroupResponse&) const = default;
};

struct SyncGroupRequest {
  static constexpr ApiKey kKey = ApiKey::kSyncGroup;
  static constexpr MessageSpec kSpec = api_spec(kKey, "SyncGroupRequest");
  using Response = SyncGroupResponse;

  struct Assignment {
    std::string member_id;
    Slice assignment;
    void wire(auto& a) {
      a.f("member_id", member_id);
      a.f("assignment", assignment);
    }
    bool operator==(const Assignment&) const = default;
  };
  std::string group_id;
  int32_t generation_id = 0;
  std::string member_id;
  std::optional<std::string> group_instance_id;
  std::optional<std::string> protocol_type;
  std::optional<std::string> protocol_name;
  std::vector<Assignment> assignments;
  void wire(auto& a) {
    a.f("group_id", group_id);
    a.f("generation_id", generation_id);
    a.f("member_id", member_id);
    a.n("group_instance_id", group_instance_id, 3, 3);
    a.n("protocol_type", protocol_type, 5, 5);
    a.n("protocol_name", protocol_name, 5, 5);
    a.f("assignments", assignments);
  }
  bool operator==(const SyncGroupRequest&) const = default;
};

struct HeartbeatResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kHeartbeat, "HeartbeatResponse");

  int32_t throttle_time_ms = 0;
  KafkaError error_code = KafkaError::kNone;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 1);
    a.f("error_code", error_code);
  }
  bool operator==(const HeartbeatResponse&) const = default;
};

struct HeartbeatRequest {
  static constexpr ApiKey kKey = ApiKey::kHeartbeat;
  static constexpr MessageSpec kSpec = api_spec(kKey, "HeartbeatRequest");
  using Response = HeartbeatResponse;

  std::string group_id;
  int32_t generation_id = 0;
  std::string member_id;
  std::optional<std::string> group_instance_id;
  void wire(auto& a) {
    a.f("group_id", group_id);
    a.f("generation_id", generation_id);
    a.f("member_id", member_id);
    a.n("group_instance_id", group_instance_id, 3, 3);
  }
  bool operator==(const HeartbeatRequest&) const = default;
};

struct LeaveGroupResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kLeaveGroup, "LeaveGroupResponse");

  struct Member {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    KafkaError error_code = KafkaError::kNone;
    void wire(auto& a) {
      a.f("member_id", member_id);
      a.n("group_instance_id", group_instance_id);
      a.f("error_code", error_code);
    }
    bool operator==(const Member&) const = default;
  };
  int32_t throttle_time_ms = 0;
  KafkaError error_code = KafkaError::kNone;
  std::vector<Member> members;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 1);
    a.f("error_code", error_code);
    a.f("members", members, 3);
  }
  bool operator==(const LeaveGroupResponse&) const = default;
};

struct LeaveGroupRequest {
  static constexpr ApiKey kKey = ApiKey::kLeaveGroup;
  static constexpr MessageSpec kSpec = api_spec(kKey, "LeaveGroupRequest");
  using Response = LeaveGroupResponse;

  struct Member {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::optional<std::string> reason;
    void wire(auto& a) {
      a.f("member_id", member_id);
      a.n("group_instance_id", group_instance_id);
      a.n("reason", reason, 5, 5);
    }
    bool operator==(const Member&) const = default;
  };
  std::string group_id;
  std::string member_id;
  std::vector<Member> members;
  void wire(auto& a) {
    a.f("group_id", group_id);
    a.f("member_id", member_id, 0, 2);
    a.f("members", members, 3);
  }
  bool operator==(const LeaveGroupRequest&) const = default;
};

}  // namespace faultline::wire
