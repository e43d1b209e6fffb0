// SPDX-License-Identifier: Apache-2.0
// The verbs of the `faultline` command: plain options in, an exit code out. commands.cc parses the
// command line into these; each verb has a file of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/cli/calibrate_options.h"
#include "analysis/cli/campaign_options.h"
#include "analysis/cli/console.h"
#include "analysis/cli/exit.h"
#include "analysis/cli/museum_options.h"
#include "analysis/cli/reading_verbs.h"

namespace faultline::cli {

struct LintOptions {
  std::vector<std::string> files;
  bool schema = false;     // print the JSON schema
  bool keys = false;       // print the table of keys
  bool canonical = false;  // print the scenario without what is default
  std::vector<std::string> sets;
  bool json = false;
};
Exit lint(const LintOptions& options, const Console& console);

struct InitOptions {
  std::string file = "-";
  bool force = false;
};
Exit init(const InitOptions& options, const Console& console);

struct RunVerbOptions {
  std::string file;
  std::optional<uint64_t> seed;  // else the scenario's
  std::vector<std::string> sets;
  std::string out;       // where to write the recorded run; empty: nowhere
  std::string plan;      // a fault plan to run instead of what the seed draws; empty: none
  std::string plan_out;  // where to write the seed's plan; "-": only print it; empty: nowhere
  bool json = false;
};
Exit run(const RunVerbOptions& options, const Console& console);

struct ReplayOptions {
  std::string run;  // a recorded run
};
Exit replay(const ReplayOptions& options, const Console& console);

Exit check(const CheckOptions& options, const Console& console);

Exit merge(const MergeOptions& options, const Console& console);

struct WhyOptions {
  std::string run;               // a recorded run, or a scenario
  std::optional<uint64_t> seed;  // of the scenario
  std::string property;          // id; empty: the finding that matters most
  bool json = false;
};
Exit why(const WhyOptions& options, const Console& console);

struct ShrinkVerbOptions {
  std::string run;               // a recorded run, or a scenario
  std::optional<uint64_t> seed;  // of the scenario
  std::string property;          // id; empty: the failure that matters most
  std::string budget = "60s";    // of wall time
  std::string out;               // empty: the standard output
};
Exit shrink(const ShrinkVerbOptions& options, const Console& console);

struct DemoOptions {
  uint64_t seed = 1;
  std::string page;  // where to draw it; empty: nowhere
};
Exit demo(const DemoOptions& options, const Console& console);

struct ModelOptions {
  static constexpr uint64_t kGraphStatesMax = 2000;

  std::string verb;               // "list", "check", "simulate", "graph", "explain" or "schedule"
  std::string name;               // of the model; of a file for "schedule"
  std::string variant;            // empty: the model's first
  std::vector<std::string> sets;  // "R=3", "R=3,L=2"
  std::string out;                // where to write the counterexample as a recorded run
  std::string search = "bfs";     // or "dfs" or "iddfs"
  uint64_t bitstate_mib = 0;      // > 0: a filter of that size instead of the states
  bool symmetry = false;
  bool reduce = false;
  bool keep_going = false;
  bool json = false;
  unsigned jobs = 1;
  uint64_t states_max = UINT64_MAX;
  uint64_t depth_max = UINT64_MAX;
  uint64_t memory_mib = 16384;
  std::string checkpoint;  // a file; empty: none
  uint64_t save_every_seconds = 60;
  bool resume = false;
  uint64_t seed = 1;  // of simulate, as are these
  uint64_t runs = 10000;
  uint64_t steps_max = 100;
  bool all_rules = false;  // of schedule
};
Exit model_verb(const ModelOptions& options, const Console& console);
Exit model_schedule(const ModelOptions& options, const Console& console);

// Parses the command line and runs the verb. `arguments` without the program's name.
Exit run_command_line(std::span<const std::string> arguments, const Console& console);

}  // namespace faultline::cli
