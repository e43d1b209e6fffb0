// SPDX-License-Identifier: Apache-2.0
// Elr: who may lead after brokers lost what was not on disk? The eligible leader replicas of
// KIP-966, which hold all that is committed although they are in sync no more. elr.md explains it,
// tla/Elr.tla says the same a second time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

struct ElrRules {
  bool keeps_eligible = true;           // who leaves a set that gets too small stays eligible
  bool commits_at_min_isr_only = true;  // the high watermark waits while the set is too small
  bool detects_unclean = true;          // who comes back after a loss of power is in no set
  bool checks_broker_epoch = true;      // a fetch before a restart proves nothing after it
  bool clears_eligible = true;          // when the set is large enough again
  bool elects_eligible = true;          // where nobody in sync is up
};

struct ElrBounds {
  unsigned brokers = 3;  // at most 3
  unsigned min_isr = 2;
  unsigned epochs = 3;   // at most 7
  unsigned records = 2;  // at most 4
  unsigned losses = 2;   // of power, at most 3
  unsigned stops = 1;    // in good order, at most 3
};

class Elr {
 public:
  static constexpr unsigned kBrokersMax = 3;
  // A word for each broker, one for the controller and the leader, one for what was; see elr.cc.
  struct State {
    std::array<uint32_t, kBrokersMax> broker{};
    uint32_t partition = 0;
    uint32_t history = 0;
  };

  Elr(const ElrRules& rules, const ElrBounds& bounds) : rules_(rules), bounds_(bounds) {}

  std::vector<ActionInfo> actions() const;
  void initial_states(const Emit<State>& emit) const;
  void successors(const State& state, const Emit<State>& emit) const;
  void describe(const State& state, Fields& fields) const;
  std::vector<Invariant<Elr>> invariants() const;
  std::vector<Liveness<Elr>> liveness() const {
    return {{"SomeEligibleLeads", &Elr::always, &Elr::some_eligible_leads}};
  }
  std::vector<Fairness> fairness() const;
  int node(const Step& step) const;
  std::vector<SymmetricSet> symmetry() const {
    return {{"broker", static_cast<int>(bounds_.brokers)}};
  }
  State permuted(const State& state, const Permutation& permutation) const;

 private:
  bool leader_has_committed(const State& state) const;
  bool eligible_have_committed(const State& state) const;
  bool sets_are_valid(const State& state) const;
  bool always(const State&) const { return true; }
  bool some_eligible_leads(const State& state) const;
  bool is_large_enough(unsigned isr) const;
  uint32_t with_isr(uint32_t partition, unsigned isr) const;
  void failure_steps(const State& state, unsigned r, const Emit<State>& emit) const;
  void controller_steps(const State& state, unsigned r, const Emit<State>& emit) const;
  void leader_steps(const State& state, unsigned leader, const Emit<State>& emit) const;
  void isr_step(const State&, unsigned leader, unsigned f, const Emit<State>& emit) const;
  void fetch_step(const State&, unsigned leader, unsigned f, const Emit<State>& emit) const;

  ElrRules rules_;
  ElrBounds bounds_;
};

}  // namespace faultline::model
