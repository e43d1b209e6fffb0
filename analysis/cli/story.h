// SPDX-License-Identifier: Apache-2.0
// Story: a run told in a few lines of three columns - what was injected, what it did to disk and
// log, what the clients saw - from its events alone.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/cli/console.h"
#include "scenarios/run/simulation.h"

namespace faultline::cli {

struct StoryLine {
  int64_t time_ns = 0;
  std::string injected;
  std::string storage;
  std::string clients;
};

// Requires that the run kept its events. Lines are in order of time; at most `lines_max`, the last
// ones of the story's middle left out first.
std::vector<StoryLine> tell(const scenarios::RunResult& result, size_t lines_max);

// The lines as a table.
std::string draw(std::span<const StoryLine> lines, const Console& console);

}  // namespace faultline::cli
