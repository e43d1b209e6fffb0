// SPDX-License-Identifier: Apache-2.0
// The oracle's own understanding of Kafka's message definitions: JSON files with comments, as Kafka
// ships them. Shares no code with broker/wire, so that the two can disagree.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace oracle {

struct Range {
  int from = 0;
  int to = -1;  // empty when below from

  bool has(int version) const { return version >= from && version <= to; }
  bool empty() const { return to < from; }
};

inline constexpr int kOpen = std::numeric_limits<int>::max();

// "3+", "2", "0-7", "none".
Range parse_range(const std::string& text);

enum class Kind { kBool, kInt, kFloat, kString, kBytes, kUuid, kStruct };

struct Field {
  std::string name;
  Kind kind = Kind::kInt;
  int width = 0;  // bytes of an integer
  bool is_signed = true;
  bool is_array = false;
  std::vector<Field> fields;  // of a struct
  Range versions;
  Range nullable;
  Range tagged;
  int tag = -1;
  bool null_by_default = false;
  int64_t number_by_default = 0;
  std::string text_by_default;

  bool may_be_null(int version) const { return nullable.has(version); }
  bool is_tagged(int version) const { return tag >= 0 && tagged.has(version); }
};

struct Message {
  std::string name;
  std::string kind;  // "request", "response", "metadata", "coordinator-key", "data", ...
  int api_key = -1;
  Range versions;
  Range flexible;
  std::vector<Field> fields;
};

// nullopt with no such definition below `root`.
std::optional<Message> load(const std::filesystem::path& root, const std::string& name);

// "TopicId" -> "topic_id", "KRaftVersion" -> "k_raft_version".
std::string snake_case(const std::string& name);

}  // namespace oracle
