// SPDX-License-Identifier: Apache-2.0
// Shrinking: from a scenario and a seed that fail to the smallest scenario found that fails in the
// same way, with a timeline of faults of which each is necessary. Everything that the seed drew for
// the plan becomes explicit first; draws keep their keys when others go (design decision D5).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/result.h"
#include "scenarios/scenario.h"

namespace faultline::shrink {

struct ShrinkOptions {
  // Of a failure that the run must keep; empty: the one that matters most.
  std::string property;
  // Asked before each run: false ends the search with what it has. Empty: until nothing helps.
  std::function<bool()> keep_going;
  // Asked of each scenario that fails alike: false rejects it. Empty: all are welcome.
  std::function<bool(const scenarios::Scenario&)> accepts;
  // Told of each success.
  std::function<void(std::string_view pass, const scenarios::Scenario&, uint64_t runs)> on_progress;
};

struct Shrunk {
  scenarios::Scenario scenario;  // with its seed, and an expectation that names the property
  std::string signature;
  uint64_t runs = 0;
  size_t faults_before = 0;
  // Nothing that the passes know could be taken away any more. False when the time was up.
  bool is_minimal = false;
};

// Errors: kInvalidArgument (the run does not fail, or not with this property).
Result<Shrunk> shrink(const scenarios::Scenario& scenario, uint64_t seed,
                      const ShrinkOptions& options);

// As a person would write it: what follows from the rest is left out.
std::string to_text(const scenarios::Scenario& scenario);

}  // namespace faultline::shrink
