// SPDX-License-Identifier: Apache-2.0
// Topics page by page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct DescribeTopicPartitionsResponse {
  static constexpr MessageSpec kSpec =
      api_spec(ApiKey::kDescribeTopicPartitions, "DescribeTopicPartitionsResponse");

  struct Topic {
    struct Partition {
      KafkaError error_code = KafkaError::kNone;
      int32_t partition_index = 0;
      int32_t leader_id = 0;
      int32_t leader_epoch = -1;
      std::vector<int32_t> replica_nodes;
      std::vector<int32_t> isr_nodes;
      std::optional<std::vector<int32_t>> eligible_leader_replicas;
      std::optional<std::vector<int32_t>> last_known_elr;
      std::vector<int32_t> offline_replicas;
      void wire(auto& a) {
        a.f("error_code", error_code);
        a.f("partition_index", partition_index);
        a.f("leader_id", leader_id);
        a.f("leader_epoch", leader_epoch);
        a.f("replica_nodes", replica_nodes);
        a.f("isr_nodes", isr_nodes);
        a.n("eligible_leader_replicas", eligible_leader_replicas);
        a.n("last_known_elr", last_known_elr);
        a.f("offline_replicas", offline_replicas);
      }
      bool operator==(const Partition&) const = default;
    };
    KafkaError error_code = KafkaError::kNone;
    std::optional<std::string> name;
    Uuid topic_id;
    bool is_internal = false;
    std::vector<Partition> partitions;
    int32_t topic_authorized_operations = INT32_MIN;
    void wire(auto& a) {
      a.f("error_code", error_code);
      a.n("name", name);
      a.f("topic_id", topic_id);
      a.f("is_internal", is_internal);
      a.f("partitions", partitions);
      a.f("topic_authorized_operations", topic_authorized_operations);
    }
    bool operator==(const Topic&) const = default;
  };
  struct NextCursor {
    std::string topic_name;
    int32_t partition_index = 0;
    void wire(auto& a) {
      a.f("topic_name", topic_name);
      a.f("partition_index", partition_index);
    }
    bool operator==(const NextCursor&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  std::optional<NextCursor> next_cursor;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("topics", topics);
    a.n("next_cursor", next_cursor);
  }
  bool operator==(const DescribeTopicPartitionsResponse&) const = default;
};

struct DescribeTopicPartitionsRequest {
  static constexpr ApiKey kKey = ApiKey::kDescribeTopicPartitions;
  static constexpr MessageSpec kSpec = api_spec(kKey, "DescribeTopicPartitionsRequest");
  using Response = DescribeTopicPartitionsResponse;

  struct Topic {
    std::string name;
    void wire(auto& a) { a.f("name", name); }
    bool operator==(const Topic&) const = default;
  };
  struct Cursor {
    std::string topic_name;
    int32_t partition_index = 0;
    void wire(auto& a) {
      a.f("topic_name", topic_name);
      a.f("partition_index", partition_index);
    }
    bool operator==(const Cursor&) const = default;
  };
  std::vector<Topic> topics;
  int32_t response_partition_limit = 2000;
  std::optional<Cursor> cursor;
  void wire(auto& a) {
    a.f("topics", topics);
    a.f("response_partition_limit", response_partition_limit);
    a.n("cursor", cursor);
  }
  bool operator==(const DescribeTopicPartitionsRequest&) const = default;
};

}  // namespace faultline::wire
