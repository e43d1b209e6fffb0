// SPDX-License-Identifier: Apache-2.0
// Two-phase commit: resource managers prepare, or abort on their own; the coordinator commits once
// all have prepared. None may commit while another aborts. model/README.md shows this file whole.
#pragma once

#include <algorithm>
#include <array>

#include "model/explore/model.h"

namespace faultline::model {

struct TwoPhaseCommit {
  enum Phase : uint8_t { kWorking, kPrepared, kCommitted, kAborted };
  enum Action : uint8_t { kPrepare, kGiveUp, kDecide, kLearn };
  struct State {
    std::array<Phase, 8> rm{};
    Phase decision = kWorking;
  };
  size_t managers = 3;
  bool waits_for_all = true;  // false: commits when any one has prepared
  std::vector<ActionInfo> actions() const {
    return {{"Prepare", {"rm"}}, {"GiveUp", {"rm"}}, {"Decide", {"phase"}}, {"Learn", {"rm"}}};
  }
  void initial_states(const Emit<State>& emit) const { emit(State()); }
  void successors(const State& now, const Emit<State>& emit) const {
    const auto move = [&](Step step, auto&& change) {
      State next = now;
      change(next);
      emit(step, next);
    };
    size_t prepared = 0;
    for (size_t r = 0; r < managers; ++r) {
      prepared += now.rm[r] == kPrepared ? 1 : 0;
      if (now.rm[r] == kWorking) move(Step(kPrepare, r), [&](State& to) { to.rm[r] = kPrepared; });
      if (now.rm[r] == kWorking) move(Step(kGiveUp, r), [&](State& to) { to.rm[r] = kAborted; });
      if (now.decision != kWorking && now.decision != now.rm[r])
        move(Step(kLearn, r), [&](State& to) { to.rm[r] = now.decision; });
    }
    if (now.decision != kWorking) return;
    move(Step(kDecide, kAborted), [](State& to) { to.decision = kAborted; });
    if (prepared >= (waits_for_all ? managers : 1))
      move(Step(kDecide, kCommitted), [](State& to) { to.decision = kCommitted; });
  }
  std::vector<Invariant<TwoPhaseCommit>> invariants() const {
    return {{"Consistent", &TwoPhaseCommit::consistent}};
  }
  bool consistent(const State& state) const {
    return std::ranges::count(state.rm, kCommitted) == 0 ||
           std::ranges::count(state.rm, kAborted) == 0;
  }
  void describe(const State& state, Fields& fields) const {
    const std::array names = {"working", "prepared", "committed", "aborted"};
    for (size_t r = 0; r < managers; ++r) fields.add("rm " + std::to_string(r), names[state.rm[r]]);
    fields.add("decision", names[state.decision]);
  }
};

}  // namespace faultline::model
