// SPDX-License-Identifier: Apache-2.0
// Random runs of a model with the same checks as a search: for spaces too large to exhaust. Proves
// nothing when it finds nothing.
#pragma once

#include "model/explore/search.h"

namespace faultline::model {

struct SimulateOptions {
  uint64_t seed = 1;
  uint64_t runs = 1000;
  uint64_t steps_max = 100;  // of a run
  Watcher* watcher = nullptr;
};

// Verdict violated, or unknown: states that were not visited may be bad. `generated` counts steps
// looked at, `distinct` is 0: nothing is stored; `taken` counts the steps of the runs.
SearchResult simulate(const Space& space, const SimulateOptions& options);

}  // namespace faultline::model
