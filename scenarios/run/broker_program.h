// SPDX-License-Identifier: Apache-2.0
// The broker of a scenario as the program of a simulated node: the same object that serves a real
// port.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "broker/client/client_rules.h"
#include "broker/env/network.h"
#include "scenarios/run/client_programs.h"
#include "scenarios/scenario.h"
#include "sim/node/node.h"

namespace faultline::scenarios {

// Names of all safety rules that a scenario can switch off ("rules_off").
std::vector<std::string_view> known_rules();
// Those of clients, as the scenario has them.
client::ClientRules client_rules_of(const Scenario& scenario);

std::unique_ptr<sim::Program> make_broker_program(Env& env, const Scenario& scenario,
                                                  int32_t node_id, Endpoint listen,
                                                  RunSignals& signals);

}  // namespace faultline::scenarios
