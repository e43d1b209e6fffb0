// SPDX-License-Identifier: Apache-2.0
// Brokers, topics and partitions as clients see them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct MetadataResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kMetadata, "MetadataResponse");

  struct Broker {
    int32_t node_id = 0;
    std::string host;
    int32_t port = 0;
    std::optional<std::string> rack;
    void wire(auto& a) {
      a.f("node_id", node_id);
      a.f("host", host);
      a.f("port", port);
      a.n("rack", rack, 1, 1);
    }
    bool operator==(const Broker&) const = default;
  };
  struct Topic {
    struct Partition {
      KafkaError error_code = KafkaError::kNone;
      int32_t partition_index = 0;
      int32_t leader_id = 0;
      int32_t leader_epoch = -1;
      std::vector<int32_t> replica_nodes;
      std::vector<int32_t> isr_nodes;
      std::vector<int32_t> offline_replicas;
      void wire(auto& a) {
        a.f("error_code", error_code);
        a.f("partition_index", partition_index);
        a.f("leader_id", leader_id);
        a.f("leader_epoch", leader_epoch, 7);
        a.f("replica_nodes", replica_nodes);
        a.f("isr_nodes", isr_nodes);
        a.f("offline_replicas", offline_replicas, 5);
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
      a.n("name", name, 12);
      a.f("topic_id", topic_id, 10);
      a.f("is_internal", is_internal, 1);
      a.f("partitions", partitions);
      a.f("topic_authorized_operations", topic_authorized_operations, 8);
    }
    bool operator==(const Topic&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Broker> brokers;
  std::optional<std::string> cluster_id;
  int32_t controller_id = -1;
  std::vector<Topic> topics;
  int32_t cluster_authorized_operations = INT32_MIN;
  KafkaError error_code = KafkaError::kNone;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms, 3);
    a.f("brokers", brokers);
    a.n("cluster_id", cluster_id, 2, 2);
    a.f("controller_id", controller_id, 1);
    a.f("topics", topics);
    a.f("cluster_authorized_operations", cluster_authorized_operations, 8, 10);
    a.f("error_code", error_code, 13);
  }
  bool operator==(const MetadataResponse&) const = default;
};

struct MetadataRequest {
  static constexpr ApiKey kKey = ApiKey::kMetadata;
  static constexpr MessageSpec kSpec = api_spec(kKey, "MetadataRequest");
  using Response = MetadataResponse;

  struct Topic {
    Uuid topic_id;
    std::optional<std::string> name;
    void wire(auto& a) {
      a.f("topic_id", topic_id, 10);
      a.n("name", name, 10);
    }
    bool operator==(const Topic&) const = default;
  };
  std::optional<std::vector<Topic>> topics;
  bool allow_auto_topic_creation = true;
  bool include_cluster_authorized_operations = false;
  bool include_topic_authorized_operations = false;
  void wire(auto& a) {
    a.n("topics", topics, 1);
    a.f("allow_auto_topic_creation", allow_auto_topic_creation, 4);
    a.f("include_cluster_authorized_operations", include_cluster_authorized_operations, 8, 10);
    a.f("include_topic_authorized_operations", include_topic_authorized_operations, 8);
  }
  bool operator==(const MetadataRequest&) const = default;
};

}  // namespace faultline::wire
