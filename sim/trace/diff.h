// SPDX-License-Identifier: Apache-2.0
// Where two runs part: the first event that differs, found by bisection of their checkpoints and a
// scan of one interval, and what led there. Two runs of one scenario and seed that differ at all
// are a bug (or another build); of two seeds the first difference is where chance began to matter.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/trace/run_file.h"

namespace faultline::sim {

struct RunDiff {
  bool is_equal = false;
  // The runs agree on every event before `index`. Known exactly when both files hold the events
  // around it; otherwise the runs part somewhere in [index, index_at_latest].
  uint64_t index = 0;
  uint64_t index_at_latest = 0;
  bool is_exact = false;
  // The events at `index`; none where a run had already ended.
  std::optional<EventView> left;
  std::optional<EventView> right;
  // What differs: "time", "kind", "node", "entity", "cause", "id", "payload".
  std::vector<std::string> differences;
  // Events of both runs that led there, as indices, oldest first: causes of the two events, and the
  // last ones of their nodes.
  std::vector<uint64_t> causes;
  std::vector<uint64_t> before;
};

// `context`: at most so many events of each kind of context. Views refer to the runs.
RunDiff diff_runs(const RunFile& left, const RunFile& right, size_t context = 10);

// The difference for people; names say what the runs are, e.g. file names.
std::string diff_text(const RunFile& left, const RunFile& right, const RunDiff& diff,
                      const std::string& left_name, const std::string& right_name);

}  // namespace faultline::sim
