// SPDX-License-Identifier: Apache-2.0
// Text forms of the small files of a log directory.
#include "broker/log/directory_files.h"

#include <fmt/format.h>

#include "broker/log/text_lines.h"

namespace faultline::log {

std::string format_partition_metadata(const Uuid& topic_id) {
  return "version: 0\ntopic_id: " + topic_id.to_string();
}

Result<Uuid> parse_partition_metadata(std::string_view text) {
  constexpr std::string_view kVersion = "version: ";
  constexpr std::string_view kTopicId = "topic_id: ";
  const std::vector<std::string_view> lines = split_lines(text);
  if (lines.size() != 2 || !lines[0].starts_with(kVersion) || !lines[1].starts_with(kTopicId))
    return fail(ErrorCode::kCorrupt, "partition.metadata");
  if (lines[0].substr(kVersion.size()) != "0")
    return fail(ErrorCode::kUnsupported, "partition.metadata version");
  const auto topic_id = Uuid::parse(lines[1].substr(kTopicId.size()));
  if (!topic_id || topic_id->is_zero()) return fail(ErrorCode::kCorrupt, "topic id");
  return *topic_id;
}

std::string format_meta_properties(const MetaProperties& meta) {
  std::string text = fmt::format("cluster.id={}\ndirectory.id={}\nnode.id={}\nversion=1\n",
                                 meta.cluster_id, meta.directory_id.to_string(), meta.node_id);
  for (const auto& [key, value] : meta.others) text += fmt::format("{}={}\n", key, value);
  return text;
}

Result<MetaProperties> parse_meta_properties(std::string_view text) {
  MetaProperties meta;
  std::string_view version;
  for (std::string_view line : split_lines(text)) {
    if (line.empty() || line.front() == '#' || line.front() == '!') continue;
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos)
      return fail(ErrorCode::kCorrupt, "meta.properties line '" + std::string(line) + "'");
    const std::string_view key = line.substr(0, equals);
    const std::string_view value = line.substr(equals + 1);
    if (key == "version") {
      version = value;
    } else if (key == "cluster.id") {
      meta.cluster_id = value;
    } else if (key == "node.id") {
      if (!parse_integer(value, &meta.node_id)) return fail(ErrorCode::kCorrupt, "node.id");
    } else if (key == "directory.id") {
      const auto id = Uuid::parse(value);
      if (!id) return fail(ErrorCode::kCorrupt, "directory.id");
      meta.directory_id = *id;
    } else {
      meta.others[std::string(key)] = value;
    }
  }
  if (version != "0" && version != "1")
    return fail(ErrorCode::kUnsupported, "meta.properties version " + std::string(version) +
                                             ": written by newer software, nothing was changed");
  return meta;
}

std::string format_clean_marker(int64_t broker_epoch) {
  return fmt::format("{{\"version\":0,\"brokerEpoch\":{}}}", broker_epoch);
}

int64_t parse_clean_marker(std::string_view text) {
  constexpr std::string_view kKey = "\"brokerEpoch\":";
  const size_t at = text.find(kKey);
  if (at == std::string_view::npos) return -1;
  std::string_view digits = text.substr(at + kKey.size());
  digits = digits.substr(0, digits.find_first_not_of("-0123456789"));
  int64_t epoch = -1;
  return parse_integer(digits, &epoch) ? epoch : -1;
}

}  // namespace faultline::log
