// SPDX-License-Identifier: Apache-2.0
// Hunt: runs seeds of one scenario in this process until one violates a given property. What the
// museum and the shrinker search with; `faultline check` is the campaign for people.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "scenarios/run/simulation.h"

namespace faultline::search {

struct HuntOptions {
  uint64_t first_seed = 1;
  uint64_t seeds_max = 1000;
  // Name ("no-lost-writes") or id ("H2") of the property to see violated; empty: any.
  std::string property;
  // Asked before each run; false ends the hunt, e.g. when its time is up. Empty: never.
  std::function<bool()> keep_going;
};

struct Hunt {
  uint64_t runs = 0;     // the one that was found included
  uint64_t unknown = 0;  // of them, that proved nothing
  // The first run that violates the property; none: not found.
  std::optional<scenarios::RunResult> found;
};

Hunt hunt(const scenarios::Scenario& scenario, const HuntOptions& options);

// Whether the run violated the property, given by name or id; empty: any.
bool violates(const sim::CheckReport& report, const std::string& property);

}  // namespace faultline::search
