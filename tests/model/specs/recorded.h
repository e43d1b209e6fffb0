// SPDX-License-Identifier: Apache-2.0
// What is recorded of a spec at one bound, and a run of the explorer that must find exactly that.
#pragma once

#include <algorithm>
#include <ostream>
#include <string>

#include <gtest/gtest.h>

#include "model/explore/search.h"
#include "model/specs/models.h"

namespace faultline::model {

// A variant holds, in so many states, or breaks a property after so many steps.
struct Recorded {
  std::string model;
  std::string variant;
  std::string bounds;  // "R=2,L=2"
  bool symmetry = false;
  uint64_t distinct = 0;  // of the whole space; 0: it is not searched whole, a violation ends it
  uint64_t depth = 0;
  std::string broken;  // the property; empty: all hold
  uint64_t steps = 0;
};

inline std::ostream& operator<<(std::ostream& out, const Recorded& run) {
  return out << run.model << " " << run.variant << " " << run.bounds
             << (run.symmetry ? " symmetry" : "");
}

// "isr_kip_320_R_2_symmetry", for ctest.
inline std::string test_name(const testing::TestParamInfo<Recorded>& info) {
  const Recorded& run = info.param;
  std::string name = run.model + "_" + run.variant + "_" + run.bounds +
                     (run.symmetry ? "_symmetry" : "") + (run.distinct != 0 ? "" : "_breaks");
  std::ranges::replace_if(name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

inline void expect_as_recorded(const Recorded& run) {
  const auto entries = all_models();
  const auto entry = std::ranges::find(entries, run.model, &ModelEntry::name);
  ASSERT_NE(entry, entries.end());
  const auto parameters = resolve_parameters(*entry, {run.bounds});
  ASSERT_TRUE(parameters.has_value());
  const auto variant = resolve_variant(*entry, run.variant);
  ASSERT_TRUE(variant.has_value());
  const auto space = entry->make(*variant, *parameters);
  const SearchResult found =
      search_breadth_first(*space, {.symmetry = run.symmetry, .keep_going = run.distinct != 0});

  EXPECT_EQ(found.verdict, run.broken.empty() ? Verdict::kHeld : Verdict::kViolated);
  if (run.distinct != 0) {
    EXPECT_EQ(found.distinct, run.distinct);
    EXPECT_EQ(found.depth, run.depth);
  }
  ASSERT_EQ(found.counterexample.has_value(), !run.broken.empty());
  if (!run.broken.empty()) {
    EXPECT_EQ(found.counterexample->property, run.broken);
    EXPECT_EQ(found.counterexample->steps(), run.steps);
  }
}

}  // namespace faultline::model
