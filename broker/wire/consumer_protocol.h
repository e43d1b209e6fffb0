// SPDX-License-Identifier: Apache-2.0
// What consumers put into the opaque bytes of JoinGroup and SyncGroup.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct ConsumerProtocolSubscription {
  static constexpr MessageSpec kSpec{"ConsumerProtocolSubscription", 0, 3, kNeverFlexible};

  struct OwnedPartition {
    std::string topic;
    std::vector<int32_t> partitions;
    void wire(auto& a) {
      a.f("topic", topic);
      a.f("partitions", partitions);
    }
    bool operator==(const OwnedPartition&) const = default;
  };
  std::vector<std::string> topics;
  std::optional<Slice> user_data;
  std::vector<OwnedPartition> owned_partitions;
  int32_t generation_id = -1;
  std::optional<std::string> rack_id;
  void wire(auto& a) {
    a.f("topics", topics);
    a.n("user_data", user_data);
    a.f("owned_partitions", owned_partitions, 1);
    a.f("generation_id", generation_id, 2);
    a.n("rack_id", rack_id, 3, 3);
  }
  bool operator==(const ConsumerProtocolSubscription&) const = default;
};

struct ConsumerProtocolAssignment {
  static constexpr MessageSpec kSpec{"ConsumerProtocolAssignment", 0, 3, kNeverFlexible};

  struct AssignedPartition {
    std::string topic;
    std::vector<int32_t> partitions;
    void wire(auto& a) {
      a.f("topic", topic);
      a.f("partitions", partitions);
    }
    bool operator==(const AssignedPartition&) const = default;
  };
  std::vector<AssignedPartition> assigned_partitions;
  std::optional<Slice> user_data;
  void wire(auto& a) {
    a.f("assigned_partitions", assigned_partitions);
    a.n("user_data", user_data);
  }
  bool operator==(const ConsumerProtocolAssignment&) const = default;
};

}  // namespace faultline::wire
