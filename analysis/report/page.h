// SPDX-License-Identifier: Apache-2.0
// A recorded run as one HTML page that needs nothing else: the viewer, the run's events, and what
// there is to say about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analysis/why/explain.h"
#include "sim/check/suite.h"
#include "sim/trace/run_file.h"

namespace faultline::report {

struct PageInput {
  const sim::RunFile& run;  // with all its events
  sim::CheckReport report;
  std::string name;    // of the scenario
  std::string replay;  // what to type to see the same run again
  int64_t write_back_after_ns = 0;
  // What led to the finding that matters; without one: nothing is told of it.
  std::optional<why::Explanation> why = std::nullopt;
};

std::string make_page(const PageInput& input);

// The run in one sentence: the broken promise, the permitted loss, or that nothing was lost.
std::string headline(const sim::CheckReport& report);

}  // namespace faultline::report
