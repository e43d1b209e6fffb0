// SPDX-License-Identifier: Apache-2.0
// How an explanation puts numbers and offsets into words, and how it reads them out of findings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/ids.h"

namespace faultline::why {

std::string with_commas(int64_t number);
std::string acks_text(int16_t acks);           // "acks=all"
std::string file_text(std::string_view path);  // its last two parts: "orders-0/000.log"

// "orders-0@41..57": a partition and the offsets [from, end).
struct Subject {
  TopicPartition partition;
  Offset from = -1;
  Offset end = -1;
};
std::optional<Subject> parse_subject(std::string_view text);
// Every number behind the word "offset".
std::vector<Offset> offsets_named(std::string_view text);

}  // namespace faultline::why
