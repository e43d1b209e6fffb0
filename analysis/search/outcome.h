// SPDX-License-Identifier: Apache-2.0
// Outcome: what a campaign keeps of one seed's run, small enough for a million of them, and the one
// line of JSON in which a worker hands it over and a result file stores it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "broker/base/result.h"
#include "scenarios/run/simulation.h"

namespace faultline::search {

// What the faults of one kind came to.
struct FaultTally {
  uint64_t planned = 0;
  uint64_t felt = 0;  // of them, that were seen to do something
  uint64_t effects = 0;
  uint64_t bytes = 0;

  void add(const FaultTally& other);
  bool operator==(const FaultTally&) const = default;
};

struct Outcome {
  uint64_t seed = 0;
  std::string crash;      // the worker died of this seed: how; then nothing else is known
  bool diverged = false;  // two runs of it differed
  sim::Verdict verdict = sim::Verdict::kUnknown;
  bool is_expected = true;  // by the scenario
  std::string fingerprint;
  std::string why_unknown;
  std::string signature;  // of what is unexpected: checker and shape, no numbers
  std::string detail;     // the same with its numbers, for people
  scenarios::PlanClass plan_class = scenarios::PlanClass::kFaultFree;
  uint64_t lost_permitted = 0;
  uint64_t events = 0;
  int64_t wall_us = 0;
  std::map<std::string, FaultTally> faults;  // by kind
  std::set<std::string> marks;               // rare paths that the run reached
  std::set<std::string> log_states;

  bool is_failure() const { return !is_expected || !crash.empty() || diverged; }
  // What must not depend on processes, machines and time.
  bool same_run(const Outcome& other) const {
    return fingerprint == other.fingerprint && verdict == other.verdict && crash == other.crash;
  }
};

std::string to_json(const Outcome& outcome);  // one line, without its end
// Errors: kCorrupt.
Result<Outcome> outcome_from_json(std::string_view line);

struct PlayOptions {
  bool twice = false;    // and compare
  bool coverage = true;  // fill marks and log_states
  // Where the run file of a failure goes, without its events; empty: nowhere.
  std::string runs_dir;
  bool json = false;  // fill Played::report
};

struct Played {
  Outcome outcome;
  std::string report;  // the run as `faultline run --json` prints it
};

// Runs one seed in this process.
Played play(const scenarios::Scenario& scenario, uint64_t seed, const PlayOptions& options);

// Writes the run file of a seed, with its events, into a folder.
void record_failure(const scenarios::Scenario& scenario, uint64_t seed, const std::string& folder);

// The run as a file; takes its events.
Slice record_run(const scenarios::Scenario& scenario, scenarios::RunResult& result);
std::string run_json(const std::string& scenario, const scenarios::RunResult& result);
std::string run_file_name(const std::string& scenario, uint64_t seed);  // "torn-tail-7.flrun"

}  // namespace faultline::search
