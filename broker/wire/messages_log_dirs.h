// SPDX-License-Identifier: Apache-2.0
// Log directories and the sizes of what they hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct DescribeLogDirsResponse {
  static constexpr MessageSpec kSpec =
      api_spec(ApiKey::kDescribeLogDirs, "DescribeLogDirsResponse");

  struct Result {
    struct Topic {
      struct Partition {
        int32_t partition_index = 0;
        int64_t partition_size = 0;
        int64_t offset_lag = 0;
        bool is_future_key = false;
        void wire(auto& a) {
          a.f("partition_index", partition_index);
          a.f("partition_size", partition_size);
          a.f("offset_lag", offset_lag);
          a.f("is_future_key", is_future_key);
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
    std::string log_dir;
    std::vector<Topic> topics;
    int64_t total_bytes = -1;
    int64_t usable_bytes = -1;
    void wire(auto& a) {
      a.f("error_code", error_code);
      a.f("log_dir", log_dir);
      a.f("topics", topics);
      a.f("total_bytes", total_bytes, 4);
      a.f("usable_bytes", usable_bytes, 4);
    }
    bool operator==(const Result&) const = default;
  };
  int32_t throttle_time_ms = 0;
  KafkaError error_code = KafkaError::kNone;
  std::vector<Result> results;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("error_code", error_code, 3);
    a.f("results", results);
  }
  bool operator==(const DescribeLogDirsResponse&) const = default;
};

struct DescribeLogDirsRequest {
  static constexpr ApiKey kKey = ApiKey::kDescribeLogDirs;
  static constexpr MessageSpec kSpec = api_spec(kKey, "DescribeLogDirsRequest");
  using Response = DescribeLogDirsResponse;

  struct Topic {
    std::string topic;
    std::vector<int32_t> partitions;
    void wire(auto& a) {
      a.f("topic", topic);
      a.f("partitions", partitions);
    }
    bool operator==(const Topic&) const = default;
  };
  std::optional<std::vector<Topic>> topics;
  void wire(auto& a) { a.n("topics", topics); }
  bool operator==(const DescribeLogDirsRequest&) const = default;
};

}  // namespace faultline::wire
