// SPDX-License-Identifier: Apache-2.0
#include "analysis/report/text.h"

#include <fmt/format.h>

namespace faultline::report {

std::string grouped(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

std::string seconds_text(int64_t time_ns) {
  return fmt::format("{}.{:03} s", time_ns / 1'000'000'000, time_ns / 1'000'000 % 1000);
}

}  // namespace faultline::report
