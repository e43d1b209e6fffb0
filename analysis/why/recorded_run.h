// SPDX-License-Identifier: Apache-2.0
// A run with all its events in memory, whatever there was to begin with: a scenario, or the file of
// a run that was recorded without them. Runs are deterministic, so playing it again gives them.
#pragma once

#include <string>

#include "broker/base/result.h"
#include "scenarios/run/simulation.h"
#include "sim/trace/run_file.h"

namespace faultline::why {

// Plays the scenario and keeps everything. The verdict is in info.verdict.
sim::RunFile record_run(const scenarios::Scenario& scenario, const scenarios::RunOptions& options);

// Gives the run its events back where its file lacks some. Errors: kInvalidArgument (its scenario
// is no longer one), kCorrupt (this program plays another run than the one that was recorded).
Result<sim::RunFile> with_events(sim::RunFile run);

// The scenario of a run; `name` stands for the file in complaints.
Result<scenarios::Scenario> scenario_of(const sim::RunFile& run, const std::string& name);

}  // namespace faultline::why
