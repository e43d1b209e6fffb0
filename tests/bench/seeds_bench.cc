// SPDX-License-Identifier: Apache-2.0
// How many fault seeds one CPU second plays, for each shipped scenario: real broker and clients,
// faults, audit, fingerprint and all checkers. And what watching costs: the same seeds are played
// in turns with nothing but numbered events, with the fingerprint, with the trace kept, and with
// checkers. CPU time, the least of three plays: on a shared machine the rest is others' work, but
// compare ratios within one run only all the same.
//
// The bar is 40 seeds of 60 simulated seconds at 100 records/s. A shipped seed is longer: after its
// 60 s of faults it settles, and all is read back. `seeds_of_6000_records_per_cpu_s` is the rate in
// the bar's own unit of work.
#include <algorithm>
#include <ctime>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"

namespace faultline::scenarios {
namespace {

constexpr uint64_t kSeeds = 10;
constexpr int kPlays = 3;
constexpr double kRecordsOfTheBar = 6000;

Scenario load(const std::string& name) {
  const std::string path = FAULTLINE_SOURCE_DIR "/scenarios/" + name + ".json";
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  ParseOutcome outcome = parse_scenario(text.str(), path);
  ASSERT(outcome.ok());
  return std::move(outcome.scenario);
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Played {
  double seconds = 0;
  RunResult result;
};

Played play(const Scenario& scenario, const RunOptions& options) {
  Played played;
  const double begin = cpu_seconds();
  played.result = run_scenario(scenario, options);
  played.seconds = cpu_seconds() - begin;
  return played;
}

// One seed, watched in each way, in turns.
struct Round {
  double bare = std::numeric_limits<double>::infinity();
  double print = bare;
  double trace = bare;
  double all = bare;
  RunResult result;
};

Round play_in_turns(const Scenario& scenario, uint64_t seed) {
  Round round;
  const auto keep_least = [&](double& least, const RunOptions& options) {
    Played played = play(scenario, options);
    least = std::min(least, played.seconds);
    round.result = std::move(played.result);
  };
  for (int i = 0; i < kPlays; ++i) {
    keep_least(round.bare, {.seed = seed, .watch = Watch::kNothing});
    keep_least(round.print, {.seed = seed, .watch = Watch::kFingerprint});
    keep_least(round.trace, {.seed = seed, .keep_events = true, .watch = Watch::kFingerprint});
    keep_least(round.all, {.seed = seed});
  }
  return round;
}

void seeds(benchmark::State& state, const std::string& name) {
  const Scenario scenario = load(name);
  double seconds = 0;
  double simulated = 0;
  double records = 0;
  std::vector<double> fingerprints;
  std::vector<double> traces;
  std::vector<double> shares;
  for (auto _ : state) {
    play(scenario, {.seed = 1});  // warming up
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      const Round round = play_in_turns(scenario, seed);
      ASSERT(is_as_expected(scenario, round.result.report));
      seconds += round.all;
      simulated += static_cast<double>(round.result.simulated.ns) * 1e-9;
      records += static_cast<double>(round.result.report.sends);
      fingerprints.push_back(round.print / round.bare);
      traces.push_back(round.trace / round.bare);
      shares.push_back(1 - round.bare / round.all);
    }
  }
  state.counters["seeds_per_cpu_s"] = kSeeds / seconds;
  state.counters["seeds_of_6000_records_per_cpu_s (40)"] = records / kRecordsOfTheBar / seconds;
  state.counters["simulated_s_per_cpu_s"] = simulated / seconds;
  state.counters["fingerprint_ratio"] = median(fingerprints);
  state.counters["fingerprint_and_trace_ratio (1.15)"] = median(traces);
  state.counters["share_of_checkers_and_trace (0.3)"] = median(shares);
}

#define SCENARIO(name, file) \
  BENCHMARK_CAPTURE(seeds, name, file)->Iterations(1)->Unit(benchmark::kMillisecond)
SCENARIO(first_light, "first-light");
SCENARIO(flush_every_message, "flush-every-message");
SCENARIO(page_cache_only, "page-cache-only");
SCENARIO(fsync_gate, "fsync-gate");
SCENARIO(disk_full, "disk-full");
SCENARIO(torn_tail, "torn-tail");
SCENARIO(clock_jump, "clock-jump");
#undef SCENARIO

}  // namespace
}  // namespace faultline::scenarios

BENCHMARK_MAIN();
