// SPDX-License-Identifier: Apache-2.0
// Writing records.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct ProduceResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kProduce, "ProduceResponse");

  struct Topic {
    struct Partition {
      struct RecordError {
        int32_t batch_index = 0;
        std::optional<std::string> batch_index_error_message;
        void wire(auto& a) {
          a.f("batch_index", batch_index);
          a.n("batch_index_error_message", batch_index_error_message);
        }
        bool operator==(const RecordError&) const = default;
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
      int32_t index = 0;
      KafkaError error_code = KafkaError::kNone;
      int64_t base_offset = 0;
      int64_t log_append_time_ms = -1;
      int64_t log_start_offset = -1;
      std::vector<RecordError> record_errors;
      std::optional<std::string> error_message;
      CurrentLeader current_leader;
      void wire(auto& a) {
        a.f("index", index);
        a.f("error_code", error_code);
        a.f("base_offset", base_offset);
        a.f("log_append_time_ms", log_append_time_ms);
        a.f("log_start_offset", log_start_offset, 5);
        a.f("record_errors", record_errors, 8);
        a.n("error_message", error_message, 8, 8);
        a.t(0, "current_leader", current_leader, 10);
      }
      bool operator==(const Partition&) const = default;
    };
    std::string name;
    Uuid topic_id;
    std::vector<Partition> partition_responses;
    void wire(auto& a) {
      a.f("name", name, 0, 12);
      a.f("topic_id", topic_id, 13);
      a.f("partition_responses", partition_responses);
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
  std::vector<Topic> responses;
  int32_t throttle_time_ms = 0;
  std::vector<NodeEndpoint> node_endpoints;
  void wire(auto& a) {
    a.f("responses", responses);
    a.f("throttle_time_ms", throttle_time_ms);
    a.t(0, "node_endpoints", node_endpoints, 10);
  }
  bool operator==(const ProduceResponse&) const = default;
};

struct ProduceRequest {
  static constexpr ApiKey kKey = ApiKey::kProduce;
  static constexpr MessageSpec kSpec = api_spec(kKey, "ProduceRequest");
  using Response = ProduceResponse;

  struct Topic {
    struct Partition {
      int32_t index = 0;
      std::optional<Slice> records;
      void wire(auto& a) {
        a.f("index", index);
        a.n("records", records);
      }
      bool operator==(const Partition&) const = default;
    };
    std::string name;
    Uuid topic_id;
    std::vector<Partition> partition_data;
    void wire(auto& a) {
      a.f("name", name, 0, 12);
      a.f("topic_id", topic_id, 13);
      a.f("partition_data", partition_data);
    }
    bool operator==(const Topic&) const = default;
  };
  std::optional<std::string> transactional_id;
  int16_t acks = 0;
  int32_t timeout_ms = 0;
  std::vector<Topic> topic_data;
  void wire(auto& a) {
    a.n("transactional_id", transactional_id);
    a.f("acks", acks);
    a.f("timeout_ms", timeout_ms);
    a.f("topic_data", topic_data);
  }
  bool operator==(const ProduceRequest&) const = default;
};

}  // namespace faultline::wire
