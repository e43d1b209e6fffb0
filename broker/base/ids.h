// SPDX-License-Identifier: Apache-2.0
// Names of things: nodes, UUIDs, topic partitions, and the integer kinds that Kafka counts with.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace faultline {

using Offset = int64_t;       // position of a record in a partition; -1 where Kafka says "none"
using LeaderEpoch = int32_t;  // Kafka's leader_epoch; -1 unknown
using ProducerId = int64_t;   // -1 none
using ProducerEpoch = int16_t;

// A machine of a cluster: broker, controller or client; unique within one world. Not Kafka's broker
// id, though a broker's node usually carries the same number.
struct NodeId {
  int32_t value = -1;
  constexpr auto operator<=>(const NodeId&) const = default;
};

// 16 bytes; text form is Kafka's: URL-safe base64 without padding, 22 characters. All zero means
// none.
struct Uuid {
  std::array<uint8_t, 16> bytes{};

  constexpr auto operator<=>(const Uuid&) const = default;
  constexpr bool is_zero() const { return *this == Uuid{}; }
  static Uuid from_words(uint64_t high, uint64_t low);
  static std::optional<Uuid> parse(std::string_view text);
  std::string to_string() const;
};

struct TopicPartition {
  std::string topic;
  int32_t partition = 0;

  auto operator<=>(const TopicPartition&) const = default;
  std::string to_string() const { return topic + "-" + std::to_string(partition); }
};

}  // namespace faultline
