// SPDX-License-Identifier: Apache-2.0
// Groups of the KIP-848 protocol in __consumer_offsets: assignments.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct ConsumerGroupPartitionMetadataKey {
  static constexpr MessageSpec kSpec{"ConsumerGroupPartitionMetadataKey", 0, 0, kNeverFlexible, 4};

  std::string group_id;
  void wire(auto& a) { a.f("group_id", group_id); }
  bool operator==(const ConsumerGroupPartitionMetadataKey&) const = default;
};

struct ConsumerGroupPartitionMetadataValue {
  static constexpr MessageSpec kSpec{"ConsumerGroupPartitionMetadataValue", 0, 0, 0, 4};

  struct Topic {
    struct PartitionMetadata {
      int32_t partition = 0;
      std::vector<std::string> racks;
      void wire(auto& a) {
        a.f("partition", partition);
        a.f("racks", racks);
      }
      bool operator==(const PartitionMetadata&) const = default;
    };
    Uuid topic_id;
    std::string topic_name;
    int32_t num_partitions = 0;
    std::vector<PartitionMetadata> partition_metadata;
    void wire(auto& a) {
      a.f("topic_id", topic_id);
      a.f("topic_name", topic_name);
      a.f("num_partitions", num_partitions);
      a.f("partition_metadata", partition_metadata);
    }
    bool operator==(const Topic&) const = default;
  };
  std::vector<Topic> topics;
  void wire(auto& a) { a.f("topics", topics); }
  bool operator==(const ConsumerGroupPartitionMetadataValue&) const = default;
};

struct ConsumerGroupTargetAssignmentMetadataKey {
  static constexpr MessageSpec kSpec{"ConsumerGroupTargetAssignmentMetadataKey", 0, 0,
                                     kNeverFlexible, 6};

  std::string group_id;
  void wire(auto& a) { a.f("group_id", group_id); }
  bool operator==(const ConsumerGroupTargetAssignmentMetadataKey&) const = default;
};

struct ConsumerGroupTargetAssignmentMetadataValue {
  static constexpr MessageSpec kSpec{"ConsumerGroupTargetAssignmentMetadataValue", 0, 0, 0, 6};

  int32_t assignment_epoch = 0;
  void wire(auto& a) { a.f("assignment_epoch", assignment_epoch); }
  bool operator==(const ConsumerGroupTargetAssignmentMetadataValue&) const = default;
};

struct ConsumerGroupTargetAssignmentMemberKey {
  static constexpr MessageSpec kSpec{"ConsumerGroupTargetAssignmentMemberKey", 0, 0, kNeverFlexible,
                                     7};

  std::string group_id;
  std::string member_id;
  void wire(auto& a) {
    a.f("group_id", group_id);
    a.f("member_id", member_id);
  }
  bool operator==(const ConsumerGroupTargetAssignmentMemberKey&) const = default;
};

struct ConsumerGroupTargetAssignmentMemberValue {
  static constexpr MessageSpec kSpec{"ConsumerGroupTargetAssignmentMemberValue", 0, 0, 0, 7};

  struct TopicPartition {
    Uuid topic_id;
    std::vector<int32_t> partitions;
    void wire(auto& a) {
      a.f("topic_id", topic_id);
      a.f("partitions", partitions);
    }
    bool operator==(const TopicPartition&) const = default;
  };
  std::vector<TopicPartition> topic_partitions;
  void wire(auto& a) { a.f("topic_partitions", topic_partitions); }
  bool operator==(const ConsumerGroupTargetAssignmentMemberValue&) const = default;
};

struct ConsumerGroupCurrentMemberAssignmentKey {
  static constexpr MessageSpec kSpec{"ConsumerGroupCurrentMemberAssignmentKey", 0, 0,
                                     kNeverFlexible, 8};

  std::string group_id;
  std::string member_id;
  void wire(auto& a) {
    a.f("group_id", group_id);
    a.f("member_id", member_id);
  }
  bool operator==(const ConsumerGroupCurrentMemberAssignmentKey&) const = default;
};

struct ConsumerGroupCurrentMemberAssignmentValue {
  static constexpr MessageSpec kSpec{"ConsumerGroupCurrentMemberAssignmentValue", 0, 0, 0, 8};

  struct TopicPartitions {
    Uuid topic_id;
    std::vector<int32_t> partitions;
    void wire(auto& a) {
      a.f("topic_id", topic_id);
      a.f("partitions", partitions);
    }
    bool operator==(const TopicPartitions&) const = default;
  };
  int32_t member_epoch = 0;
  int32_t previous_member_epoch = 0;
  int8_t state = 0;
  std::vector<TopicPartitions> assigned_partitions;
  std::vector<TopicPartitions> partitions_pending_revocation;
  void wire(auto& a) {
    a.f("member_epoch", member_epoch);
    a.f("previous_member_epoch", previous_member_epoch);
    a.f("state", state);
    a.f("assigned_partitions", assigned_partitions);
    a.f("partitions_pending_revocation", partitions_pending_revocation);
  }
  bool operator==(const ConsumerGroupCurrentMemberAssignmentValue&) const = default;
};

}  // namespace faultline::wire
