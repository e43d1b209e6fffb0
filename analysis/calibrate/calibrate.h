// SPDX-License-Identifier: Apache-2.0
// Calibration: small loads on a broker, and the profile under which the simulator shows the same.
// How each number comes about is in scenarios/profiles/README.md.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "analysis/calibrate/fit.h"
#include "analysis/calibrate/hosts.h"

namespace faultline::calibrate {

// What a broker is asked; together about so long. The first of them warm it up.
std::vector<Load> calibration_loads(Duration total);

// The profile of a broker that showed these outcomes. `progress` is told what is fitted next.
// Errors: kInvalidArgument (measurements that no price list can explain).
Result<Profile> fit_profile(std::span<const Load> loads, std::span<const Outcome> outcomes,
                            uint64_t seed, const std::function<void(const std::string&)>& progress);

// Of each load that was not used for the profile, what was measured and what the simulator shows.
struct Comparison {
  Load load;
  std::vector<Outcome> measured;  // rounds
  Outcome simulated;
};
std::vector<Load> validation_loads(Duration total, int rounds);
Result<std::vector<Comparison>> validate(const RealHost& host, const Profile& profile,
                                         std::span<const Load> loads, int rounds, uint64_t seed);

// As a table of Markdown.
std::string table_text(std::span<const Comparison> comparisons);

}  // namespace faultline::calibrate
