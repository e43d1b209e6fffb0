// SPDX-License-Identifier: Apache-2.0
// Knobs: what a swarm turns besides the faults. Each is tiny with a chance of 1/4, huge with 1/4,
// and else as the scenario has it; what the scenario sets itself is never touched. Each draw is
// keyed by the knob's own name, so another knob or fault changes none of them.
#pragma once

#include <vector>

#include "scenarios/schema/parse.h"

namespace faultline::scenarios {

// Settings of clients, topics, disk and network that this seed changes, as `--set` would; none
// unless the profile is swarm.
std::vector<Override> draw_settings(const Scenario& scenario, uint64_t seed);

// The fault of a budget with the numbers that the file leaves at their defaults turned.
Fault draw_numbers(const Fault& fault, uint64_t seed);

// The scenario with these settings; they are valid ones.
Scenario with_settings(const Scenario& scenario, std::span<const Override> settings);

}  // namespace faultline::scenarios
