// SPDX-License-Identifier: Apache-2.0
// What the command line says about many runs: the verdict of the campaign, failures by signature,
// what was covered, and a line of progress meanwhile.
#pragma once

#include <string>

#include "analysis/cli/console.h"
#include "analysis/cli/verbs.h"
#include "analysis/search/campaign.h"
#include "analysis/search/summary.h"
#include "scenarios/scenario.h"

namespace faultline::cli {

// What is wrong with a whole campaign although each run is as expected; empty: nothing.
std::string campaign_fault(const scenarios::Scenario& scenario, const search::Summary& summary);

Exit campaign_exit(const scenarios::Scenario& scenario, const search::Summary& summary);

// Verdict line first, then failures, then coverage.
std::string campaign_text(const scenarios::Scenario& scenario, const search::Results& results,
                          const search::Summary& summary, const Console& console);

// "12,480/50,000 seeds [####....] 25%  231/s  1 failure (1 signature)  2 unknown  16s left".
struct Progress {
  uint64_t done = 0;
  uint64_t total = 0;  // 0: without end
  uint64_t played = 0;
  int64_t elapsed_ms = 0;
  int64_t time_ms = 0;  // 0: no limit
  uint64_t failures = 0;
  uint64_t signatures = 0;
  uint64_t unknown = 0;
};
std::string progress_line(const Progress& progress, const Console& console);

}  // namespace faultline::cli
