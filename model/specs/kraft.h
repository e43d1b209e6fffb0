// SPDX-License-Identifier: Apache-2.0
// Kraft: Raft as Kafka's controllers speak it. Followers pull; a server asks around (pre-vote)
// before it starts an election; voters are added and removed one at a time; a server is known by
// its disk, too. kraft.md explains it, tla/Kraft.tla says the same a second time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

struct KraftRules {
  bool commit_own_epoch_only = true;        // a majority holding an older record is not enough
  bool diverging_fetch_not_counted = true;  // a fetch that must truncate acks nothing
  bool votes_start_anew = true;             // pre-votes are no votes
  bool one_change_at_a_time = true;         // of the voters, until it is committed
  bool disk_is_identity = true;             // a voter that comes back with another disk is none
  bool fetch_times_out = true;              // a follower that had a leader may doubt it again
};

struct KraftBounds {
  unsigned servers = 3;   // at most 3
  unsigned voters = 3;    // the first of them, in the beginning
  unsigned epochs = 2;    // at most 5, and the sum of these three at most 5: a slot of the log each
  unsigned records = 1;   // written by clients
  unsigned changes = 0;   // of the voters
  unsigned restarts = 0;  // at most 3
  unsigned disks = 0;     // lost, at most 3
};

class Kraft {
 public:
  static constexpr unsigned kServersMax = 3;
  // A word for each server, and one for the budgets used and all that was ever committed.
  struct State {
    std::array<uint64_t, kServersMax> server{};
    uint64_t history = 0;
  };

  Kraft(const KraftRules& rules, const KraftBounds& bounds) : rules_(rules), bounds_(bounds) {}

  std::vector<ActionInfo> actions() const;
  void initial_states(const Emit<State>& emit) const { emit(State()); }
  void successors(const State& state, const Emit<State>& emit) const;
  void describe(const State& state, Fields& fields) const;
  std::vector<Invariant<Kraft>> invariants() const;
  std::vector<ActionProperty<Kraft>> action_properties() const {
    return {{"NothingCommittedIsCut", &Kraft::nothing_committed_is_cut}};
  }
  std::vector<Liveness<Kraft>> liveness() const {
    return {{"SomeoneLeads", &Kraft::always, &Kraft::someone_leads}};
  }
  std::vector<Fairness> fairness() const;
  int node(const Step& step) const { return step.parameters[0]; }
  std::vector<SymmetricSet> symmetry() const {
    return {{"voter", static_cast<int>(bounds_.voters)}};
  }
  State permuted(const State& state, const Permutation& permutation) const;

 private:
  bool one_leader_per_epoch(const State& state) const;
  bool committed_survives(const State& state) const;
  bool nothing_committed_is_cut(const State& before, const Step& step, const State& after) const;
  bool always(const State&) const { return true; }
  bool someone_leads(const State& state) const;
  unsigned voters(uint64_t server) const;
  bool is_majority(uint64_t server, unsigned members) const;
  void election_steps(const State& state, unsigned s, const Emit<State>& emit) const;
  void vote_steps(const State& state, unsigned voter, unsigned asks, const Emit<State>& emit) const;
  void leader_steps(const State& state, unsigned leader, const Emit<State>& emit) const;
  void fetch_steps(const State&, unsigned follower, unsigned leader, const Emit<State>& emit) const;
  void failure_steps(const State& state, unsigned s, const Emit<State>& emit) const;
  unsigned committable(const State& state, unsigned leader) const;

  KraftRules rules_;
  KraftBounds bounds_;
};

}  // namespace faultline::model
