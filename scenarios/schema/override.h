// SPDX-License-Identifier: Apache-2.0
// Applies `--set path=value` to the tree of a scenario before it is read.
#pragma once

#include "scenarios/schema/report.h"

namespace faultline::scenarios {

// The value that a path leads to, made where only its last keys are missing; null after a report.
// `at` is where the path begins.
JsonValue* find_value(JsonValue& root, std::string_view path, Place at, Report& report);

// `source` numbers the override for places. What is wrong goes to the report.
void apply_override(JsonValue& root, const Override& change, int source, Report& report);

}  // namespace faultline::scenarios
