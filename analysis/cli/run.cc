// SPDX-License-Identifier: Apache-2.0
// `faultline run` and `faultline replay`: one run, and the same run again.
#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/verbs.h"
#include "analysis/cli/verdict_text.h"
#include "analysis/search/outcome.h"
#include "scenarios/schema/parse.h"
#include "sim/trace/run_file.h"

namespace faultline::cli {
namespace {

Result<sim::RunFile> load_run(const std::string& path) {
  TRY_ASSIGN(const std::string bytes, read_file(path));
  return sim::decode_run(as_bytes(bytes));
}

}  // namespace

Exit run(const RunVerbOptions& options, const Console& console) {
  const auto scenario = load_scenario(options.file, options.sets, console, options.plan);
  if (!scenario) return scenario.error();
  const uint64_t seed = options.seed.value_or(scenario->seed);
  if (!options.plan_out.empty()) {
    const std::string plan = scenarios::plan_file(*scenario, seed);
    if (options.plan_out == "-") {
      console.print(plan);
      return Exit::kHeld;
    }
    if (!save(options.plan_out, plan, console)) return Exit::kNoInput;
  }
  scenarios::RunResult result =
      scenarios::run_scenario(*scenario, {.seed = seed, .keep_events = !options.out.empty()});
  std::string again = fmt::format("faultline replay {}", options.out);
  if (options.out.empty()) {
    again = fmt::format("faultline run {} --seed {}", options.file, seed);
    if (!options.plan.empty()) again += fmt::format(" --plan {}", options.plan);
    for (const std::string& set : options.sets) again += fmt::format(" --set '{}'", set);
  }
  if (options.json) {
    console.print(search::run_json(scenario->name, result));
  } else {
    console.print(verdict_line(scenario->name, result, console));
    console.print(fmt::format("  replay    {}\n", again));
    console.print(run_text(*scenario, result, console));
  }
  const Exit exit = exit_of(result.report.verdict);
  if (options.out.empty()) return exit;
  const Slice bytes = search::record_run(*scenario, result);
  return save(options.out, bytes.text(), console) ? exit : Exit::kNoInput;
}

Exit replay(const ReplayOptions& options, const Console& console) {
  const Result<sim::RunFile> recorded_run = load_run(options.run);
  if (!recorded_run) {
    const Error& error = recorded_run.error();
    console.complain(fmt::format("faultline: {}: {}\n", options.run, error.to_string()));
    return error.code == ErrorCode::kNotFound ? Exit::kNoInput : Exit::kBadUsage;
  }
  const scenarios::ParseOutcome parsed =
      scenarios::parse_scenario(recorded_run->info.scenario, options.run);
  if (!parsed.ok()) {
    console.complain(parsed.to_string());
    return Exit::kBadUsage;
  }
  scenarios::RunOptions run_options{.seed = recorded_run->info.seed};
  if (parsed.scenario.schedule == scenarios::Schedule::kRandom)
    run_options.choices = recorded_run->choices;
  const scenarios::RunResult result = scenarios::run_scenario(parsed.scenario, run_options);
  console.print(verdict_line(parsed.scenario.name, result, console));
  if (result.recorder->fingerprint() != recorded_run->info.fingerprint || !result.replay_on_track) {
    console.complain(fmt::format(
        "faultline: the replay diverged: {} recorded, by {}\n"
        "  to see where: faultline run SCENARIO --seed {} --out NEW; faultline diff {} NEW\n",
        recorded_run->info.fingerprint.to_string(), recorded_run->info.build,
        recorded_run->info.seed, options.run));
    return Exit::kDiverged;
  }
  console.print(run_text(parsed.scenario, result, console));
  console.print(
      fmt::format("  replayed  {} events, equal bit for bit\n", result.recorder->event_count()));
  return exit_of(result.report.verdict);
}

}  // namespace faultline::cli
