// SPDX-License-Identifier: Apache-2.0
// Looking at groups.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct DescribeGroupsResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kDescribeGroups, "DescribeGroupsResponse");

  struct Group {
    struct Member {
      std::string member_id;
      std::optional<std::string> group_instance_id;
      std::string client_id;
      std::string client_host;
      Slice member_metadata;
      Slice member_assignment;
      void wire(auto& a) {
        a.f("member_id", member_id);
        a.n("group_instance_id", group_instance_id, 4, 4);
        a.f("client_id", client_id);
        a.f("client_host", client_host);
        a.f("member_metadata", member_metadata);
        a.f("member_assignment", member_assignment);
      }
      bool operator==(const Member&) const = default;
    };
    KafkaError error_code = KafkaError::kNone;
    std::optional<std::string> error_message;
    std::string group_id;
    std::string group_state;
    std::string protocol_type;
    std::string protocol_data;
    std::vector<Member> members;
    int32_t authorized_operations = INT32_MIN;
    void wire(auto& a) {
      a.f("error_code", error_code);
      a.n("error_message", error_message, 6, 6);
      a.f("group_id", group_id);
      a.f("group_state", group_state);
      a.f("protocol_type", protocol_type);
      a.f("protocol_data", protocol_data);
      a.f("members", members);
      a.f("authorized_operations", authorized_operations, 3);
    }
    bool operator==(const Group&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Group> groups;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 1);
    a.f("groups", groups);
  }
  bool operator==(const DescribeGroupsResponse&) const = default;
};

struct DescribeGroupsRequest {
  static constexpr ApiKey kKey = ApiKey::kDescribeGroups;
  static constexpr MessageSpec kSpec = api_spec(kKey, "DescribeGroupsRequest");
  using Response = DescribeGroupsResponse;

  std::vector<std::string> groups;
  bool include_authorized_operations = false;
  void wire(auto& a) {
    a.f("groups", groups);
    a.f("include_authorized_operations", include_authorized_operations, 3);
  }
  bool operator==(const DescribeGroupsRequest&) const = default;
};

struct ListGroupsResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kListGroups, "ListGroupsResponse");

  struct Group {
    std::string group_id;
    std::string protocol_type;
    std::string group_state;
    std::string group_type;
    void wire(auto& a) {
      a.f("group_id", group_id);
      a.f("protocol_type", protocol_type);
      a.f("group_state", group_state, 4);
      a.f("group_type", group_type, 5);
    }
    bool operator==(const Group&) const = default;
  };
  int32_t throttle_time_ms = 0;
  KafkaError error_code = KafkaError::kNone;
  std::vector<Group> groups;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 1);
    a.f("error_code", error_code);
    a.f("groups", groups);
  }
  bool operator==(const ListGroupsResponse&) const = default;
};

struct ListGroupsRequest {
  static constexpr ApiKey kKey = ApiKey::kListGroups;
  static constexpr MessageSpec kSpec = api_spec(kKey, "ListGroupsRequest");
  using Response = ListGroupsResponse;

  std::vector<std::string> states_filter;
  std::vector<std::string> types_filter;
  void wire(auto& a) {
    a.f("states_filter", states_filter, 4);
    a.f("types_filter", types_filter, 5);
  }
  bool operator==(const ListGroupsRequest&) const = default;
};

}  // namespace faultline::wire
