// SPDX-License-Identifier: Apache-2.0
// Reading the offsets that groups have committed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct OffsetFetchResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kOffsetFetch, "OffsetFetchResponse");

  struct Topic {
    struct Partition {
      int32_t partition_index = 0;
      int64_t committed_offset = 0;
      int32_t committed_leader_epoch = -1;
      std::optional<std::string> metadata;
      KafkaError error_code = KafkaError::kNone;
      void wire(auto& a) {
        a.f("partition_index", partition_index);
        a.f("committed_offset", committed_offset);
        a.f("committed_leader_epoch", committed_leader_epoch, 5);
        a.n("metadata", metadata);
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
  struct Group {
    struct Topic {
      struct Partition {
        int32_t partition_index = 0;
        int64_t committed_offset = 0;
        int32_t committed_leader_epoch = -1;
        std::optional<std::string> metadata;
        KafkaError error_code = KafkaError::kNone;
        void wire(auto& a) {
          a.f("partition_index", partition_index);
          a.f("committed_offset", committed_offset);
          a.f("committed_leader_epoch", committed_leader_epoch);
          a.n("metadata", metadata);
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
    std::string group_id;
    std::vector<Topic> topics;
    KafkaError error_code = KafkaError::kNone;
    void wire(auto& a) {
      a.f("group_id", group_id);
      a.f("topics", topics);
      a.f("error_code", error_code);
    }
    bool operator==(const Group&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  KafkaError error_code = KafkaError::kNone;
  std::vector<Group> groups;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 3);
    a.f("topics", topics, 0, 7);
    a.f("error_code", error_code, 2, 7);
    a.f("groups", groups, 8);
  }
  bool operator==(const OffsetFetchResponse&) const = default;
};

struct OffsetFetchRequest {
  static constexpr ApiKey kKey = ApiKey::kOffsetFetch;
  static constexpr MessageSpec kSpec = api_spec(kKey, "OffsetFetchRequest");
  using Response = OffsetFetchResponse;

  struct Topic {
    std::string name;
    std::vector<int32_t> partition_indexes;
    void wire(auto& a) {
      a.f("name", name);
      a.f("partition_indexes", partition_indexes);
    }
    bool operator==(const Topic&) const = default;
  };
  struct Group {
    struct Topic {
      std::string name;
      Uuid topic_id;
      std::vector<int32_t> partition_indexes;
      void wire(auto& a) {
        a.f("name", name, 0, 9);
        a.f("topic_id", topic_id, 10);
        a.f("partition_indexes", partition_indexes);
      }
      bool operator==(const Topic&) const = default;
    };
    std::string group_id;
    std::optional<std::string> member_id;
    int32_t member_epoch = -1;
    std::optional<std::vector<Topic>> topics;
    void wire(auto& a) {
      a.f("group_id", group_id);
      a.n("member_id", member_id, 9, 9);
      a.f("member_epoch", member_epoch, 9);
      a.n("topics", topics);
    }
    bool operator==(const Group&) const = default;
  };
  std::string group_id;
  std::optional<std::vector<Topic>> topics;
  std::vector<Group> groups;
  bool require_stable = false;
  void wire(auto& a) {
    a.f("group_id", group_id, 0, 7);
    a.n("topics", topics, 2, 1, 7);
    a.f("groups", groups, 8);
    a.f("require_stable", require_stable, 7);
  }
  bool operator==(const OffsetFetchRequest&) const = default;
};

}  // namespace faultline::wire
