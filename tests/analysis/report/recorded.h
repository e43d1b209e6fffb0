// SPDX-License-Identifier: Apache-2.0
// Runs of scenario texts and files, recorded as `run --out` does, with their verdict.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scenarios/run/derive_plan.h"
#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"
#include "sim/trace/print.h"
#include "sim/trace/run_file.h"

namespace faultline::report {

struct Recorded {
  sim::RunFile run;
  sim::CheckReport report;
  int64_t write_back_after_ns = 0;
};

inline Recorded record(const std::string& text, uint64_t seed,
                       const std::vector<std::string>& sets = {}) {
  std::vector<scenarios::Override> overrides;
  for (const std::string& set : sets) overrides.push_back(scenarios::parse_override(set));
  const scenarios::ParseOutcome parsed = scenarios::parse_scenario(text, "test", overrides);
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  scenarios::RunResult result =
      scenarios::run_scenario(parsed.scenario, {.seed = seed, .keep_events = true});
  sim::RunInfo info{.scenario = scenarios::to_json(parsed.scenario),
                    .seed = seed,
                    .build = "test",
                    .verdict = std::string(to_string(result.report.verdict))};
  for (const auto& [name, node] : scenarios::number_nodes(parsed.scenario))
    info.more.emplace_back(sim::node_key(node.value), name);
  return {.run = sim::make_run(std::move(info), result.choices, std::move(*result.recorder)),
          .report = result.report,
          .write_back_after_ns = parsed.scenario.cluster.disk.writeback_after.ns};
}

inline std::string scenario_file(const std::string& name) {
  std::ifstream file(std::string(FAULTLINE_SOURCE_DIR) + "/scenarios/" + name);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return text.str();
}

// One broker, one producer; the power fails at 2 s and nothing unsynced survives.
inline const std::string kPowerLoss = R"({
  "version": 1, "name": "small", "seed": 3,
  "cluster": { "brokers": ["b1"] },
  "topics": { "orders": {} },
  "clients": [{ "id": "p1", "type": "producer", "topic": "orders", "rate": "50/s" }],
  "faults": { "timeline": [{ "at": "2s", "kind": "power_loss", "keep": 0 }] },
  "until": { "time": "4s", "settle": "5s" } }
)";

}  // namespace faultline::report
