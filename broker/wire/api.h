// SPDX-License-Identifier: Apache-2.0
// The one table of APIs: number, name, versions, first flexible version. A row here and a
// request/response pair in a messages_*.h header is all that an API needs to be spoken. Which of
// these versions a broker offers is decided in broker/server.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "broker/base/assert.h"
#include "broker/base/notation.h"

namespace faultline::wire {

enum class ApiKey : int16_t {
  kProduce = 0,
  kFetch = 1,
  kListOffsets = 2,
  kMetadata = 3,
  kOffsetCommit = 8,
  kOffsetFetch = 9,
  kFindCoordinator = 10,
  kJoinGroup = 11,
  kHeartbeat = 12,
  kLeaveGroup = 13,
  kSyncGroup = 14,
  kDescribeGroups = 15,
  kListGroups = 16,
  kApiVersions = 18,
  kCreateTopics = 19,
  kDeleteTopics = 20,
  kDeleteRecords = 21,
  kInitProducerId = 22,
  kOffsetForLeaderEpoch = 23,
  kDescribeConfigs = 32,
  kAlterConfigs = 33,
  kDescribeLogDirs = 35,
  kCreatePartitions = 37,
  kDeleteGroups = 42,
  kIncrementalAlterConfigs = 44,
  kOffsetDelete = 47,
  kDescribeCluster = 60,
  kDescribeTopicPartitions = 75,
};

struct ApiInfo {
  ApiKey key;
  std::string_view name;
  int min;
  int max;
  int first_flexible;
  int max_stable;  // Kafka 4.1 offers later ones only when told to

  constexpr bool has_version(int version) const { return version >= min && version <= max; }
};

inline constexpr auto kApis = std::to_array<ApiInfo>({
    {ApiKey::kProduce, "Produce", 3, 13, 9, 13},
    {ApiKey::kFetch, "Fetch", 4, 18, 12, 18},
    {ApiKey::kListOffsets, "ListOffsets", 1, 10, 6, 10},
    {ApiKey::kMetadata, "Metadata", 0, 13, 9, 13},
    {ApiKey::kOffsetCommit, "OffsetCommit", 2, 10, 8, 9},
    {ApiKey::kOffsetFetch, "OffsetFetch", 1, 10, 6, 9},
    {ApiKey::kFindCoordinator, "FindCoordinator", 0, 6, 3, 6},
    {ApiKey::kJoinGroup, "JoinGroup", 0, 9, 6, 9},
    {ApiKey::kHeartbeat, "Heartbeat", 0, 4, 4, 4},
    {ApiKey::kLeaveGroup, "LeaveGroup", 0, 5, 4, 5},
    {ApiKey::kSyncGroup, "SyncGroup", 0, 5, 4, 5},
    {ApiKey::kDescribeGroups, "DescribeGroups", 0, 6, 5, 6},
    {ApiKey::kListGroups, "ListGroups", 0, 5, 3, 5},
    {ApiKey::kApiVersions, "ApiVersions", 0, 4, 3, 4},
    {ApiKey::kCreateTopics, "CreateTopics", 2, 7, 5, 7},
    {ApiKey::kDeleteTopics, "DeleteTopics", 1, 6, 4, 6},
    {ApiKey::kDeleteRecords, "DeleteRecords", 0, 2, 2, 2},
    {ApiKey::kInitProducerId, "InitProducerId", 0, 6, 2, 5},
    {ApiKey::kOffsetForLeaderEpoch, "OffsetForLeaderEpoch", 2, 4, 4, 4},
    {ApiKey::kDescribeConfigs, "DescribeConfigs", 1, 4, 4, 4},
    {ApiKey::kAlterConfigs, "AlterConfigs", 0, 2, 2, 2},
    {ApiKey::kDescribeLogDirs, "DescribeLogDirs", 1, 4, 2, 4},
    {ApiKey::kCreatePartitions, "CreatePartitions", 0, 3, 2, 3},
    {ApiKey::kDeleteGroups, "DeleteGroups", 0, 2, 2, 2},
    {ApiKey::kIncrementalAlterConfigs, "IncrementalAlterConfigs", 0, 1, 1, 1},
    {ApiKey::kOffsetDelete, "OffsetDelete", 0, 0, kNeverFlexible, 0},
    {ApiKey::kDescribeCluster, "DescribeCluster", 0, 2, 0, 2},
    {ApiKey::kDescribeTopicPartitions, "DescribeTopicPartitions", 0, 0, 0, 0},
});

// nullptr for a number that is not in the table.
constexpr const ApiInfo* find_api(int16_t key) {
  for (const ApiInfo& api : kApis) {
    if (static_cast<int16_t>(api.key) == key) return &api;
  }
  return nullptr;
}

constexpr const ApiInfo& api_info(ApiKey key) {
  const ApiInfo* api = find_api(static_cast<int16_t>(key));
  ASSERT(api != nullptr);
  return *api;
}

// "Fetch", or "unknown API 99".
std::string api_name(int16_t key);

// The spec of a request or response of this API.
constexpr MessageSpec api_spec(ApiKey key, std::string_view message_name) {
  const ApiInfo& api = api_info(key);
  return {message_name, api.min, api.max, api.first_flexible, static_cast<int>(key)};
}

template <class T>
concept ApiRequest = requires {
  T::kKey;
  T::kSpec;
  typename T::Response;
};

// Key, name and versions of a request type's API.
template <ApiRequest Request>
inline constexpr const ApiInfo& api_of = api_info(Request::kKey);

}  // namespace faultline::wire
