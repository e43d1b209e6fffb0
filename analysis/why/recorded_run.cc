// SPDX-License-Identifier: Apache-2.0
#include "analysis/why/recorded_run.h"

#include <utility>

#include "scenarios/run/derive_plan.h"
#include "scenarios/schema/parse.h"
#include "sim/trace/print.h"

namespace faultline::why {

sim::RunFile record_run(const scenarios::Scenario& scenario, const scenarios::RunOptions& options) {
  scenarios::RunOptions keeping = options;
  keeping.keep_events = true;
  scenarios::RunResult result = scenarios::run_scenario(scenario, keeping);
  sim::RunInfo info;
  info.scenario = scenarios::to_json(scenario);
  info.seed = result.seed;
  info.build = std::string("faultline, ") + __VERSION__;
  info.verdict = std::string(to_string(result.report.verdict));
  for (const auto& [name, node] : scenarios::number_nodes(scenario))
    info.more.emplace_back(sim::node_key(node.value), name);
  return sim::make_run(std::move(info), std::move(result.choices), std::move(*result.recorder));
}

Result<scenarios::Scenario> scenario_of(const sim::RunFile& run, const std::string& name) {
  scenarios::ParseOutcome parsed = scenarios::parse_scenario(run.info.scenario, name);
  if (!parsed.ok()) return fail(ErrorCode::kInvalidArgument, parsed.to_string());
  return std::move(parsed.scenario);
}

Result<sim::RunFile> with_events(sim::RunFile run) {
  if (run.is_complete()) return run;
  TRY_ASSIGN(const scenarios::Scenario scenario, scenario_of(run, "the recorded scenario"));
  scenarios::RunOptions options;
  options.seed = run.info.seed;
  if (scenario.schedule == scenarios::Schedule::kRandom && !run.choices.empty())
    options.choices = run.choices;
  sim::RunFile again = record_run(scenario, options);
  if (again.info.fingerprint != run.info.fingerprint)
    return fail(ErrorCode::kCorrupt, "it was recorded by " + run.info.build +
                                         "; this program plays the same seed differently");
  return again;
}

}  // namespace faultline::why
