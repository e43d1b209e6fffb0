// SPDX-License-Identifier: Apache-2.0
// One seed of a campaign: run, judge, and keep what matters.
#include <chrono>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

#include "analysis/search/coverage.h"
#include "analysis/search/outcome.h"
#include "analysis/shrink/signature.h"
#include "scenarios/run/derive_plan.h"
#include "scenarios/schema/parse.h"
#include "sim/trace/print.h"
#include "sim/trace/run_file.h"

namespace faultline::search {
namespace {

const sim::Finding* first_violation(const sim::CheckReport& report, const std::string& signature,
                                    const sim::PropertyResult*& of) {
  for (const sim::PropertyResult& property : report.properties)
    for (const sim::Finding& finding : property.findings)
      if (shrink::signature_of(property, finding) == signature) {
        of = &property;
        return &finding;
      }
  return nullptr;
}

// Why the run is not what the scenario expects.
void describe_failure(const scenarios::Scenario& scenario, const sim::CheckReport& report,
                      Outcome& outcome) {
  if (report.verdict == sim::Verdict::kViolated) {
    const std::vector<std::string> signatures = shrink::signatures_of(report);
    outcome.signature = signatures.empty() ? "violated" : signatures.front();
    const sim::PropertyResult* property = nullptr;
    const sim::Finding* finding = first_violation(report, outcome.signature, property);
    if (finding == nullptr) return;
    outcome.detail = fmt::format("{} {}: expected {}; observed {}", property->property.id,
                                 finding->subject, finding->expected, finding->observed);
  } else if (scenario.expect.verdict == scenarios::Verdict::kViolated) {
    outcome.signature = "no property was violated, although that is expected";
  } else {
    outcome.signature = "acknowledged records were lost, although the scenario permits none";
    outcome.detail = fmt::format("{} acknowledged records lost", report.records_lost_permitted);
  }
}

void tally_faults(const scenarios::RunResult& result, Outcome& outcome) {
  for (size_t i = 0; i < result.plan.faults.size(); ++i) {
    const sim::FaultEffects& seen = result.effects[i];
    outcome.faults[std::string(to_string(result.plan.faults[i].kind))].add(
        {1, seen.count > 0 ? uint64_t{1} : 0, seen.count, seen.bytes});
  }
}

// The folder is known to be writable.
void save_run(const scenarios::Scenario& scenario, scenarios::RunResult& result,
              const std::string& folder) {
  const Slice bytes = record_run(scenario, result);
  const std::string path = folder + "/" + run_file_name(scenario.name, result.seed);
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "wb"));
  if (!file) return;
  std::fwrite(bytes.text().data(), 1, bytes.text().size(), file.get());
}

}  // namespace

Slice record_run(const scenarios::Scenario& scenario, scenarios::RunResult& result) {
  sim::RunInfo info{.scenario = scenarios::to_json(scenario),
                    .seed = result.seed,
                    .build = std::string("faultline 0.1.0, ") + __VERSION__,
                    .verdict = std::string(to_string(result.report.verdict)),
                    .fingerprint = {},
                    .more = {}};
  for (const auto& [name, node] : scenarios::number_nodes(scenario))
    info.more.emplace_back(sim::node_key(node.value), name);
  const sim::RunFile file =
      sim::make_run(std::move(info), result.choices, std::move(*result.recorder));
  return sim::encode_run(file);
}

std::string run_json(const std::string& scenario, const scenarios::RunResult& result) {
  return fmt::format(
      R"({{"scenario":"{}","seed":{},"fingerprint":"{}","events":{},"simulated_ns":{},"report":{}}})"
      "\n",
      scenario, result.seed, result.recorder->fingerprint().to_string(),
      result.recorder->event_count(), result.simulated.ns, sim::report_json(result.report));
}

std::string run_file_name(const std::string& scenario, uint64_t seed) {
  std::string name = scenario;
  for (char& c : name)
    if (c == '/' || static_cast<unsigned char>(c) < ' ') c = '_';
  return fmt::format("{}-{}.flrun", name, seed);
}

void record_failure(const scenarios::Scenario& scenario, uint64_t seed, const std::string& folder) {
  scenarios::RunResult result =
      scenarios::run_scenario(scenario, {.seed = seed, .keep_events = true});
  save_run(scenario, result, folder);
}

Played play(const scenarios::Scenario& scenario, uint64_t seed, const PlayOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  CoverageObserver coverage;
  scenarios::RunOptions run_options{.seed = seed};
  if (options.coverage) run_options.observer = &coverage;
  scenarios::RunResult result = scenarios::run_scenario(scenario, run_options);
  Played played;
  Outcome& outcome = played.outcome;
  outcome.seed = seed;
  outcome.verdict = result.report.verdict;
  outcome.is_expected = scenarios::is_as_expected(scenario, result.report);
  outcome.fingerprint = result.recorder->fingerprint().to_string();
  outcome.why_unknown = result.report.why_unknown;
  outcome.plan_class = result.plan_class;
  outcome.lost_permitted = result.report.records_lost_permitted;
  outcome.events = result.recorder->event_count();
  if (options.coverage) {
    outcome.marks = coverage.marks();
    for (const EventType* type : result.recorder->types()) outcome.marks.insert(type->name);
    outcome.log_states = coverage.log_states();
  }
  tally_faults(result, outcome);
  if (!outcome.is_expected) describe_failure(scenario, result.report, outcome);
  if (options.json) played.report = run_json(scenario.name, result);
  if (options.twice) {
    const scenarios::RunResult again = scenarios::run_scenario(scenario, {.seed = seed});
    outcome.diverged = again.recorder->fingerprint() != result.recorder->fingerprint();
    if (outcome.diverged) outcome.signature = "two runs of one seed differ";
  }
  if (outcome.is_failure() && !options.runs_dir.empty())
    save_run(scenario, result, options.runs_dir);
  const auto spent = std::chrono::steady_clock::now() - begin;
  outcome.wall_us = std::chrono::duration_cast<std::chrono::microseconds>(spent).count();
  return played;
}

}  // namespace faultline::search
