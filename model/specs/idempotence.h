// SPDX-License-Identifier: Apache-2.0
// idempotence: the broker's own idempotence window (broker/producer, the very functions that serve
// clients) between producers that retry, a network that reorders and copies, and restarts that
// rebuild the window from the log, with a snapshot or without. Nothing of the core is written
// twice.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "broker/producer/producer_state.h"
#include "model/explore/model.h"

namespace faultline::model {

struct IdempotenceBounds {
  unsigned producers = 1;  // at most 2
  unsigned epochs = 2;     // of each producer, at most 2: the second is another instance of it
  unsigned batches = 3;    // of each instance, at most 7
  unsigned sends = 28;     // batches of all instances together
  unsigned copies = 1;     // messages that the network keeps after it has delivered them
  unsigned restarts = 1;
  unsigned deletions = 1;  // of the head of the log
};

class IdempotenceModel {
 public:
  static constexpr unsigned kInstances = 4;  // producer * 2 + epoch
  static constexpr unsigned kInFlightMax = 2;

  // One batch, by who sent it and its sequence number. Batches hold one record.
  struct Batch {
    uint8_t instance = 0;
    uint8_t sequence = 0;
    bool operator==(const Batch&) const = default;
  };
  struct Instance {
    uint8_t sent = 0;   // sequences below were sent at least once
    uint8_t acked = 0;  // by bit
    uint8_t net = 0;    // by bit: on their way
  };
  struct State {
    producer::ProducerState window;    // of the broker, in memory
    producer::ProducerState snapshot;  // on disk
    uint8_t snapshot_at = 0;           // how much of the log it covers
    std::array<Instance, kInstances> instances{};
    std::array<uint8_t, 2> epoch{};  // newest of each producer
    std::vector<Batch> log;          // deleted ones included: what consumers may have read
    uint8_t log_start = 0;
    uint8_t copies = 0;
    uint8_t restarts = 0;
    uint8_t deletions = 0;
  };

  IdempotenceModel(const producer::ProducerRules& rules, const IdempotenceBounds& bounds)
      : rules_(rules), bounds_(bounds) {}

  std::vector<ActionInfo> actions() const;
  void initial_states(const Emit<State>& emit) const { emit(State()); }
  void successors(const State& now, const Emit<State>& emit) const;
  void pack(const State& state, Packer& packer) const;
  void unpack(Unpacker& unpacker, State& out) const;
  void describe(const State& state, Fields& fields) const;
  // A log that is longer than all batches holds one twice.
  bool constraint(const State& state) const {
    return state.log.size() <= size_t{bounds_.producers} * bounds_.epochs * bounds_.batches + 1;
  }
  std::string step_text(const Step& step) const;
  int node(const Step& step) const;
  std::string node_name(int node) const {
    return node == kBroker ? "broker" : "p" + std::to_string(node);
  }
  std::vector<SymmetricSet> symmetry() const {
    return {{"producer", static_cast<int>(bounds_.producers)}};
  }
  State permuted(const State& state, const Permutation& permutation) const;
  std::vector<Invariant<IdempotenceModel>> invariants() const;
  std::vector<ActionProperty<IdempotenceModel>> action_properties() const;

 private:
  enum Action : uint8_t { kSend, kRetry, kDeliver, kNewEpoch, kSnapshot, kRestart, kDeleteHead };
  static constexpr int kBroker = 2;
  enum Fate : uint8_t { kAnswered, kAnswerLost, kCopied };

  bool appears_once(const State& state) const;
  bool has_no_holes(const State& state) const;
  bool epochs_never_fall(const State& state) const;
  bool keeps_what_is_acked(const State& state) const;
  bool takes_what_is_next(const State& before, const Step& step, const State& after) const;

  void client_steps(const State& now, const Emit<State>& emit) const;
  void deliver_steps(const State& now, const Emit<State>& emit) const;
  void broker_steps(const State& now, const Emit<State>& emit) const;
  State delivered(const State& now, const Batch& batch, Fate fate) const;
  producer::ProducerState rebuilt(const State& now, bool from_snapshot) const;

  producer::ProducerRules rules_;
  IdempotenceBounds bounds_;
};

}  // namespace faultline::model
