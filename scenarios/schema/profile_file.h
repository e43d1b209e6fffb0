// SPDX-License-Identifier: Apache-2.0
// Profiles: what a machine and its broker cost, measured by `faultline calibrate`. A profile is a
// JSON object with the keys cpu, network and disk of "cluster", and "notes" for people. A scenario
// names one, and takes from it what it does not say itself; a printed or recorded scenario holds
// the values and names no profile.
#pragma once

#include <string>

#include "scenarios/schema/parse.h"
#include "scenarios/schema/report.h"

namespace faultline::scenarios {

// Puts the values of the profile that the scenario names into its tree, below what is there. A name
// is one of scenarios/profiles; with a '/' or the ending .json it is a path from the folder of the
// scenario (from the working directory if --set named it). What is wrong goes to the report.
void apply_profile(JsonValue& root, const std::string& file_name, const ReadProfile& read,
                   Report& report);

}  // namespace faultline::scenarios
