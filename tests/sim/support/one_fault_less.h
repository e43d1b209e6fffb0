// SPDX-License-Identifier: Apache-2.0
// The property behind shrinking (design decision D5): take any one fault out of a plan, and
// everything that happens to what this fault does not touch stays the same, draw for draw. Works
// for any kind of fault: the caller runs plans and says what happened to which entity.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace faultline::sim {

// Entity -> its draws, or what follows from each: times, sizes, kinds.
using Histories = std::map<std::string, std::vector<uint64_t>>;

struct OneFaultLess {
  uint64_t entities_compared = 0;
  uint64_t faults_that_mattered = 0;  // whose removal changed something that they touch
};

// run(plan) -> Histories; touches(fault, entity) -> bool. Adds to `totals`, so that a test can
// assert that it was not empty talk.
template <class Fault, class Run, class Touches>
testing::AssertionResult holds_with_one_fault_less(const std::vector<Fault>& plan, const Run& run,
                                                   const Touches& touches, OneFaultLess& totals) {
  const Histories whole = run(plan);
  for (size_t removed = 0; removed < plan.size(); ++removed) {
    std::vector<Fault> rest = plan;
    rest.erase(rest.begin() + static_cast<ptrdiff_t>(removed));
    const Histories less = run(rest);
    bool has_mattered = false;
    for (const auto& [entity, history] : whole) {
      const auto found = less.find(entity);
      const bool is_equal = found != less.end() && found->second == history;
      if (touches(plan[removed], entity)) {
        has_mattered |= !is_equal;
        continue;
      }
      ++totals.entities_compared;
      if (!is_equal)
        return testing::AssertionFailure()
               << "without fault " << removed << " of " << plan.size() << ", which does not touch "
               << entity << ", that entity's history is another one";
    }
    totals.faults_that_mattered += has_mattered ? 1 : 0;
  }
  return testing::AssertionSuccess();
}

}  // namespace faultline::sim
