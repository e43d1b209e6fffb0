// SPDX-License-Identifier: Apache-2.0
// Applies `--set path=value` to the tree of a scenario before it is read.
#pragma once

#include "scenarios/schema/report.h"

namespace faultline::scenarios {

// `source` numbers the override for places. What is wrong goes to the report.
void apply_override(JsonValue& root, const Override& change, int source, Report& report);

}  // namespace faultline::scenarios
