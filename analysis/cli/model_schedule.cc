// SPDX-License-Identifier: Apache-2.0
// `faultline model schedule`: what a model found, as a scenario for the simulator.
#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/verbs.h"
#include "model/specs/idempotence_schedule.h"

namespace faultline::cli {

Exit model_schedule(const ModelOptions& options, const Console& console) {
  const Result<std::string> bytes = read_file(options.name);
  if (!bytes) {
    console.complain(
        fmt::format("faultline: cannot read {}: {}\n", options.name, bytes.error().detail));
    return Exit::kNoInput;
  }
  const Result<sim::RunFile> run = sim::decode_run(as_bytes(*bytes));
  if (!run) {
    console.complain(
        fmt::format("faultline: {} is no recorded run: {}\n", options.name, run.error().detail));
    return Exit::kBadUsage;
  }
  const auto rules =
      options.all_rules ? model::RulesInForce::kAll : model::RulesInForce::kAsInTheModel;
  const Result<std::string> text = model::idempotence_schedule(*run, rules);
  if (!text) {
    console.complain(
        fmt::format("faultline model schedule: {}: {}\n", options.name, text.error().detail));
    return Exit::kBadUsage;
  }
  console.print(*text);
  return Exit::kHeld;
}

}  // namespace faultline::cli
