// SPDX-License-Identifier: Apache-2.0
// Names in a log directory: segment files by their base offset, partition directories, checkpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "broker/base/ids.h"

namespace faultline::log {

enum class FileKind : uint8_t {
  kLog,
  kOffsetIndex,
  kTimeIndex,
  kTransactionIndex,
  kProducerSnapshot,
};

inline constexpr std::string_view kCleanMarkerFile = ".kafka_cleanshutdown";
inline constexpr std::string_view kLockFile = ".lock";
inline constexpr std::string_view kMetaPropertiesFile = "meta.properties";
inline constexpr std::string_view kRecoveryPointFile = "recovery-point-offset-checkpoint";
inline constexpr std::string_view kHighWatermarkFile = "replication-offset-checkpoint";
inline constexpr std::string_view kLogStartFile = "log-start-offset-checkpoint";
inline constexpr std::string_view kEpochFile = "leader-epoch-checkpoint";
inline constexpr std::string_view kPartitionMetadataFile = "partition.metadata";
inline constexpr std::string_view kTemporarySuffix = ".tmp";

// "." and what Kafka puts behind it: "log", "index", "timeindex", "txnindex", "snapshot".
std::string_view suffix_of(FileKind kind);
std::string file_name(Offset base_offset, FileKind kind);

struct SegmentFileName {
  Offset base_offset = 0;
  FileKind kind = FileKind::kLog;
  auto operator<=>(const SegmentFileName&) const = default;
};
std::optional<SegmentFileName> parse_file_name(std::string_view name);

// "topic-0"; the topic may contain dashes. Nothing for "-delete", "-future", "-stray" and the like.
std::optional<TopicPartition> parse_directory_name(std::string_view name);
// Where a partition goes before its files are removed, or set aside.
std::string retired_directory_name(const TopicPartition& partition, const Uuid& unique,
                                   std::string_view suffix);
inline constexpr std::string_view kDeletedSuffix = "-delete";
inline constexpr std::string_view kStraySuffix = "-stray";
bool is_deleted_directory(std::string_view name);

std::string join_path(std::string_view directory, std::string_view name);

}  // namespace faultline::log
