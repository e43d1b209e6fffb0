// SPDX-License-Identifier: Apache-2.0
// Splitting text checkpoints into fields.
#include "broker/log/text_lines.h"

#include <cstdint>

namespace faultline::log {
namespace {

Fields split_fields(std::string_view line) {
  Fields fields;
  size_t at = 0;
  while (at < line.size()) {
    const size_t end = std::min(line.find(' ', at), line.size());
    if (end > at) fields.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return fields;
}

}  // namespace

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

Result<std::vector<Fields>> parse_checkpoint_lines(std::string_view text, size_t fields_a_line) {
  const std::vector<std::string_view> lines = split_lines(text);
  if (lines.size() < 2) return fail(ErrorCode::kCorrupt, "checkpoint without header");
  int64_t version = -1;
  int64_t count = -1;
  if (!parse_integer(lines[0], &version) || version != 0)
    return fail(ErrorCode::kCorrupt, "checkpoint version");
  if (!parse_integer(lines[1], &count) || count != static_cast<int64_t>(lines.size()) - 2)
    return fail(ErrorCode::kCorrupt, "checkpoint line count");
  std::vector<Fields> parsed;
  for (size_t i = 2; i < lines.size(); ++i) {
    parsed.push_back(split_fields(lines[i]));
    if (parsed.back().size() != fields_a_line)
      return fail(ErrorCode::kCorrupt, "checkpoint line '" + std::string(lines[i]) + "'");
  }
  return parsed;
}

}  // namespace faultline::log
