// SPDX-License-Identifier: Apache-2.0
#include "analysis/shrink/shrink.h"

#include <utility>

#include "analysis/shrink/oracle.h"
#include "analysis/shrink/passes.h"
#include "analysis/shrink/signature.h"
#include "scenarios/run/derive_plan.h"
#include "scenarios/run/simulation.h"
#include "scenarios/schema/description.h"
#include "scenarios/schema/parse.h"

namespace faultline::shrink {
namespace {

using scenarios::Scenario;

// What makes every later run cheaper or less fickle comes first, then faults, client operations,
// nodes and topics, config, what is left of chance, and last the looks.
constexpr Pass kPasses[] = {
    {"schedule", with_plainer_schedule},
    {"time", with_shorter_time},
    {"faults", with_fewer_faults},
    {"earlier faults", with_earlier_faults},
    {"time", with_shorter_time},
    {"operations", with_fewer_operations},
    {"clients", with_fewer_clients},
    {"topics", with_fewer_topics},
    {"configs", with_fewer_configs},
    {"machines", with_plainer_machines},
    {"fault parameters", with_plainer_faults},
    {"fault ids", with_faults_renumbered},
    {"seed", with_plainer_seed},
    {"round times", with_rounder_faults},
};

// Takes the first candidate that still fails, as often as there is one.
bool run_pass(const Pass& pass, Oracle& oracle, const ShrinkOptions& options, Scenario& current) {
  bool has_changed = false;
  for (bool goes_on = true; goes_on && !oracle.is_stopped();) {
    goes_on = false;
    for (const Scenario& candidate : pass.make(current)) {
      std::optional<Scenario> smaller = oracle.fails(candidate);
      if (!smaller) continue;
      current = std::move(*smaller);
      has_changed = goes_on = true;
      if (options.on_progress) options.on_progress(pass.name, current, oracle.runs());
      break;
    }
  }
  return has_changed;
}

Result<std::string> wanted_signature(const Scenario& scenario, uint64_t seed,
                                     const std::string& property) {
  const scenarios::RunResult result = scenarios::run_scenario(scenario, {.seed = seed});
  const std::vector<std::string> all = signatures_of(result.report);
  const bool is_violated = result.report.verdict == sim::Verdict::kViolated;
  if (property.empty() && !is_violated)
    return fail(ErrorCode::kInvalidArgument, "the run is " +
                                                 std::string(to_string(result.report.verdict)) +
                                                 "; there is nothing to shrink");
  if (property.empty()) return all.front();
  for (const std::string& signature : all)
    if (property_of(signature) == property) return signature;
  return fail(ErrorCode::kInvalidArgument, "the run has no finding of " + property);
}

void say_what_is_expected(const std::string& signature, Scenario& scenario) {
  scenario.expect = {};
  if (!signature.starts_with(property_of(signature))) return;  // no violation, but permitted
  scenario.expect.verdict = scenarios::Verdict::kViolated;
  for (const scenarios::Word& word : scenarios::property_words())
    if (scenarios::property_id(word.name) == property_of(signature))
      scenario.expect.violated = word.name;
}

}  // namespace

std::string to_text(const Scenario& scenario) {
  Scenario plain = scenario;
  for (size_t i = 0; i < plain.faults.timeline.size(); ++i) {
    scenarios::Fault& fault = plain.faults.timeline[i];
    if (fault.id == static_cast<int64_t>(i) + 1) fault.id = 0;
    if (fault.node == plain.cluster.brokers.front().id) fault.node.clear();
  }
  return scenarios::to_json(plain);
}

Result<Shrunk> shrink(const Scenario& scenario, uint64_t seed, const ShrinkOptions& options) {
  std::string wanted = options.property;
  if (wanted.empty() && !scenario.expect.violated.empty())
    wanted = scenarios::property_id(scenario.expect.violated);
  TRY_ASSIGN(const std::string signature, wanted_signature(scenario, seed, wanted));
  Shrunk shrunk;
  shrunk.signature = signature;
  Scenario start = scenarios::make_concrete(scenario, seed);
  shrunk.faults_before = start.faults.timeline.size();
  start.expect = {};
  start.notes.clear();
  start.properties.clear();
  Oracle oracle(signature, options.keep_going, options.accepts);
  // As a file would be read: also that is to fail.
  std::optional<Scenario> current = oracle.fails(start);
  if (!current && !oracle.is_stopped())
    return fail(ErrorCode::kInvalidArgument, "the concrete plan of the seed does not fail so");
  if (!current) current = std::move(start);
  for (bool goes_on = true; goes_on && !oracle.is_stopped();) {
    goes_on = false;
    for (const Pass& pass : kPasses) goes_on |= run_pass(pass, oracle, options, *current);
  }
  shrunk.scenario = std::move(*current);
  shrunk.scenario.name = scenario.name + "-shrunk";
  say_what_is_expected(signature, shrunk.scenario);
  shrunk.runs = oracle.runs();
  shrunk.is_minimal = !oracle.is_stopped();
  return shrunk;
}

}  // namespace faultline::shrink
