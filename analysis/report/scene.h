// SPDX-License-Identifier: Apache-2.0
// Scene: what of a run has a place in the picture - lanes, the spans in which nodes are down and
// faults act, charts - and in which lane each event is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/report/log_lines.h"
#include "sim/trace/run_file.h"

namespace faultline::report {

// One horizontal lane: a client, a broker, its page cache, its platter, or helpers of the run.
struct Lane {
  std::string kind;  // "helpers", "client", "broker", "cache", "platter"
  std::string name;  // "b1 page cache"
  int32_t node = -1;
};

// A planned fault from its injection until it was healed or had done the last that it did.
struct FaultBand {
  uint32_t fault = 0;
  int32_t node = -1;
  int64_t from_ns = 0;
  int64_t to_ns = 0;
  std::string what;
  std::string detail;
  uint64_t effects = 0;
  uint64_t bytes = 0;
};

// A broker's process does not run.
struct Outage {
  int32_t node = -1;
  int64_t from_ns = 0;
  int64_t to_ns = 0;
  std::string how;  // "kill", "power_loss", "stopped"
};

struct Scene {
  std::vector<Lane> lanes;
  std::vector<std::string> node_names;  // as `nodes` orders them
  std::vector<int32_t> nodes;
  std::vector<FaultBand> bands;
  std::vector<Outage> outages;
  std::vector<LogChart> logs;  // without the broker's own topics
  std::map<int32_t, StepLine> caches;
  // The events in the order of their times, which the order in which they were recorded is not
  // quite: a processor that is busy tells of an instant that others have yet to reach.
  std::vector<uint64_t> order;
  // For each recorded event: its lane, and what file it is about as an index into `subjects` (0:
  // none).
  std::vector<uint32_t> lane_of;
  std::vector<uint32_t> subject_of;
  std::vector<std::string> subjects;
};

Scene make_scene(const sim::RunFile& run, int64_t write_back_after_ns);

}  // namespace faultline::report
