// SPDX-License-Identifier: Apache-2.0
// The way in to the breadth-first search.
#include "model/explore/level_search.h"
#include "model/explore/search.h"

namespace faultline::model {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHeld: return "held";
    case Verdict::kViolated: return "violated";
    case Verdict::kUnknown: return "unknown";
  }
  UNREACHABLE();
}

SearchResult search_breadth_first(const Space& space, const SearchOptions& options) {
  return LevelSearch(space, options).run();
}

}  // namespace faultline::model
