// SPDX-License-Identifier: Apache-2.0
// Deleting groups, or single offsets of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct DeleteGroupsResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kDeleteGroups, "DeleteGroupsResponse");

  struct Result {
    std::string group_id;
    KafkaError error_code = KafkaError::kNone;
    void wire(auto& a) {
      a.f("group_id", group_id);
      a.f("error_code", error_code);
    }
    bool operator==(const Result&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Result> results;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("results", results);
  }
  bool operator==(const DeleteGroupsResponse&) const = default;
};

struct DeleteGroupsRequest {
  static constexpr ApiKey kKey = ApiKey::kDeleteGroups;
  static constexpr MessageSpec kSpec = api_spec(kKey, "DeleteGroupsRequest");
  using Response = DeleteGroupsResponse;

  std::vector<std::string> groups_names;
  void wire(auto& a) { a.f("groups_names", groups_names); }
  bool operator==(const DeleteGroupsRequest&) const = default;
};

struct OffsetDeleteResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kOffsetDelete, "OffsetDeleteResponse");

  struct Topic {
    struct Partition {
      int32_t partition_index = 0;
      KafkaError error_code = KafkaError::kNone;
      void wire(auto& a) {
        a.f("partition_index", partition_index);
        a.f("error_code", error_code);
      }
      bool operator==(const Partition&) const = default;
    };
    std::string name;
    std::vector<Partition> partitions;
    void wire(auto& a) {
      a.f("name", name);
      a.f("partitions", partitions);
    }
    bool operator==(const Topic&) const = default;
  };
  KafkaError error_code = KafkaError::kNone;
  int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  void wire(auto& a) {
    a.f("error_code", error_code);
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("topics", topics);
  }
  bool operator==(const OffsetDeleteResponse&) const = default;
};

struct OffsetDeleteRequest {
  static constexpr ApiKey kKey = ApiKey::kOffsetDelete;
  static constexpr MessageSpec kSpec = api_spec(kKey, "OffsetDeleteRequest");
  using Response = OffsetDeleteResponse;

  struct Topic {
    struct Partition {
      int32_t partition_index = 0;
      void wire(auto& a) { a.f("partition_index", partition_index); }
      bool operator==(const Partition&) const = default;
    };
    std::string name;
    std::vector<Partition> partitions;
    void wire(auto& a) {
      a.f("name", name);
      a.f("partitions", partitions);
    }
    bool operator==(const Topic&) const = default;
  };
  std::string group_id;
  std::vector<Topic> topics;
  void wire(auto& a) {
    a.f("group_id", group_id);
    a.f("topics", topics);
  }
  bool operator==(const OffsetDeleteRequest&) const = default;
};

}  // namespace faultline::wire
