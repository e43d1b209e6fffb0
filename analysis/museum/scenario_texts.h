// SPDX-License-Identifier: Apache-2.0
// The files of scenarios/museum as the build found them; the source is generated.
#pragma once

#include <span>
#include <string_view>

namespace faultline::museum {

struct ScenarioText {
  std::string_view name;  // "b31-found.json"
  std::string_view text;
};

std::span<const ScenarioText> scenario_texts();

}  // namespace faultline::museum
