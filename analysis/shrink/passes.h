// SPDX-License-Identifier: Apache-2.0
// The ways in which a scenario can become smaller. A pass looks at a scenario and gives smaller
// ones, the boldest first; it does not know which of them still fail. Passes are pure: equal
// scenarios give equal candidates.
#pragma once

#include <string_view>
#include <vector>

#include "scenarios/scenario.h"

namespace faultline::shrink {

using Candidates = std::vector<scenarios::Scenario>;

struct Pass {
  std::string_view name;  // what goes: "faults"
  Candidates (*make)(const scenarios::Scenario&);
};

// fault_passes.cc
Candidates with_fewer_faults(const scenarios::Scenario&);
Candidates with_plainer_faults(const scenarios::Scenario&);  // parameters at their defaults
Candidates with_earlier_faults(const scenarios::Scenario&);
Candidates with_rounder_faults(const scenarios::Scenario&);
Candidates with_faults_renumbered(const scenarios::Scenario&);
// workload_passes.cc
Candidates with_shorter_time(const scenarios::Scenario&);
Candidates with_fewer_clients(const scenarios::Scenario&);
Candidates with_fewer_operations(const scenarios::Scenario&);  // rates, lives, sizes, keys
Candidates with_fewer_topics(const scenarios::Scenario&);
// cluster_passes.cc
Candidates with_plainer_schedule(const scenarios::Scenario&);
Candidates with_fewer_configs(const scenarios::Scenario&);
Candidates with_plainer_machines(const scenarios::Scenario&);
Candidates with_plainer_seed(const scenarios::Scenario&);

}  // namespace faultline::shrink
