// SPDX-License-Identifier: Apache-2.0
// Liveness: does every fair run do what it must in the end? A run that does not has a tail that
// stays away from the goal for ever and is fair: some strongly connected part of the states without
// the goal, in which no fairness is broken. Stopping for ever counts as a run, as in TLA+.
#pragma once

#include "model/explore/search.h"

namespace faultline::model {

// Checks all liveness properties of the space. Uses states_max, bytes_max and watcher of the
// options; there is no symmetry and no reduction here. The counterexample is a lasso.
SearchResult check_liveness(const Space& space, const SearchOptions& options);

}  // namespace faultline::model
