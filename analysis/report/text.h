// SPDX-License-Identifier: Apache-2.0
// Numbers and times as people read them, on the terminal and on the page.
#pragma once

#include <cstdint>
#include <string>

namespace faultline::report {

// 1234567 -> "1,234,567".
std::string grouped(uint64_t number);
// "8.073 s".
std::string seconds_text(int64_t time_ns);

}  // namespace faultline::report
