// SPDX-License-Identifier: Apache-2.0
// IsrModel: one Kafka partition whose controller decides by compare-and-set. How a follower
// truncates and when the high watermark and the in-sync replicas (ISR) may move, in the five
// versions that Kafka went through, and the last one less a rule at a time. isr.md explains it,
// tla/Isr.tla says the same a second time.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

// Where a follower cuts its log when it learns of a new leader epoch.
enum class IsrTruncation : uint8_t {
  kHighWatermark,  // at its own high watermark
  kEpochEnd,       // KIP-101: where the leader's first record of a later epoch is
  kTailMatch,      // KIP-279: behind the last record that both hold
  kOnFetch,        // KIP-320, first try: not now, but at the tail match when a fetch does not fit
};

struct IsrRules {
  IsrTruncation truncation = IsrTruncation::kTailMatch;
  bool compares_current_epoch = true;    // false: and so are the four fences
  bool expand_after_epoch_start = true;  // KAFKA-7128
  bool fence_truncation = true;
  bool fence_high_watermark = true;
  bool fence_fetch = true;
  bool fence_expand = true;
};

struct IsrBounds {
  unsigned replicas = 3;    // at most 3
  unsigned slots = 2;       // of a log, at most 4
  unsigned records = 2;     // ever written, at most 4
  unsigned last_epoch = 2;  // epochs are 0..last_epoch, at most 3
  bool weak = true;         // check WeakIsr too
};

class IsrModel {
 public:
  static constexpr unsigned kReplicasMax = 3;
  // 16 bytes: a word for each replica and one for the controller; their fields are in isr.cc.
  struct State {
    std::array<uint32_t, kReplicasMax> replica{};
    uint32_t controller = 0;
  };

  IsrModel(const IsrRules& rules, const IsrBounds& bounds) : rules_(rules), bounds_(bounds) {}

  std::vector<ActionInfo> actions() const;
  void initial_states(const Emit<State>& emit) const;
  void successors(const State& state, const Emit<State>& emit) const;
  void describe(const State& state, Fields& fields) const;
  std::vector<Invariant<IsrModel>> invariants() const;
  int node(const Step& step) const;
  std::vector<SymmetricSet> symmetry() const {
    return {{"replica", static_cast<int>(bounds_.replicas)}};
  }
  State permuted(const State& state, const Permutation& permutation) const;

 private:
  bool weak_isr(const State& state) const;
  bool strong_isr(const State& state) const;
  void controller_steps(const State& state, const Emit<State>& emit) const;
  void election_steps(const State& state, unsigned epoch, const Emit<State>& emit) const;
  void leader_steps(const State& state, unsigned leader, const Emit<State>& emit) const;
  void isr_step(const State&, unsigned leader, unsigned follower, const Emit<State>& emit) const;
  void fetch_step(const State&, unsigned leader, unsigned follower, const Emit<State>& emit) const;
  bool is_caught_up(const State& state, unsigned leader, unsigned follower, unsigned end) const;
  bool may_join(const State& state, unsigned leader, unsigned follower) const;
  unsigned truncation_offset(uint32_t leader, uint32_t follower) const;

  IsrRules rules_;
  IsrBounds bounds_;
};

}  // namespace faultline::model
