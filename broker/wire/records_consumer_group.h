// SPDX-License-Identifier: Apache-2.0
// Groups of the KIP-848 protocol in __consumer_offsets: the group and its members.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/notation.h"

namespace faultline::wire {

struct ConsumerGroupMetadataKey {
  static constexpr MessageSpec kSpec{"ConsumerGroupMetadataKey", 0, 0, kNeverFlexible, 3};

  std::string group_id;
  void wire(auto& a) { a.f("group_id", group_id); }
  bool operator==(const ConsumerGroupMetadataKey&) const = default;
};

struct ConsumerGroupMetadataValue {
  static constexpr MessageSpec kSpec{"ConsumerGroupMetadataValue", 0, 0, 0, 3};

  int32_t epoch = 0;
  int64_t metadata_hash = 0;
  void wire(auto& a) {
    a.f("epoch", epoch);
    a.t(0, "metadata_hash", metadata_hash, 0);
  }
  bool operator==(const ConsumerGroupMetadataValue&) const = default;
};

struct ConsumerGroupMemberMetadataKey {
  static constexpr MessageSpec kSpec{"ConsumerGroupMemberMetadataKey", 0, 0, kNeverFlexible, 5};

  std::string group_id;
  std::string member_id;
  void wire(auto& a) {
    a.f("group_id", group_id);
    a.f("member_id", member_id);
  }
  bool operator==(const ConsumerGroupMemberMetadataKey&) const = default;
};

struct ConsumerGroupMemberMetadataValue {
  static constexpr MessageSpec kSpec{"ConsumerGroupMemberMetadataValue", 0, 0, 0, 5};

  struct ClassicMemberMetadata {
    struct SupportedProtocol {
      std::string name;
      Slice metadata;
      void wire(auto& a) {
        a.f("name", name);
        a.f("metadata", metadata);
      }
      bool operator==(const SupportedProtocol&) const = default;
    };
    int32_t session_timeout_ms = 0;
    std::vector<SupportedProtocol> supported_protocols;
    void wire(auto& a) {
      a.f("session_timeout_ms", session_timeout_ms);
      a.f("supported_protocols", supported_protocols);
    }
    bool operator==(const ClassicMemberMetadata&) const = default;
  };
  std::optional<std::string> instance_id;
  std::optional<std::string> rack_id;
  std::string client_id;
  std::string client_host;
  std::vector<std::string> subscribed_topic_names;
  std::optional<std::string> subscribed_topic_regex;
  int32_t rebalance_timeout_ms = -1;
  std::optional<std::string> server_assignor;
  std::optional<ClassicMemberMetadata> classic_member_metadata = ClassicMemberMetadata();
  void wire(auto& a) {
    a.n("instance_id", instance_id);
    a.n("rack_id", rack_id);
    a.f("client_id", client_id);
    a.f("client_host", client_host);
    a.f("subscribed_topic_names", subscribed_topic_names);
    a.n("subscribed_topic_regex", subscribed_topic_regex);
    a.f("rebalance_timeout_ms", rebalance_timeout_ms);
    a.n("server_assignor", server_assignor);
    a.t(0, "classic_member_metadata", classic_member_metadata, 0, ClassicMemberMetadata());
  }
  bool operator==(const ConsumerGroupMemberMetadataValue&) const = default;
};

struct ConsumerGroupRegularExpressionKey {
  static constexpr MessageSpec kSpec{"ConsumerGroupRegularExpressionKey", 0, 0, kNeverFlexible, 16};

  std::string group_id;
  std::string regular_expression;
  void wire(auto& a) {
    a.f("group_id", group_id);
    a.f("regular_expression", regular_expression);
  }
  bool operator==(const ConsumerGroupRegularExpressionKey&) const = default;
};

struct ConsumerGroupRegularExpressionValue {
  static constexpr MessageSpec kSpec{"ConsumerGroupRegularExpressionValue", 0, 0, 0, 16};

  std::vector<std::string> topics;
  int64_t version = 0;
  int64_t timestamp = 0;
  void wire(auto& a) {
    a.f("topics", topics);
    a.f("version", version);
    a.f("timestamp", timestamp);
  }
  bool operator==(const ConsumerGroupRegularExpressionValue&) const = default;
};

}  // namespace faultline::wire
