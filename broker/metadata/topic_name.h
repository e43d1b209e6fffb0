// SPDX-License-Identifier: Apache-2.0
// Which topic names Kafka allows: 1 to 249 letters, digits, '.', '_' and '-'; and which two names
// may not live side by side, because metrics write '.' as '_'.
#pragma once

#include <string>
#include <string_view>

namespace faultline::metadata {

constexpr size_t kTopicNameBytesMax = 249;

inline constexpr std::string_view kClusterMetadataTopic = "__cluster_metadata";
inline constexpr std::string_view kOffsetsTopicName = "__consumer_offsets";

// Why `name` is no topic name, in Kafka's words; empty when it is one.
std::string topic_name_problem(std::string_view name);

bool topic_names_collide(std::string_view a, std::string_view b);

// Topics that belong to Kafka itself and that clients may not produce to by default.
bool is_internal_topic(std::string_view name);

}  // namespace faultline::metadata
