// SPDX-License-Identifier: Apache-2.0
// LeaderElection: nodes in a one-way ring find out which of them has the largest number, by the
// algorithm of Dolev, Klawe and Rodeh (1982). Every step of a node but the last two commutes with
// all steps of the others, so this is the model that shows what partial-order reduction can do.
// leader_election.md explains it, tla/LeaderElection.tla and promela/leader_election.pml say it
// again.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

class LeaderElection {
 public:
  static constexpr unsigned kNodesMax = 7;
  enum Kind : uint8_t { kNothing, kOne, kTwo, kWinner };
  struct Message {
    Kind kind = kNothing;
    uint8_t number = 0;
  };
  static constexpr unsigned kInboxMax = 6;
  struct Node {
    bool started = false;
    bool active = true;
    uint8_t maximum = 0;
    uint8_t neighbour = 0;
    uint8_t winner = 0;  // 0: not known yet
    std::array<Message, kInboxMax> inbox{};
  };
  struct State {
    std::array<Node, kNodesMax> node{};
    uint8_t elected = 0;  // how many nodes have said that they are the leader
  };

  // in_order: channels deliver in order. passes_winner_on: who learns the winner tells the next
  // node.
  LeaderElection(unsigned nodes, bool in_order, bool passes_winner_on)
      : nodes_(nodes), in_order_(in_order), passes_winner_on_(passes_winner_on) {}

  std::vector<ActionInfo> actions() const;
  void initial_states(const Emit<State>& emit) const;
  void successors(const State& state, const Emit<State>& emit) const;
  void describe(const State& state, Fields& fields) const;
  void pack(const State& state, Packer& packer) const;
  void unpack(Unpacker& unpacker, State& out) const;
  std::vector<Invariant<LeaderElection>> invariants() const;
  std::vector<Liveness<LeaderElection>> liveness() const;
  std::vector<Fairness> fairness() const;
  bool may_end(const State& state) const { return all_know(state); }
  int process(const Step& step) const { return step.parameters[0]; }
  int node(const Step& step) const { return step.parameters[0]; }
  bool is_local(const State& state, const Step& step) const;

 private:
  bool one_leader(const State& state) const { return state.elected <= 1; }
  bool largest_wins(const State& state) const;
  bool all_know(const State& state) const;
  void receive(State& state, unsigned node, Message message) const;
  void send(State& state, unsigned from, Message message) const;

  unsigned nodes_;
  bool in_order_;
  bool passes_winner_on_;
};

}  // namespace faultline::model
