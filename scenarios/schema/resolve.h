// SPDX-License-Identifier: Apache-2.0
// The second half of reading a scenario: what depends on more than one key. Fills in the defaults
// that do, and reports references to nothing and combinations that cannot be.
#pragma once

#include <string>

#include "scenarios/schema/reader.h"
#include "scenarios/schema/report.h"

namespace faultline::scenarios {

void resolve(Scenario& scenario, const std::string& file_name, const Places& places,
             Report& report);

}  // namespace faultline::scenarios
