// SPDX-License-Identifier: Apache-2.0
// Depth-first searches. Plain: little memory for the queue, long counterexamples. Iterative
// deepening: shortest counterexamples too, for more time. Bitstate: a few bits a state instead of
// the state, so that a space fits that would not, at the risk of taking a new state for a seen one.
#pragma once

#include "model/explore/search.h"

namespace faultline::model {

struct DepthFirstOptions {
  bool symmetry = false;
  bool is_iterative = false;    // bounds of 1, 2, 3 .. steps until nothing lies deeper
  uint64_t bitstate_bytes = 0;  // > 0: remember states in a filter of that size, not exactly
  uint64_t depth_max = UINT64_MAX;
  uint64_t states_max = UINT64_MAX;
  uint64_t bytes_max = UINT64_MAX;
  Watcher* watcher = nullptr;
};

// Stops at the first violation. `depth` is that of the deepest run. Where nothing is violated, a
// bitstate search is `unknown`, and why_unknown tells how many states it may have missed.
SearchResult search_depth_first(const Space& space, const DepthFirstOptions& options);

}  // namespace faultline::model
