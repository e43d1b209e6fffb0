// SPDX-License-Identifier: Apache-2.0
// `faultline lint`: whether scenario files say something that can be run.
#include <fmt/format.h>

#include "analysis/cli/files.h"
#include "analysis/cli/verbs.h"
#include "scenarios/schema/json_tree.h"
#include "scenarios/schema/outline.h"
#include "scenarios/schema/parse.h"

namespace faultline::cli {

namespace {

std::string as_json(const scenarios::Diagnostic& diagnostic) {
  using scenarios::json_quoted;
  return fmt::format(
      "{{\"severity\": \"{}\", \"file\": {}, \"line\": {}, \"column\": {}, \"path\": {}, "
      "\"message\": {}, \"hint\": {}}}\n",
      diagnostic.severity == scenarios::Severity::kError ? "error" : "warning",
      json_quoted(diagnostic.file), diagnostic.line, diagnostic.column,
      json_quoted(diagnostic.path), json_quoted(diagnostic.message), json_quoted(diagnostic.hint));
}

std::string count_of(size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string summary(const scenarios::Scenario& scenario) {
  return fmt::format("{}, {}, {}", count_of(scenario.cluster.brokers.size(), "broker"),
                     count_of(scenario.topics.size(), "topic"),
                     count_of(scenario.clients.size(), "client"));
}

Exit lint_file(const std::string& file, const LintOptions& options, const Console& console) {
  const auto text = read_file(file);
  if (!text) {
    console.complain(fmt::format("faultline: cannot read {}: {}\n", file, text.error().detail));
    return Exit::kNoInput;
  }
  std::vector<scenarios::Override> overrides;
  for (const std::string& set : options.sets) overrides.push_back(scenarios::parse_override(set));
  const auto outcome = scenarios::parse_scenario(*text, file, overrides, nullptr, read_file);
  if (options.json) {
    for (const auto& diagnostic : outcome.diagnostics) console.print(as_json(diagnostic));
  } else {
    console.print(outcome.to_string());
  }
  if (!outcome.ok()) return Exit::kBadUsage;
  if (options.canonical) {
    console.print(scenarios::to_json(outcome.scenario));
  } else if (!options.json) {
    console.print(fmt::format("{}  {}: {}\n", console.styled(Style::kGreen, "ok"), file,
                              summary(outcome.scenario)));
  }
  return Exit::kHeld;
}

}  // namespace

Exit lint(const LintOptions& options, const Console& console) {
  if (options.schema) console.print(scenarios::json_schema());
  if (options.keys) console.print(scenarios::key_table());
  Exit worst = Exit::kHeld;
  for (const std::string& file : options.files) {
    const Exit exit = lint_file(file, options, console);
    if (exit != Exit::kHeld) worst = exit;
  }
  return worst;
}

}  // namespace faultline::cli
