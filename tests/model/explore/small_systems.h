// SPDX-License-Identifier: Apache-2.0
// Small models made of tables: interchangeable members around a shared value, and processes that
// are independent of each other now and then.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

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

}  // namespace faultline::model
