// SPDX-License-Identifier: Apache-2.0
// A visit to one entry of the museum: the hunt over seeds, the shrinking of what it found, and a
// look at the exhibits that are checked in.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "analysis/museum/catalogue.h"

namespace faultline::museum {

struct VisitOptions {
  uint64_t seeds_max = 1000;
  bool shrinks = true;
  std::function<double()> seconds;   // of processor time, for the figures; empty: all are 0
  std::function<bool()> keep_going;  // asked before each run; empty: always
};

struct Visit {
  std::optional<uint64_t> found_seed;
  uint64_t runs = 0;  // of the hunt
  double hunt_seconds = 0;
  // Of the shrunk schedule; the scenario is what --write puts into a file.
  bool is_shrunk = false;
  size_t steps = 0;
  uint64_t shrink_runs = 0;
  double shrink_seconds = 0;
  scenarios::Scenario shrunk;
  // The exhibits: whether the checked-in schedule shows the bug, and its twin does not.
  bool found_fails = false;
  bool twin_holds = false;
  std::string complaint;  // why it is not as it should be; empty: it is

  bool is_good() const { return complaint.empty(); }
};

Visit visit(const Entry& entry, const VisitOptions& options);

// Whether a run of the scenario with this seed shows what the entry is about.
bool shows(const Entry& entry, const scenarios::Scenario& scenario, uint64_t seed);

struct CleanRuns {
  uint64_t runs = 0;
  uint64_t unknown = 0;
  std::optional<uint64_t> false_alarm;  // the first seed that is violated or shows the bug
};

// The hunt's scenario with the rule on, over the seeds first..last: each must hold.
CleanRuns run_clean(const Entry& entry, uint64_t first, uint64_t last,
                    const std::function<bool()>& keep_going);

}  // namespace faultline::museum
