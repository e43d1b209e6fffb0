// SPDX-License-Identifier: Apache-2.0
// FsyncRaft: a replicated log whose servers lose power. Which fsyncs does the protocol need, which
// can it do without, and what else must survive a crash? fsync_raft.md explains it,
// tla/FsyncRaft.tla says the same a second time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

struct FsyncRaftRules {
  bool follower_syncs_before_ack = true;
  bool leader_syncs_before_count = true;    // of itself
  bool leader_syncs_before_append = false;  // safe without
  bool vote_is_durable = true;
  bool vote_survives_append = true;
  bool leader_resigns_on_restart = true;
  bool recovers_before_voting = false;  // who lost power neither votes nor stands until caught up
};

struct FsyncRaftBounds {
  unsigned servers = 3;  // at most 3
  unsigned terms = 2;    // at most 3
  unsigned slots = 2;    // of a log, at most 3
  unsigned records = 2;  // ever written, at most 3
  unsigned losses = 1;   // of power, at most 3
};

class FsyncRaft {
 public:
  static constexpr unsigned kServersMax = 3;
  // A word for each server and one for what was written, lost and committed; fields in
  // fsync_raft.cc.
  struct State {
    std::array<uint32_t, kServersMax> server{};
    uint32_t history = 0;
  };

  FsyncRaft(const FsyncRaftRules& rules, const FsyncRaftBounds& bounds)
      : rules_(rules), bounds_(bounds) {}

  std::vector<ActionInfo> actions() const;
  void initial_states(const Emit<State>& emit) const { emit(State()); }
  void successors(const State& state, const Emit<State>& emit) const;
  void describe(const State& state, Fields& fields) const;
  std::vector<Invariant<FsyncRaft>> invariants() const;
  int node(const Step& step) const { return step.parameters[0]; }
  std::vector<SymmetricSet> symmetry() const {
    return {{"server", static_cast<int>(bounds_.servers)}};
  }
  State permuted(const State& state, const Permutation& permutation) const;

 private:
  bool one_leader_per_term(const State& state) const;
  bool one_record_per_place(const State& state) const;
  bool committed_survives(const State& state) const;
  void own_steps(const State& state, unsigned s, const Emit<State>& emit) const;
  void leader_steps(const State& state, unsigned leader, const Emit<State>& emit) const;
  void vote_step(const State& state, unsigned voter, unsigned candidate,
                 const Emit<State>& emit) const;
  void append_step(const State& state, unsigned follower, unsigned leader,
                   const Emit<State>& emit) const;
  void power_loss_steps(const State& state, unsigned s, const Emit<State>& emit) const;
  bool may_commit(const State& state, unsigned leader) const;

  FsyncRaftRules rules_;
  FsyncRaftBounds bounds_;
};

}  // namespace faultline::model
