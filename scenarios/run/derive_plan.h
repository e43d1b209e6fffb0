// SPDX-License-Identifier: Apache-2.0
// From a scenario and a seed to the concrete fault plan of one run: pure, so that the plan can be
// printed, edited and shrunk without running anything. Every drawn value is keyed by the fault's
// own place in the scenario (timeline entry, or budget kind and number), never by how many were
// drawn before it.
#pragma once

#include <map>
#include <string>

#include "scenarios/scenario.h"
#include "sim/faults/plan.h"

namespace faultline::scenarios {

// Numbers of the nodes by scenario id: brokers from 1 in order, then clients.
std::map<std::string, NodeId> number_nodes(const Scenario& scenario);

sim::FaultPlan derive_plan(const Scenario& scenario, uint64_t seed);

// The scenario as this seed runs it: settings are as drawn (knobs.h), each fault of the plan is an
// entry of the timeline, with its id, node and time, and nothing is left to draw. Its run with this
// seed has the same fingerprint, also after to_json() and parse_scenario().
Scenario make_concrete(const Scenario& scenario, uint64_t seed);

// All that the seed draws as a plan file (schema/plan_file.h).
std::string plan_file(const Scenario& scenario, uint64_t seed);

}  // namespace faultline::scenarios
