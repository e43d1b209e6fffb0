// SPDX-License-Identifier: Apache-2.0
// `faultline why`: what led to the verdict of a run.
#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/verbs.h"
#include "analysis/cli/verdict_text.h"
#include "analysis/why/explain.h"
#include "analysis/why/recorded_run.h"
#include "analysis/why/why_text.h"

namespace faultline::cli {

std::expected<sim::RunFile, Exit> load_whole_run(const std::string& path,
                                                 std::optional<uint64_t> seed,
                                                 const Console& console) {
  const Result<std::string> bytes = read_file(path);
  if (!bytes) {
    console.complain(fmt::format("faultline: cannot read {}: {}\n", path, bytes.error().detail));
    return std::unexpected(Exit::kNoInput);
  }
  Result<sim::RunFile> run = sim::decode_run(as_bytes(*bytes));
  if (run && seed && *seed != run->info.seed) {
    console.complain(fmt::format("faultline: {} is a run of seed {}\n", path, run->info.seed));
    return std::unexpected(Exit::kBadUsage);
  }
  if (run) run = why::with_events(std::move(*run));
  if (run) return std::move(*run);
  const size_t first = bytes->find_first_not_of(" \t\r\n");
  const bool may_be_scenario =
      first != std::string::npos && ((*bytes)[first] == '{' || (*bytes)[first] == '/');
  if (!may_be_scenario) {
    console.complain(fmt::format("faultline: {}: {}\n", path, run.error().to_string()));
    return std::unexpected(Exit::kBadUsage);
  }
  const auto scenario = load_scenario(path, {}, console);
  if (!scenario) return std::unexpected(scenario.error());
  scenarios::RunOptions options;
  options.seed = seed.value_or(scenario->seed);
  return why::record_run(*scenario, options);
}

Exit why(const WhyOptions& options, const Console& console) {
  const auto run = load_whole_run(options.run, options.seed, console);
  if (!run) return run.error();
  why::ExplainOptions explain_options;
  explain_options.property = options.property;
  const Result<why::Explanation> told = why::explain(*run, explain_options);
  if (!told) {
    console.complain(fmt::format("faultline: {}: {}\n", options.run, told.error().detail));
    return Exit::kBadUsage;
  }
  why::TextOptions text;
  text.columns = console.columns;
  console.print(options.json ? why::why_json(*told) : why::why_text(*told, text));
  return exit_of(told->verdict);
}

}  // namespace faultline::cli
