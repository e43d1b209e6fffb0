// SPDX-License-Identifier: Apache-2.0
// ASSERT states what can only be false through a bug in this program: it is on in every build,
// prints the condition, the place and the values given, and aborts. Expected failures are Result<T>
// (result.h).
#pragma once

#include <cstdint>

namespace faultline {

// Prints "file:line: assertion failed: condition" with up to two values to stderr and aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line, int64_t left,
                                   int64_t right);

}  // namespace faultline

#define ASSERT(condition)                                            \
  do {                                                               \
    if (!(condition)) [[unlikely]]                                   \
      ::faultline::assertion_failed(#condition, __FILE__, __LINE__); \
  } while (false)

// Compares two integers and prints both when the comparison fails.
#define ASSERT_OP(left, op, right)                                                            \
  do {                                                                                        \
    if (!((left)op(right))) [[unlikely]]                                                      \
      ::faultline::assertion_failed(#left " " #op " " #right, __FILE__, __LINE__,             \
                                    static_cast<int64_t>(left), static_cast<int64_t>(right)); \
  } while (false)

#define UNREACHABLE() ::faultline::assertion_failed("unreachable", __FILE__, __LINE__)
