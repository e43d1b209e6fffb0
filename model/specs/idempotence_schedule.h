// SPDX-License-Identifier: Apache-2.0
// From the model to the simulator: a counterexample of the idempotence core as a scenario, in which
// scripted producers and faults do to the whole broker what the model did to its core alone.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "broker/base/result.h"
#include "broker/producer/producer_rules.h"
#include "sim/trace/run_file.h"

namespace faultline::model {

// A rule of the core, off: what the model calls that, and what the simulator does.
struct IdempotenceMutant {
  std::string_view variant;
  std::string_view about;
  std::string_view violates;  // in the model
  std::string_view rule;      // in "rules_off" of a scenario
  bool producer::ProducerRules::* off = nullptr;
  std::string_view breaks;  // the property that clients of the simulated broker then see violated
};
std::span<const IdempotenceMutant> idempotence_mutants();

enum class RulesInForce : uint8_t { kAsInTheModel, kAll };

// The text of a scenario. `run` is a counterexample of the model as recorded_run() gives it.
// Errors: kInvalidArgument when it is of another model, or has a step that the broker has no way to
// take.
Result<std::string> idempotence_schedule(const sim::RunFile& run, RulesInForce rules);

}  // namespace faultline::model
