// SPDX-License-Identifier: Apache-2.0
// Keys and values of classic groups in __consumer_offsets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct OffsetCommitKey {
  static constexpr MessageSpec kSpec{"OffsetCommitKey", 0, 0, kNeverFlexible, 1};

  std::string group;
  std::string topic;
  int32_t partition = 0;
  void wire(auto& a) {
    a.f("group", group);
    a.f("topic", topic);
    a.f("partition", partition);
  }
  bool operator==(const OffsetCommitKey&) const = default;
};

struct OffsetCommitValue {
  static constexpr MessageSpec kSpec{"OffsetCommitValue", 0, 4, 4, 1};

  int64_t offset = 0;
  int32_t leader_epoch = -1;
  std::string metadata;
  int64_t commit_timestamp = 0;
  int64_t expire_timestamp = -1;
  Uuid topic_id;
  void wire(auto& a) {
    a.f("offset", offset);
    a.f("leader_epoch", leader_epoch, 3);
    a.f("metadata", metadata);
    a.f("commit_timestamp", commit_timestamp);
    a.f("expire_timestamp", expire_timestamp, 1, 1);
    a.t(0, "topic_id", topic_id, 4);
  }
  bool operator==(const OffsetCommitValue&) const = default;
};

struct GroupMetadataKey {
  static constexpr MessageSpec kSpec{"GroupMetadataKey", 0, 0, kNeverFlexible, 2};

  std::string group;
  void wire(auto& a) { a.f("group", group); }
  bool operator==(const GroupMetadataKey&) const = default;
};

struct GroupMetadataValue {
  static constexpr MessageSpec kSpec{"GroupMetadataValue", 0, 4, 4, 2};

  struct MemberMetadata {
    std::string member_id;
    std::optional<std::string> group_instance_id;
    std::string client_id;
    std::string client_host;
    int32_t rebalance_timeout = -1;
    int32_t session_timeout = 0;
    Slice subscription;
    Slice assignment;
    void wire(auto& a) {
      a.f("member_id", member_id);
      a.n("group_instance_id", group_instance_id, 3, 3);
      a.f("client_id", client_id);
      a.f("client_host", client_host);
      a.f("rebalance_timeout", rebalance_timeout, 1);
      a.f("session_timeout", session_timeout);
      a.f("subscription", subscription);
      a.f("assignment", assignment);
    }
    bool operator==(const MemberMetadata&) const = default;
  };
  std::string protocol_type;
  int32_t generation = 0;
  std::optional<std::string> protocol;
  std::optional<std::string> leader;
  int64_t current_state_timestamp = -1;
  std::vector<MemberMetadata> members;
  void wire(auto& a) {
    a.f("protocol_type", protocol_type);
    a.f("generation", generation);
    a.n("protocol", protocol);
    a.n("leader", leader);
    a.f("current_state_timestamp", current_state_timestamp, 2);
    a.f("members", members);
  }
  bool operator==(const GroupMetadataValue&) const = default;
};

struct LegacyOffsetCommitKey {
  static constexpr MessageSpec kSpec{"LegacyOffsetCommitKey", 0, 0, kNeverFlexible, 0};

  std::string group;
  std::string topic;
  int32_t partition = 0;
  void wire(auto& a) {
    a.f("group", group);
    a.f("topic", topic);
    a.f("partition", partition);
  }
  bool operator==(const LegacyOffsetCommitKey&) const = default;
};

struct LegacyOffsetCommitValue {
  static constexpr MessageSpec kSpec{"LegacyOffsetCommitValue", 0, 0, kNeverFlexible, 0};

  int64_t offset = 0;
  std::string metadata;
  int64_t commit_timestamp = 0;
  void wire(auto& a) {
    a.f("offset", offset);
    a.f("metadata", metadata);
    a.f("commit_timestamp", commit_timestamp);
  }
  bool operator==(const LegacyOffsetCommitValue&) const = default;
};

}  // namespace faultline::wire
