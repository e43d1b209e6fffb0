// SPDX-License-Identifier: Apache-2.0
// Finding offsets by time, and the ends of a log.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct ListOffsetsResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kListOffsets, "ListOffsetsResponse");

  struct Topic {
    struct Partition {
      int32_t partition_index = 0;
      KafkaError error_code = KafkaError::kNone;
      int64_t timestamp = -1;
      int64_t offset = -1;
      int32_t leader_epoch = -1;
      void wire(auto& a) {
        a.f("partition_index", partition_index);
        a.f("error_code", error_code);
        a.f("timestamp", timestamp);
        a.f("offset", offset);
        a.f("leader_epoch", leader_epoch, 4);
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
  int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 2);
    a.f("topics", topics);
  }
  bool operator==(const ListOffsetsResponse&) const = default;
};

struct ListOffsetsRequest {
  static constexpr ApiKey kKey = ApiKey::kListOffsets;
  static constexpr MessageSpec kSpec = api_spec(kKey, "ListOffsetsRequest");
  using Response = ListOffsetsResponse;

  struct Topic {
    struct Partition {
      int32_t partition_index = 0;
      int32_t current_leader_epoch = -1;
      int64_t timestamp = 0;
      void wire(auto& a) {
        a.f("partition_index", partition_index);
        a.f("current_leader_epoch", current_leader_epoch, 4);
        a.f("timestamp", timestamp);
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
  int32_t replica_id = 0;
  int8_t isolation_level = 0;
  std::vector<Topic> topics;
  int32_t timeout_ms = 0;
  void wire(auto& a) {
    a.f("replica_id", replica_id);
    a.f("isolation_level", isolation_level, 2);
    a.f("topics", topics);
    a.f("timeout_ms", timeout_ms, 10);
  }
  bool operator==(const ListOffsetsRequest&) const = default;
};

}  // namespace faultline::wire
