// SPDX-License-Identifier: Apache-2.0
// Text form of offset checkpoints.
#include "broker/log/offset_checkpoint.h"

#include <fmt/format.h>

#include "broker/log/text_lines.h"

namespace faultline::log {

std::string format_offset_checkpoint(const OffsetCheckpoint& offsets) {
  std::string text = fmt::format("0\n{}\n", offsets.size());
  for (const auto& [partition, offset] : offsets)
    text += fmt::format("{} {} {}\n", partition.topic, partition.partition, offset);
  return text;
}

Result<OffsetCheckpoint> parse_offset_checkpoint(std::string_view text) {
  TRY_ASSIGN(const std::vector<Fields> lines, parse_checkpoint_lines(text, 3));
  OffsetCheckpoint offsets;
  for (const Fields& fields : lines) {
    TopicPartition partition{std::string(fields[0]), 0};
    Offset offset = 0;
    if (!parse_integer(fields[1], &partition.partition) || !parse_integer(fields[2], &offset) ||
        offset < 0)
      return fail(ErrorCode::kCorrupt, "offset checkpoint of " + partition.topic);
    offsets[std::move(partition)] = offset;
  }
  return offsets;
}

}  // namespace faultline::log
