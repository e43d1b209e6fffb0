// SPDX-License-Identifier: Apache-2.0
// Making and parsing names.
#include "broker/log/file_names.h"

#include <array>
#include <charconv>

#include "broker/base/assert.h"

namespace faultline::log {
namespace {

constexpr size_t kOffsetDigits = 20;
constexpr std::array<std::string_view, 5> kSuffixes = {".log", ".index", ".timeindex", ".txnindex",
                                                       ".snapshot"};

template <class Int>
std::optional<Int> parse_digits(std::string_view digits) {
  Int value = 0;
  if (digits.empty() || digits.front() == '-') return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string_view suffix_of(FileKind kind) { return kSuffixes[static_cast<size_t>(kind)]; }

std::string file_name(Offset base_offset, FileKind kind) {
  ASSERT_OP(base_offset, >=, 0);
  std::string digits = std::to_string(base_offset);
  std::string name(kOffsetDigits - digits.size(), '0');
  name += digits;
  name += suffix_of(kind);
  return name;
}

std::optional<SegmentFileName> parse_file_name(std::string_view name) {
  if (name.size() < kOffsetDigits) return std::nullopt;
  const std::string_view suffix = name.substr(kOffsetDigits);
  for (size_t kind = 0; kind < kSuffixes.size(); ++kind) {
    if (suffix != kSuffixes[kind]) continue;
    const auto base_offset = parse_digits<Offset>(name.substr(0, kOffsetDigits));
    if (!base_offset) return std::nullopt;
    return SegmentFileName{*base_offset, static_cast<FileKind>(kind)};
  }
  return std::nullopt;
}

std::optional<TopicPartition> parse_directory_name(std::string_view name) {
  const size_t dash = name.rfind('-');
  if (dash == std::string_view::npos || dash == 0) return std::nullopt;
  const auto partition = parse_digits<int32_t>(name.substr(dash + 1));
  if (!partition) return std::nullopt;
  TopicPartition parsed{std::string(name.substr(0, dash)), *partition};
  if (parsed.to_string() != name) return std::nullopt;  // "topic-01"
  return parsed;
}

std::string retired_directory_name(const TopicPartition& partition, const Uuid& unique,
                                   std::string_view suffix) {
  // Kafka shortens the topic so that the name stays below 255 characters.
  constexpr size_t kNameMax = 255;
  const std::string tail =
      "-" + std::to_string(partition.partition) + "." + unique.to_string() + std::string(suffix);
  return partition.topic.substr(0, kNameMax - tail.size()) + tail;
}

bool is_deleted_directory(std::string_view name) { return name.ends_with(kDeletedSuffix); }

std::string join_path(std::string_view directory, std::string_view name) {
  std::string path(directory);
  if (!path.empty()) path += '/';
  path += name;
  return path;
}

}  // namespace faultline::log
