// SPDX-License-Identifier: Apache-2.0
// Profile: what calibration found, and its file: the keys cpu, network and disk of a scenario's
// cluster (scenarios/profiles/README.md).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "broker/base/result.h"
#include "scenarios/scenario.h"

namespace faultline::calibrate {

struct Profile {
  std::vector<std::pair<std::string, std::string>> notes;  // for people, in this order
  scenarios::CpuCosts costs;
  scenarios::CpuCosts client_costs;
  scenarios::Latency network;
  scenarios::Latency write;
  scenarios::Latency fsync;
};

// One broker and one client under the profile; `client` is the id of the latter.
scenarios::Scenario scenario_under(const Profile& profile);
inline constexpr std::string_view kBroker = "b1";
inline constexpr std::string_view kClient = "load";

std::string to_json(const Profile& profile);
// Errors: kInvalidArgument with file, line and column of what is wrong.
Result<Profile> parse_profile(std::string_view text, const std::string& file_name);

}  // namespace faultline::calibrate
