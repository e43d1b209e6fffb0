// SPDX-License-Identifier: Apache-2.0
// Reports a broken assertion and stops the process.
#include "broker/base/assert.h"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>

namespace faultline {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
  std::abort();
}

void assertion_failed(const char* condition, const char* file, int line, int64_t left,
                      int64_t right) {
  std::fprintf(stderr, "%s:%d: assertion failed: %s (%" PRId64 " and %" PRId64 ")\n", file, line,
               condition, left, right);
  std::abort();
}

}  // namespace faultline
