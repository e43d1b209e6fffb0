// SPDX-License-Identifier: Apache-2.0
// Story: a run told in a few lines of three columns - what was injected, what it did to disk and
// log, what the clients saw - from its events alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/trace/event_log.h"

namespace faultline::report {

struct StoryLine {
  int64_t time_ns = 0;
  std::string injected;
  std::string storage;
  std::string clients;
};

// Lines are in order of time; at most `lines_max`, the last ones of the story's middle left out
// first.
std::vector<StoryLine> tell(const sim::EventLog& events, size_t lines_max);

}  // namespace faultline::report
