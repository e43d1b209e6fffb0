// SPDX-License-Identifier: Apache-2.0
// Counterexample: the run that shows a violation, in states and names of the model itself (never
// of a permutation), and its text: one line a step with what the step changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/explore/space.h"

namespace faultline::model {

enum class ViolationKind : uint8_t { kInvariant, kActionProperty, kDeadlock, kLiveness };

struct Counterexample {
  struct Moment {
    Step step;  // that led here; of the first moment: none
    std::vector<uint8_t> state;
  };

  ViolationKind kind = ViolationKind::kInvariant;
  std::string property;         // "StrongIsr"; "deadlock"
  std::vector<Moment> moments;  // the initial state first
  // Of liveness: the moments from here on repeat for ever; the last leads back to this one. Equal
  // to the last: the run stops there.
  std::optional<size_t> loop;

  size_t steps() const { return moments.size() - 1; }
};

// A run through `path`, a list of states as the search stored them (canonical under symmetry), in
// states of the model.
std::vector<Counterexample::Moment> concrete_run(const Space& space, bool symmetry,
                                                 const std::vector<std::vector<uint8_t>>& path);

// What differs between two states, in the order of their fields.
struct Change {
  std::string field;
  std::optional<std::string> before;  // none: the field is new
  std::optional<std::string> after;   // none: it is gone
};
std::vector<Change> changes_between(const Fields& before, const Fields& after);

std::string counterexample_text(const Space& space, const Counterexample& counterexample);

}  // namespace faultline::model
