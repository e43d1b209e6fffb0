// SPDX-License-Identifier: Apache-2.0
// Small models made of tables, so that chance can make them: a labelled graph, interchangeable
// members around a shared value, and processes that are independent of each other now and then.
// And the searches of a few lines that the engine must agree with.
#pragma once

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

// Nodes, edges and labels. A state packs into a length of its own.
struct GraphModel {
  struct Edge {
    uint8_t from = 0;
    uint8_t action = 0;
    uint8_t to = 0;
  };
  struct State {
    uint8_t node = 0;
  };
  static constexpr uint8_t kNodesMax = 8;
  static constexpr uint8_t kActions = 3;

  uint8_t nodes = 1;
  std::vector<Edge> edges;
  std::vector<uint8_t> starts = {0};
  uint8_t bad = 0;       // nodes, by bit
  uint8_t bad_step = 0;  // nodes that action 2 may not lead to
  uint8_t owing = 0;
  uint8_t goal = 0;
  bool leads_to = false;
  std::vector<Fairness> fair;

  std::vector<ActionInfo> actions() const { return {{"A", {"from"}}, {"B", {}}, {"C", {}}}; }
  void initial_states(const Emit<State>& emit) const {
    for (const uint8_t node : starts) emit(State{node});
  }
  void successors(const State& now, const Emit<State>& emit) const {
    for (const Edge& edge : edges)
      if (edge.from == now.node) emit(Step(edge.action, edge.from), State{edge.to});
  }
  void describe(const State& state, Fields& fields) const { fields.add("node", state.node); }
  void pack(const State& state, Packer& packer) const {
    for (int i = 0; i <= state.node * 40; ++i) packer.u8(state.node);
  }
  void unpack(Unpacker& unpacker, State& out) const {
    out.node = static_cast<uint8_t>(unpacker.u8());
    for (int i = 0; i < out.node * 40; ++i) unpacker.u8();
  }
  static bool has(uint8_t set, uint8_t node) { return (set >> node & 1) != 0; }
  std::vector<Invariant<GraphModel>> invariants() const { return {{"Good", &GraphModel::is_good}}; }
  bool is_good(const State& state) const { return !has(bad, state.node); }
  std::vector<ActionProperty<GraphModel>> action_properties() const {
    return {{"GoodSteps", &GraphModel::is_good_step}};
  }
  bool is_good_step(const State&, const Step& step, const State& after) const {
    return step.action != 2 || !has(bad_step, after.node);
  }
  std::vector<Liveness<GraphModel>> liveness() const {
    return {{"Goal", leads_to ? &GraphModel::is_owing : nullptr, &GraphModel::is_goal}};
  }
  bool is_owing(const State& state) const { return has(owing, state.node); }
  bool is_goal(const State& state) const { return has(goal, state.node); }
  std::vector<Fairness> fairness() const { return fair; }
};

// Members with a small local value each and one shared value; all follow the same rules.
struct MemberModel {
  struct Rule {
    uint8_t local = 0;
    uint8_t shared = 0;
    uint8_t local_after = 0;
    uint8_t shared_after = 0;
  };
  struct State {
    std::array<uint8_t, 3> local{};
    uint8_t shared = 0;
  };

  uint8_t members = 3;
  std::vector<Rule> rules;
  uint8_t bad_sum = 0xff;  // of the local values, with the shared value 0
  bool permutes_wrongly = false;

  std::vector<ActionInfo> actions() const { return {{"Move", {"member"}}}; }
  void initial_states(const Emit<State>& emit) const {
    emit(State());
    for (uint8_t member = 0; member < members; ++member) {
      State other;
      other.local[member] = 1;
      emit(other);
    }
  }
  void successors(const State& now, const Emit<State>& emit) const {
    for (uint8_t member = 0; member < members; ++member)
      for (const Rule& rule : rules) {
        if (rule.local != now.local[member] || rule.shared != now.shared) continue;
        State next = now;
        next.local[member] = rule.local_after;
        next.shared = rule.shared_after;
        emit(Step(0, member), next);
      }
  }
  void describe(const State& state, Fields& fields) const {
    for (uint8_t i = 0; i < members; ++i) fields.add("m" + std::to_string(i), state.local[i]);
    fields.add("shared", state.shared);
  }
  std::vector<Invariant<MemberModel>> invariants() const {
    return {{"Sum", &MemberModel::is_good}};
  }
  bool is_good(const State& state) const {
    return state.shared != 0 || state.local[0] + state.local[1] + state.local[2] != bad_sum;
  }
  std::vector<SymmetricSet> symmetry() const { return {{"member", members}}; }
  State permuted(const State& state, const Permutation& to) const {
    State next = state;
    for (uint8_t i = 0; i < members; ++i)
      next.local[static_cast<size_t>(to.of(0, i))] = state.local[i];
    if (permutes_wrongly) std::swap(next.local[0], next.shared);
    return next;
  }
};

// Processes with a local value each; a rule may need or change the shared value. Process 0 is the
// one that the invariant looks at.
struct ProcessModel {
  static constexpr uint8_t kAny = 0xff;
  struct Rule {
    uint8_t process = 0;
    uint8_t local = 0;
    uint8_t shared = kAny;  // that it needs
    uint8_t local_after = 0;
    uint8_t shared_after = kAny;  // none: it does not touch it
  };
  struct State {
    std::array<uint8_t, 3> local{};
    uint8_t shared = 0;
  };

  std::vector<Rule> rules;
  uint8_t bad_local = kAny;
  uint8_t bad_shared = 0;
  bool declares_too_much = false;

  std::vector<ActionInfo> actions() const { return {{"Rule", {"process", "number"}}}; }
  void initial_states(const Emit<State>& emit) const { emit(State()); }
  void successors(const State& now, const Emit<State>& emit) const {
    for (size_t i = 0; i < rules.size(); ++i) {
      const Rule& rule = rules[i];
      if (rule.local != now.local[rule.process]) continue;
      if (rule.shared != kAny && rule.shared != now.shared) continue;
      State next = now;
      next.local[rule.process] = rule.local_after;
      if (rule.shared_after != kAny) next.shared = rule.shared_after;
      emit(Step(0, rule.process, i), next);
    }
  }
  void describe(const State& state, Fields& fields) const {
    for (size_t i = 0; i < 3; ++i) fields.add("p" + std::to_string(i), state.local[i]);
    fields.add("shared", state.shared);
  }
  std::vector<Invariant<ProcessModel>> invariants() const {
    return {{"Good", &ProcessModel::is_good}};
  }
  bool is_good(const State& state) const {
    return state.local[0] != bad_local || state.shared != bad_shared;
  }
  bool may_end(const State& state) const { return state.shared != 2; }
  int process(const Step& step) const { return step.parameters[0]; }
  bool is_local(const State& state, const Step& step) const {
    const auto mine = static_cast<uint8_t>(process(step));
    if (declares_too_much) return true;
    return mine != 0 && std::ranges::none_of(rules, [&](const Rule& rule) {
             return rule.process == mine && rule.local == state.local[mine] &&
                    (rule.shared != kAny || rule.shared_after != kAny);
           });
  }
};

// ---- the reference --------------------------------------------------------------------------

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
