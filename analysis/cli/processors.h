// SPDX-License-Identifier: Apache-2.0
// How many processes or threads `--jobs N` means: 0 is as many as there are processors. Nobody
// below this layer asks the machine, and the number changes nothing but the time.
#pragma once

#include <cstddef>

#include <unistd.h>

namespace faultline::cli {

inline size_t jobs_or_all(size_t jobs) {
  if (jobs > 0) return jobs;
  const long processors = ::sysconf(_SC_NPROCESSORS_ONLN);
  return processors > 0 ? static_cast<size_t>(processors) : 1;
}

}  // namespace faultline::cli
