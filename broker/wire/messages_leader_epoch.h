// SPDX-License-Identifier: Apache-2.0
// Where a leader epoch ends, to find out what a replica or consumer must forget.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct OffsetForLeaderEpochResponse {
  static constexpr MessageSpec kSpec =
      api_spec(ApiKey::kOffsetForLeaderEpoch, "OffsetForLeaderEpochResponse");

  struct Topic {
    struct Partition {
      KafkaError error_code = KafkaError::kNone;
      int32_t partition = 0;
      int32_t leader_epoch = -1;
      int64_t end_offset = -1;
      void wire(auto& a) {
        a.f("error_code", error_code);
        a.f("partition", partition);
        a.f("leader_epoch", leader_epoch);
        a.f("end_offset", end_offset);
      }
      bool operator==(const Partition&) const = default;
    };
    std::string topic;
    std::vector<Partition> partitions;
    void wire(auto& a) {
      a.f("topic", topic);
      a.f("partitions", partitions);
    }
    bool operator==(const Topic&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("topics", topics);
  }
  bool operator==(const OffsetForLeaderEpochResponse&) const = default;
};

struct OffsetForLeaderEpochRequest {
  static constexpr ApiKey kKey = ApiKey::kOffsetForLeaderEpoch;
  static constexpr MessageSpec kSpec = api_spec(kKey, "OffsetForLeaderEpochRequest");
  using Response = OffsetForLeaderEpochResponse;

  struct Topic {
    struct Partition {
      int32_t partition = 0;
      int32_t current_leader_epoch = -1;
      int32_t leader_epoch = 0;
      void wire(auto& a) {
        a.f("partition", partition);
        a.f("current_leader_epoch", current_leader_epoch);
        a.f("leader_epoch", leader_epoch);
      }
      bool operator==(const Partition&) const = default;
    };
    std::string topic;
    std::vector<Partition> partitions;
    void wire(auto& a) {
      a.f("topic", topic);
      a.f("partitions", partitions);
    }
    bool operator==(const Topic&) const = default;
  };
  int32_t replica_id = -2;
  std::vector<Topic> topics;
  void wire(auto& a) {
    a.f("replica_id", replica_id, 3);
    a.f("topics", topics);
  }
  bool operator==(const OffsetForLeaderEpochRequest&) const = default;
};

}  // namespace faultline::wire
