// SPDX-License-Identifier: Apache-2.0
// The search of a few lines that the engine must agree with.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

template <class M, class Visit>
void each_successor(const M& model, const typename M::State& state, Visit visit) {
  using State = typename M::State;
  model.successors(state, Emit<State>(&visit, [](void* self, const Step& step, const State& next) {
                     (*static_cast<Visit*>(self))(step, next);
                   }));
}

template <class M>
std::vector<typename M::State> initial_states_of(const M& model) {
  using State = typename M::State;
  std::vector<State> states;
  model.initial_states(Emit<State>(&states, [](void* self, const Step&, const State& state) {
    static_cast<std::vector<State>*>(self)->push_back(state);
  }));
  return states;
}

template <class State>
std::vector<uint8_t> key_of(const State& state) {
  static_assert(std::has_unique_object_representations_v<State>);
  const auto* bytes = reinterpret_cast<const uint8_t*>(&state);
  return {bytes, bytes + sizeof state};
}

struct Reference {
  uint64_t generated = 0;
  size_t distinct = 0;
  size_t depth = 0;
  std::optional<size_t> shortest;  // steps to the nearest state that is not good
};

// Breadth-first search in twenty lines; states that `rename` makes equal are one.
template <class M, class Rename>
Reference reference_search(const M& model, Rename rename) {
  using State = typename M::State;
  Reference found;
  std::vector<State> level;
  std::set<std::vector<uint8_t>> seen;
  const auto add = [&](const State& state, std::vector<State>& to) {
    ++found.generated;
    if (seen.insert(key_of(rename(state))).second) to.push_back(state);
  };
  for (const State& state : initial_states_of(model)) add(state, level);
  for (; !level.empty(); ++found.depth) {
    std::vector<State> next;
    for (const State& state : level) {
      if (!model.is_good(state) && !found.shortest) found.shortest = found.depth;
      each_successor(model, state, [&](const Step&, const State& to) { add(to, next); });
    }
    level = std::move(next);
  }
  found.distinct = seen.size();
  return found;
}

template <class M>
Reference reference_search(const M& model) {
  return reference_search(model, [](const auto& state) { return state; });
}

}  // namespace faultline::model
