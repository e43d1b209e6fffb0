// SPDX-License-Identifier: Apache-2.0
// One JSON value as one typed value, or a sentence that says what is wrong with it.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "scenarios/schema/json_tree.h"
#include "scenarios/schema/visitor.h"

namespace faultline::scenarios {

struct Complaint {
  std::string message;
  std::string hint;
};

template <class T>
using Read = std::expected<T, Complaint>;

Read<bool> read_boolean(const JsonValue& value);
Read<int64_t> read_integer(const JsonValue& value, Bounds bounds);
Read<std::string> read_text(const JsonValue& value);
Read<Duration> read_duration(const JsonValue& value, Bounds bounds);  // an integer: milliseconds
Read<int64_t> read_size(const JsonValue& value, Bounds bounds);       // an integer: bytes
Read<Rate> read_rate(const JsonValue& value);                         // an integer: per second
Read<Ratio> read_ratio(const JsonValue& value);
Read<int> read_word(const JsonValue& value, std::span<const Word> words);
Read<AssignedPartition> read_partition(const JsonValue& value);
Read<std::string> read_config(const JsonValue& value, const metadata::ConfigDef& def);

// The value as it stands in the file, for messages: quoted if a string, shortened if long.
std::string shown(const JsonValue& value);

}  // namespace faultline::scenarios
