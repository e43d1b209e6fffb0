// SPDX-License-Identifier: Apache-2.0
// Reading records, by consumers and by followers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/messages_fetch_response.h"

namespace faultline::wire {

struct FetchRequest {
  static constexpr ApiKey kKey = ApiKey::kFetch;
  static constexpr MessageSpec kSpec = api_spec(kKey, "FetchRequest");
  using Response = FetchResponse;

  struct ReplicaState {
    int32_t replica_id = -1;
    int64_t replica_epoch = -1;
    void wire(auto& a) {
      a.f("replica_id", replica_id);
      a.f("replica_epoch", replica_epoch);
    }
    bool operator==(const ReplicaState&) const = default;
  };
  struct Topic {
    struct Partition {
      int32_t partition = 0;
      int32_t current_leader_epoch = -1;
      int64_t fetch_offset = 0;
      int32_t last_fetched_epoch = -1;
      int64_t log_start_offset = -1;
      int32_t partition_max_bytes = 0;
      Uuid replica_directory_id;
      int64_t high_watermark = INT64_MAX;
      void wire(auto& a) {
        a.f("partition", partition);
        a.f("current_leader_epoch", current_leader_epoch, 9);
        a.f("fetch_offset", fetch_offset);
        a.f("last_fetched_epoch", last_fetched_epoch, 12);
        a.f("log_start_offset", log_start_offset, 5);
        a.f("partition_max_bytes", partition_max_bytes);
        a.t(0, "replica_directory_id", replica_directory_id, 17);
        a.t(1, "high_watermark", high_watermark, 18, INT64_MAX);
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
  struct ForgottenTopic {
    std::string topic;
    Uuid topic_id;
    std::vector<int32_t> partitions;
    void wire(auto& a) {
      a.f("topic", topic, 0, 12);
      a.f("topic_id", topic_id, 13);
      a.f("partitions", partitions);
    }
    bool operator==(const ForgottenTopic&) const = default;
  };
  std::optional<std::string> cluster_id;
  int32_t replica_id = -1;
  ReplicaState replica_state;
  int32_t max_wait_ms = 0;
  int32_t min_bytes = 0;
  int32_t max_bytes = INT32_MAX;
  int8_t isolation_level = 0;
  int32_t session_id = 0;
  int32_t session_epoch = -1;
  std::vector<Topic> topics;
  std::vector<ForgottenTopic> forgotten_topics_data;
  std::string rack_id;
  void wire(auto& a) {
    a.f("replica_id", replica_id, 0, 14);
    a.f("max_wait_ms", max_wait_ms);
    a.f("min_bytes", min_bytes);
    a.f("max_bytes", max_bytes);
    a.f("isolation_level", isolation_level);
    a.f("session_id", session_id, 7);
    a.f("session_epoch", session_epoch, 7);
    a.f("topics", topics);
    a.f("forgotten_topics_data", forgotten_topics_data, 7);
    a.f("rack_id", rack_id, 11);
    a.t(0, "cluster_id", cluster_id, 12);
    a.t(1, "replica_state", replica_state, 15);
  }
  bool operator==(const FetchRequest&) const = default;
};

}  // namespace faultline::wire
