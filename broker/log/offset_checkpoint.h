// SPDX-License-Identifier: Apache-2.0
// An offset for each partition of a log directory: recovery points, high watermarks, log starts.
// "0\n<count>\n<topic> <partition> <offset>\n", sorted here, in any order when read.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "broker/base/ids.h"
#include "broker/base/result.h"

namespace faultline::log {

using OffsetCheckpoint = std::map<TopicPartition, Offset>;

std::string format_offset_checkpoint(const OffsetCheckpoint& offsets);
Result<OffsetCheckpoint> parse_offset_checkpoint(std::string_view text);

}  // namespace faultline::log
