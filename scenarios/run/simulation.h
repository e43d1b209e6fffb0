// SPDX-License-Identifier: Apache-2.0
// Runs a scenario once: builds the world that it describes, lets the workload and the faults
// happen, heals, checks that everything works again, reads everything back, and judges. Equal
// scenario, seed and program give equal events, bit for bit.
//
// Phases: set-up (topics are created) - workload and faults until scenario.time - heal - tail:
// after scenario.settle every operation has to succeed - producers stop - audit - end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/run/budget.h"
#include "scenarios/scenario.h"
#include "scenarios/schema/parse.h"
#include "sim/check/suite.h"
#include "sim/faults/plan.h"
#include "sim/node/node.h"
#include "sim/trace/recorder.h"

namespace faultline::scenarios {

// Makes the program of a node, where `real` is what the scenario says: tests put theirs around it.
using WrapProgram = std::function<std::unique_ptr<sim::Program>(
    const std::string& node, Env& env, const sim::Node::ProgramFactory& real)>;

// What is done with the events of a run. Behaviour is the same with each; the benchmarks compare.
enum class Watch : uint8_t {
  kNothing,      // they are numbered: no fingerprint, no verdict
  kFingerprint,  // no verdict
  kCheckers,
};

struct RunOptions {
  uint64_t seed = 1;
  bool keep_events = false;
  Watch watch = Watch::kCheckers;
  // Instead of the chooser of the scenario: follow this log of a recorded run.
  std::optional<std::vector<uint64_t>> choices;
  // Instead of the plan that the seed gives; then the seed draws no settings either.
  std::optional<sim::FaultPlan> plan;
  WrapProgram wrap;  // of brokers and clients; may be empty
  // Sees every event of the run, after the checkers; outlives it. Null: nobody.
  sim::EventObserver* observer = nullptr;
};

struct RunResult {
  uint64_t seed = 0;
  sim::CheckReport report;
  sim::FaultPlan plan;
  PlanClass plan_class = PlanClass::kFaultFree;
  std::vector<Override> settings;          // that the seed has drawn
  sim::LedgerReport ledger;                // of acknowledged records
  std::vector<sim::FaultEffects> effects;  // in the order of the plan
  std::vector<uint64_t> choices;
  bool replay_on_track = true;
  Duration simulated;
  // Livelock, a set-up that failed, an audit that never ended: why the run stopped early. Empty:
  // done.
  std::string stopped_because;
  std::unique_ptr<sim::Recorder> recorder;  // fingerprint, and the events if they were kept
};

RunResult run_scenario(const Scenario& scenario, const RunOptions& options);

// What the scenario's expectation makes of one run: unexpected runs make a campaign fail. A verdict
// of unknown is as expected here; its share is bounded over many seeds.
bool is_as_expected(const Scenario& scenario, const sim::CheckReport& report);

}  // namespace faultline::scenarios
