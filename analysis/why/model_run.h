// SPDX-License-Identifier: Apache-2.0
// Counterexamples of models among the recorded runs: their events are a model's steps, their times
// count them, and their scenario is a title.
#pragma once

#include "analysis/why/explain.h"
#include "sim/check/suite.h"
#include "sim/trace/run_file.h"

namespace faultline::why {

bool is_model_run(const sim::RunFile& run);
// What to type to see it found again.
std::string model_command(const sim::RunFile& run);
// The one property that broke, as a finding.
sim::CheckReport judge_model_run(const sim::RunFile& run);
// Every step with what it changed, and how the fields that the last one changed came to be.
Result<Explanation> explain_model_run(const sim::RunFile& run, const ExplainOptions& options);

}  // namespace faultline::why
