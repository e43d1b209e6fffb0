// SPDX-License-Identifier: Apache-2.0
// What a fetch returns to consumers and followers; records share the bytes they came in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct FetchResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kFetch, "FetchResponse");

  struct Topic {
    struct Partition {
      struct DivergingEpoch {
        int32_t epoch = -1;
        int64_t end_offset = -1;
        void wire(auto& a) {
          a.f("epoch", epoch);
          a.f("end_offset", end_offset);
        }
        bool operator==(const DivergingEpoch&) const = default;
      };
      struct CurrentLeader {
        int32_t leader_id = -1;
        int32_t leader_epoch = -1;
        void wire(auto& a) {
          a.f("leader_id", leader_id);
          a.f("leader_epoch", leader_epoch);
        }
        bool operator==(const CurrentLeader&) const = default;
      };
      struct SnapshotId {
        int64_t end_offset = -1;
        int32_t epoch = -1;
        void wire(auto& a) {
          a.f("end_offset", end_offset);
          a.f("epoch", epoch);
        }
        bool operator==(const SnapshotId&) const = default;
      };
      struct AbortedTransaction {
        int64_t producer_id = 0;
        int64_t first_offset = 0;
        void wire(auto& a) {
          a.f("producer_id", producer_id);
          a.f("first_offset", first_offset);
        }
        bool operator==(const AbortedTransaction&) const = default;
      };
      int32_t partition_index = 0;
      KafkaError error_code = KafkaError::kNone;
      int64_t high_watermark = 0;
      int64_t last_stable_offset = -1;
      int64_t log_start_offset = -1;
      DivergingEpoch diverging_epoch;
      CurrentLeader current_leader;
      SnapshotId snapshot_id;
      std::optional<std::vector<AbortedTransaction>> aborted_transactions;
      int32_t preferred_read_replica = -1;
      std::optional<Slice> records;
      void wire(auto& a) {
        a.f("partition_index", partition_index);
        a.f("error_code", error_code);
        a.f("high_watermark", high_watermark);
        a.f("last_stable_offset", last_stable_offset);
        a.f("log_start_offset", log_start_offset, 5);
        a.n("aborted_transactions", aborted_transactions);
        a.f("preferred_read_replica", preferred_read_replica, 11);
        a.n("records", records);
        a.t(0, "diverging_epoch", diverging_epoch, 12);
        a.t(1, "current_leader", current_leader, 12);
        a.t(2, "snapshot_id", snapshot_id, 12);
      }
      bool operator==(const Partition&) const = default;
    };
    std::string topic;
    Uuid topic_id;
    std::vector<Partition> partitions;
    void wire(auto& a) {
      a.f("topic", topic, 0, 12);
      a.f("topic_id", topic_id, 13);
      a.f("partitions", partitions);
    }
    bool operator==(const Topic&) const = default;
  };
  struct NodeEndpoint {
    int32_t node_id = 0;
    std::string host;
    int32_t port = 0;
    std::optional<std::string> rack;
    void wire(auto& a) {
      a.f("node_id", node_id);
      a.f("host", host);
      a.f("port", port);
      a.n("rack", rack);
    }
    bool operator==(const NodeEndpoint&) const = default;
  };
  int32_t throttle_time_ms = 0;
  KafkaError error_code = KafkaError::kNone;
  int32_t session_id = 0;
  std::vector<Topic> responses;
  std::vector<NodeEndpoint> node_endpoints;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("error_code", error_code, 7);
    a.f("session_id", session_id, 7);
    a.f("responses", responses);
    a.t(0, "node_endpoints", node_endpoints, 16);
  }
  bool operator==(const FetchResponse&) const = default;
};

}  // namespace faultline::wire
