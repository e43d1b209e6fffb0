// SPDX-License-Identifier: Apache-2.0
// AsyncIsrModel: how a leader changes its in-sync replicas (ISR) by messages (KIP-497). It
// proposes, the controller decides, and both may have changed their minds before the other hears of
// it. async_isr.md explains it, tla/AsyncIsr.tla says the same a second time.
#pragma once

#include <cstdint>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

struct AsyncIsrRules {
  bool maximal_isr = true;              // the high watermark waits for proposed members too
  bool check_version = true;            // the controller refuses proposals made on an older version
  bool remember_all_proposals = true;   // not only the last one
  bool join_at_high_watermark = true;   // who is behind it is not proposed
  bool learn_what_was_accepted = true;  // from the metadata, where the answer was lost
};

struct AsyncIsrBounds {
  unsigned replicas = 3;      // at most 4; number 0 leads
  unsigned last_offset = 2;   // at most 7
  unsigned last_version = 4;  // at most 5
};

class AsyncIsrModel {
 public:
  struct State {
    uint64_t word = 0;       // fields in async_isr.cc
    uint64_t proposals = 0;  // 8 bits for each version: the sets of followers proposed on it
  };

  AsyncIsrModel(const AsyncIsrRules& rules, const AsyncIsrBounds& bounds)
      : rules_(rules), bounds_(bounds) {}

  std::vector<ActionInfo> actions() const;
  void initial_states(const Emit<State>& emit) const;
  void successors(const State& state, const Emit<State>& emit) const;
  void describe(const State& state, Fields& fields) const;
  std::vector<Invariant<AsyncIsrModel>> invariants() const;
  std::vector<ActionProperty<AsyncIsrModel>> action_properties() const;
  std::vector<Liveness<AsyncIsrModel>> liveness() const {
    return {{"LeaderCatchesUp", &AsyncIsrModel::always, &AsyncIsrModel::leader_is_current}};
  }
  std::vector<Fairness> fairness() const;
  int node(const Step& step) const;
  std::vector<SymmetricSet> symmetry() const {
    return {{"follower", static_cast<int>(bounds_.replicas) - 1}};
  }
  State permuted(const State& state, const Permutation& permutation) const;

 private:
  bool always(const State&) const { return true; }
  bool leader_is_current(const State& state) const;
  bool valid_high_watermark(const State& state) const;
  bool never_falls(const State& before, const Step&, const State& after) const;
  unsigned high_watermark(uint64_t word) const;
  void controller_steps(const State& state, const Emit<State>& emit) const;
  void proposal_steps(const State& state, unsigned follower, const Emit<State>& emit) const;

  AsyncIsrRules rules_;
  AsyncIsrBounds bounds_;
};

}  // namespace faultline::model
