// SPDX-License-Identifier: Apache-2.0
// Topics, partitions and configurations in the metadata log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct TopicRecord {
  static constexpr MessageSpec kSpec{"TopicRecord", 0, 0, 0, 2};

  std::string name;
  Uuid topic_id;
  void wire(auto& a) {
    a.f("name", name);
    a.f("topic_id", topic_id);
  }
  bool operator==(const TopicRecord&) const = default;
};

struct RemoveTopicRecord {
  static constexpr MessageSpec kSpec{"RemoveTopicRecord", 0, 0, 0, 9};

  Uuid topic_id;
  void wire(auto& a) { a.f("topic_id", topic_id); }
  bool operator==(const RemoveTopicRecord&) const = default;
};

struct PartitionRecord {
  static constexpr MessageSpec kSpec{"PartitionRecord", 0, 2, 0, 3};

  int32_t partition_id = -1;
  Uuid topic_id;
  std::vector<int32_t> replicas;
  std::vector<int32_t> isr;
  std::vector<int32_t> removing_replicas;
  std::vector<int32_t> adding_replicas;
  int32_t leader = -1;
  int8_t leader_recovery_state = 0;
  int32_t leader_epoch = -1;
  int32_t partition_epoch = -1;
  std::vector<Uuid> directories;
  std::optional<std::vector<int32_t>> eligible_leader_replicas;
  std::optional<std::vector<int32_t>> last_known_elr;
  void wire(auto& a) {
    a.f("partition_id", partition_id);
    a.f("topic_id", topic_id);
    a.f("replicas", replicas);
    a.f("isr", isr);
    a.f("removing_replicas", removing_replicas);
    a.f("adding_replicas", adding_replicas);
    a.f("leader", leader);
    a.f("leader_epoch", leader_epoch);
    a.f("partition_epoch", partition_epoch);
    a.f("directories", directories, 1);
    a.t(0, "leader_recovery_state", leader_recovery_state, 0);
    a.t(1, "eligible_leader_replicas", eligible_leader_replicas, 2);
    a.t(2, "last_known_elr", last_known_elr, 2);
  }
  bool operator==(const PartitionRecord&) const = default;
};

struct PartitionChangeRecord {
  static constexpr MessageSpec kSpec{"PartitionChangeRecord", 0, 2, 0, 5};

  int32_t partition_id = -1;
  Uuid topic_id;
  std::optional<std::vector<int32_t>> isr;
  int32_t leader = -2;
  std::optional<std::vector<int32_t>> replicas;
  std::optional<std::vector<int32_t>> removing_replicas;
  std::optional<std::vector<int32_t>> adding_replicas;
  int8_t leader_recovery_state = -1;
  std::optional<std::vector<Uuid>> directories;
  std::optional<std::vector<int32_t>> eligible_leader_replicas;
  std::optional<std::vector<int32_t>> last_known_elr;
  void wire(auto& a) {
    a.f("partition_id", partition_id);
    a.f("topic_id", topic_id);
    a.t(0, "isr", isr, 0);
    a.t(1, "leader", leader, 0, -2);
    a.t(2, "replicas", replicas, 0);
    a.t(3, "removing_replicas", removing_replicas, 0);
    a.t(4, "adding_replicas", adding_replicas, 0);
    a.t(5, "leader_recovery_state", leader_recovery_state, 0, -1);
    a.t(6, "eligible_leader_replicas", eligible_leader_replicas, 2);
    a.t(7, "last_known_elr", last_known_elr, 2);
    a.t(8, "directories", directories, 1);
  }
  bool operator==(const PartitionChangeRecord&) const = default;
};

struct ConfigRecord {
  static constexpr MessageSpec kSpec{"ConfigRecord", 0, 0, 0, 4};

  int8_t resource_type = 0;
  std::string resource_name;
  std::string name;
  std::optional<std::string> value;
  void wire(auto& a) {
    a.f("resource_type", resource_type);
    a.f("resource_name", resource_name);
    a.f("name", name);
    a.n("value", value);
  }
  bool operator==(const ConfigRecord&) const = default;
};

struct ClearElrRecord {
  static constexpr MessageSpec kSpec{"ClearElrRecord", 0, 0, 0, 28};

  std::string topic_name;
  void wire(auto& a) { a.f("topic_name", topic_name); }
  bool operator==(const ClearElrRecord&) const = default;
};

}  // namespace faultline::wire
