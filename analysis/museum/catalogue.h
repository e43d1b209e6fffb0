// SPDX-License-Identifier: Apache-2.0
// The museum: bugs that real systems had, each as one safety rule switched off (design decision
// D3), a scenario in which random search finds it, and the schedule to which it shrinks beside its
// twin with the rule on. The scenarios are files in scenarios/museum, built into the program.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "scenarios/scenario.h"

namespace faultline::museum {

struct Entry {
  std::string_view id;        // "b31", as in the names of its files
  std::string_view bug;       // of the catalogue: "B31"
  std::string_view title;     // what goes wrong, in a few words
  std::string_view source;    // who had it
  std::string_view property;  // id of the one that shows it
  // The settings promise no better, so it is noted and no violation; its twin has other settings.
  bool is_permitted = false;
};

std::span<const Entry> entries();
// Null where there is none. Case does not matter.
const Entry* find_entry(std::string_view id);

enum class Room : uint8_t {
  kHunt,   // random faults, the rule off
  kFound,  // the shrunk schedule, the rule off
  kTwin,   // the shrunk schedule, the rule on
};

// "b31-found.json".
std::string file_name(const Entry& entry, Room room);
// Errors: kNotFound (the file is not part of this build), kInvalidArgument (it is no scenario).
Result<scenarios::Scenario> load(const Entry& entry, Room room);

// The scenario with everything in order: rules on, or for what is permitted the settings that
// promise better.
scenarios::Scenario in_order(const Entry& entry, scenarios::Scenario scenario);

}  // namespace faultline::museum
