// SPDX-License-Identifier: Apache-2.0
// The shape that Kafka's text checkpoints share: "0\n<count>\n" and then <count> lines of fields
// separated by blanks. Anything else is kCorrupt.
#pragma once

#include <charconv>
#include <string_view>
#include <vector>

#include "broker/base/result.h"

namespace faultline::log {

using Fields = std::vector<std::string_view>;  // views into the text

Result<std::vector<Fields>> parse_checkpoint_lines(std::string_view text, size_t fields_a_line);

// The lines of a text, without their ends; a last line need not end.
std::vector<std::string_view> split_lines(std::string_view text);

template <class Int>
bool parse_integer(std::string_view text, Int* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace faultline::log
