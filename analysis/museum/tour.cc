// SPDX-License-Identifier: Apache-2.0
#include "analysis/museum/tour.h"

#include <algorithm>

#include <fmt/format.h>

#include "analysis/shrink/shrink.h"
#include "analysis/shrink/signature.h"
#include "broker/base/assert.h"
#include "scenarios/run/derive_plan.h"
#include "scenarios/run/simulation.h"

namespace faultline::museum {
namespace {

using scenarios::Scenario;

bool shows(const Entry& entry, const sim::CheckReport& report) {
  const sim::PropertyResult* property = report.property(entry.property);
  if (property == nullptr) return false;
  if (!entry.is_permitted) return property->verdict == sim::Verdict::kViolated;
  return std::any_of(
      property->findings.begin(), property->findings.end(),
      [](const sim::Finding& finding) { return finding.kind == sim::Finding::Kind::kNote; });
}

double now(const VisitOptions& options) { return options.seconds ? options.seconds() : 0; }

void hunt(const Entry& entry, const Scenario& scenario, const VisitOptions& options, Visit& visit) {
  const double begin = now(options);
  for (uint64_t seed = 1; seed <= options.seeds_max && !visit.found_seed; ++seed) {
    if (options.keep_going && !options.keep_going()) break;
    ++visit.runs;
    if (shows(entry, scenario, seed)) visit.found_seed = seed;
  }
  visit.hunt_seconds = now(options) - begin;
}

void shrink_found(const Entry& entry, const Scenario& scenario, const VisitOptions& options,
                  Visit& visit) {
  const double begin = now(options);
  shrink::ShrinkOptions shrink_options;
  shrink_options.property = entry.property;
  shrink_options.keep_going = options.keep_going;
  // The twin is to prove something, too.
  const auto twin_holds = [&entry](const Scenario& candidate) {
    const Scenario twin = in_order(entry, candidate);
    const scenarios::RunResult run = scenarios::run_scenario(twin, {.seed = twin.seed});
    return run.report.verdict == sim::Verdict::kHeld && !shows(entry, run.report);
  };
  constexpr uint64_t kSeedsTried = 20;
  ASSERT(visit.found_seed.has_value());
  const uint64_t found_seed = *visit.found_seed;
  uint64_t seed = found_seed;
  const auto is_clear = [&] {
    return shows(entry, scenario, seed) && twin_holds(scenarios::make_concrete(scenario, seed));
  };
  while (seed < found_seed + kSeedsTried && !is_clear()) ++seed;
  if (seed < found_seed + kSeedsTried) {
    shrink_options.accepts = twin_holds;
  } else {
    seed = found_seed;
  }
  Result<shrink::Shrunk> shrunk = shrink::shrink(scenario, seed, shrink_options);
  visit.shrink_seconds = now(options) - begin;
  if (!shrunk) {
    visit.complaint = "shrinking: " + shrunk.error().detail;
    return;
  }
  visit.is_shrunk = true;
  visit.shrink_runs = shrunk->runs;
  visit.steps = shrunk->scenario.faults.timeline.size();
  visit.shrunk = std::move(shrunk->scenario);
  visit.shrunk.name = std::string(entry.id) + "-found";
}

void look_at_exhibits(const Entry& entry, Visit& visit) {
  const Result<Scenario> found = load(entry, Room::kFound);
  const Result<Scenario> twin = load(entry, Room::kTwin);
  visit.found_fails = found && shows(entry, *found, found->seed);
  if (twin) {
    const scenarios::RunResult run = scenarios::run_scenario(*twin, {.seed = twin->seed});
    visit.twin_holds = run.report.verdict != sim::Verdict::kViolated && !shows(entry, run.report);
  }
  if (!visit.complaint.empty()) return;
  if (!visit.found_fails) {
    visit.complaint = fmt::format("{} does not show it: {}", file_name(entry, Room::kFound),
                                  found ? "it holds" : found.error().detail);
  } else if (!visit.twin_holds) {
    visit.complaint = fmt::format("{} does not hold{}", file_name(entry, Room::kTwin),
                                  twin ? "" : ": " + twin.error().detail);
  }
}

}  // namespace

bool shows(const Entry& entry, const Scenario& scenario, uint64_t seed) {
  return shows(entry, scenarios::run_scenario(scenario, {.seed = seed}).report);
}

Visit visit(const Entry& entry, const VisitOptions& options) {
  Visit visit;
  const Result<Scenario> scenario = load(entry, Room::kHunt);
  if (!scenario) {
    visit.complaint = scenario.error().detail;
    return visit;
  }
  hunt(entry, *scenario, options, visit);
  if (!visit.found_seed) {
    visit.complaint = fmt::format("{} seeds did not show it", visit.runs);
    return visit;
  }
  if (options.shrinks) shrink_found(entry, *scenario, options, visit);
  look_at_exhibits(entry, visit);
  return visit;
}

CleanRuns run_clean(const Entry& entry, uint64_t first, uint64_t last,
                    const std::function<bool()>& keep_going) {
  CleanRuns clean;
  const Result<Scenario> hunt = load(entry, Room::kHunt);
  if (!hunt) return clean;
  const Scenario scenario = in_order(entry, *hunt);
  for (uint64_t seed = first; seed <= last && !clean.false_alarm; ++seed) {
    if (keep_going && !keep_going()) break;
    const scenarios::RunResult run = scenarios::run_scenario(scenario, {.seed = seed});
    ++clean.runs;
    clean.unknown += run.report.verdict == sim::Verdict::kUnknown ? 1 : 0;
    if (run.report.verdict == sim::Verdict::kViolated || shows(entry, run.report))
      clean.false_alarm = seed;
  }
  return clean;
}

}  // namespace faultline::museum
