// SPDX-License-Identifier: Apache-2.0
// Plan files: what the seed of a run has drawn, as data to read, edit and run again.
//
//   { "seed": 7,                                              of the rest of the randomness
//     "set": { "topics.orders.config.index.interval.bytes": 1 },   paths and values, as in --set
//     "timeline": [ { "id": 3, "at": "6.2s", "kind": "kill", "node": "b1" } ] }
//
// The timeline takes the place of all faults of the scenario.
#pragma once

#include "scenarios/schema/report.h"

namespace faultline::scenarios {

// Puts the plan into the tree of a scenario before that is read. `source` numbers the plan's text
// for places. What is wrong goes to the report.
void apply_plan(JsonValue& root, const PlanText& plan, int source, Report& report);

}  // namespace faultline::scenarios
