// SPDX-License-Identifier: Apache-2.0
// What the command line says about a run: the verdict line comes first, with seed, fingerprint and
// what to type to see the same again.
#pragma once

#include <string>

#include "analysis/cli/console.h"
#include "analysis/cli/verbs.h"
#include "scenarios/run/derive_plan.h"
#include "scenarios/run/simulation.h"

namespace faultline::cli {

Exit exit_of(sim::Verdict verdict);

// "HELD      first-light  seed 7  fingerprint ...": one line.
std::string verdict_line(const std::string& scenario, const scenarios::RunResult& result,
                         const Console& console);
// The lines below it: why, what was checked, what was found, what the faults did.
std::string run_text(const scenarios::Scenario& scenario, const scenarios::RunResult& result,
                     const Console& console);

}  // namespace faultline::cli
