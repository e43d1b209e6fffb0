// SPDX-License-Identifier: Apache-2.0
// Storing the offsets that a group has reached.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct OffsetCommitResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kOffsetCommit, "OffsetCommitResponse");

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
    Uuid topic_id;
    std::vector<Partition> partitions;
    void wire(auto& a) {
      a.f("name", name, 0, 9);
      a.f("topic_id", topic_id, 10);
      a.f("partitions", partitions);
    }
    bool operator==(const Topic&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 3);
    a.f("topics", topics);
  }
  bool operator==(const OffsetCommitResponse&) const = default;
};

struct OffsetCommitRequest {
  static constexpr ApiKey kKey = ApiKey::kOffsetCommit;
  static constexpr MessageSpec kSpec = api_spec(kKey, "OffsetCommitRequest");
  using Response = OffsetCommitResponse;

  struct Topic {
    struct Partition {
      int32_t partition_index = 0;
      int64_t committed_offset = 0;
      int32_t committed_leader_epoch = -1;
      std::optional<std::string> committed_metadata;
      void wire(auto& a) {
        a.f("partition_index", partition_index);
        a.f("committed_offset", committed_offset);
        a.f("committed_leader_epoch", committed_leader_epoch, 6);
        a.n("committed_metadata", committed_metadata);
      }
      bool operator==(const Partition&) const = default;
    };
    std::string name;
    Uuid topic_id;
    std::vector<Partition> partitions;
    void wire(auto& a) {
      a.f("name", name, 0, 9);
      a.f("topic_id", topic_id, 10);
      a.f("partitions", partitions);
    }
    bool operator==(const Topic&) const = default;
  };
  std::string group_id;
  int32_t generation_id_or_member_epoch = -1;
  std::string member_id;
  std::optional<std::string> group_instance_id;
  int64_t retention_time_ms = -1;
  std::vector<Topic> topics;
  void wire(auto& a) {
    a.f("group_id", group_id);
    a.f("generation_id_or_member_epoch", generation_id_or_member_epoch);
    a.f("member_id", member_id);
    a.n("group_instance_id", group_instance_id, 7, 7);
    a.f("retention_time_ms", retention_time_ms, 0, 4);
    a.f("topics", topics);
  }
  bool operator==(const OffsetCommitRequest&) const = default;
};

}  // namespace faultline::wire
