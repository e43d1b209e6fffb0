// SPDX-License-Identifier: Apache-2.0
// How many simulated seconds of first-light one CPU second plays, with the real broker and clients,
// all checkers, fingerprint and faults; and what keeping the trace adds.
#include <fstream>
#include <sstream>

#include <benchmark/benchmark.h>

#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"

namespace faultline::scenarios {
namespace {

Scenario first_light() {
  std::ifstream file(FAULTLINE_SOURCE_DIR "/scenarios/first-light.json");
  std::stringstream text;
  text << file.rdbuf();
  ParseOutcome outcome = parse_scenario(text.str(), "first-light.json");
  ASSERT(outcome.ok());
  return std::move(outcome.scenario);
}

void play_first_light(benchmark::State& state) {
  const Scenario scenario = first_light();
  uint64_t seed = 0;
  double simulated_seconds = 0;
  for (auto _ : state) {
    const RunResult result =
        run_scenario(scenario, {.seed = ++seed, .keep_events = state.range(0) == 1});
    simulated_seconds += static_cast<double>(result.simulated.ns) * 1e-9;
  }
  state.counters["simulated_s_per_cpu_s"] =
      benchmark::Counter(simulated_seconds, benchmark::Counter::kIsRate);
  state.SetLabel(state.range(0) == 1 ? "trace kept" : "fingerprint and checkers only");
}
BENCHMARK(play_first_light)->Arg(0)->Arg(1)->Iterations(20)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace faultline::scenarios

BENCHMARK_MAIN();
