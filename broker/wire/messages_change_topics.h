// SPDX-License-Identifier: Apache-2.0
// Adding partitions and cutting the front of logs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"
#include "broker/wire/api.h"
#include "broker/wire/error_codes.h"

namespace faultline::wire {

struct CreatePartitionsResponse {
  static constexpr MessageSpec kSpec =
      api_spec(ApiKey::kCreatePartitions, "CreatePartitionsResponse");

  struct Result {
    std::string name;
    KafkaError error_code = KafkaError::kNone;
    std::optional<std::string> error_message;
    void wire(auto& a) {
      a.f("name", name);
      a.f("error_code", error_code);
      a.n("error_message", error_message);
    }
    bool operator==(const Result&) const = default;
  };
  int32_t throttle_time_ms = 0;
  std::vector<Result> results;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("results", results);
  }
  bool operator==(const CreatePartitionsResponse&) const = default;
};

struct CreatePartitionsRequest {
  static constexpr ApiKey kKey = ApiKey::kCreatePartitions;
  static constexpr MessageSpec kSpec = api_spec(kKey, "CreatePartitionsRequest");
  using Response = CreatePartitionsResponse;

  struct Topic {
    struct Assignment {
      std::vector<int32_t> broker_ids;
      void wire(auto& a) { a.f("broker_ids", broker_ids); }
      bool operator==(const Assignment&) const = default;
    };
    std::string name;
    int32_t count = 0;
    std::optional<std::vector<Assignment>> assignments;
    void wire(auto& a) {
      a.f("name", name);
      a.f("count", count);
      a.n("assignments", assignments);
    }
    bool operator==(const Topic&) const = default;
  };
  std::vector<Topic> topics;
  int32_t timeout_ms = 0;
  bool validate_only = false;
  void wire(auto& a) {
    a.f("topics", topics);
    a.f("timeout_ms", timeout_ms);
    a.f("validate_only", validate_only);
  }
  bool operator==(const CreatePartitionsRequest&) const = default;
};

struct DeleteRecordsResponse {
  static constexpr MessageSpec kSpec = api_spec(ApiKey::kDeleteRecords, "DeleteRecordsResponse");

  struct Topic {
    struct Partition {
      int32_t partition_index = 0;
      int64_t low_watermark = 0;
      KafkaError error_code = KafkaError::kNone;
      void wire(auto& a) {
        a.f("partition_index", partition_index);
        a.f("low_watermark", low_watermark);
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
  int32_t throttle_time_ms = 0;
  std::vector<Topic> topics;
  void wire(auto& a) {
    a.f("throttle_time_ms", throttle_time_ms);
    a.f("topics", topics);
  }
  bool operator==(const DeleteRecordsResponse&) const = default;
};

struct DeleteRecordsRequest {
  static constexpr ApiKey kKey = ApiKey::kDeleteRecords;
  static constexpr MessageSpec kSpec = api_spec(kKey, "DeleteRecordsRequest");
  using Response = DeleteRecordsResponse;

  struct Topic {
    struct Partition {
      int32_t partition_index = 0;
      int64_t offset = 0;
      void wire(auto& a) {
        a.f("partition_index", partition_index);
        a.f("offset", offset);
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
  std::vector<Topic> topics;
  int32_t timeout_ms = 0;
  void wire(auto& a) {
    a.f("topics", topics);
    a.f("timeout_ms", timeout_ms);
  }
  bool operator==(const DeleteRecordsRequest&) const = default;
};

}  // namespace faultline::wire
