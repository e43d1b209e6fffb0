// SPDX-License-Identifier: Apache-2.0
// What a model is: a plain class with a State and the functions of the concept `Model`; what it may
// add is below it (pack, symmetry, properties, fairness, independence). Everything is const and
// pure: the explorer calls it from several threads. README.md has a whole model in 60 lines.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "model/explore/pack.h"
#include "model/explore/step.h"

namespace faultline::model {

// Where a model reports a state: an initial one, or the one that a step leads to.
template <class State>
class Emit {
 public:
  using Function = void (*)(void* context, const Step& step, const State& state);
  Emit(void* context, Function function) : context_(context), function_(function) {}

  void operator()(const State& initial) const { function_(context_, Step(), initial); }
  void operator()(const Step& step, const State& next) const { function_(context_, step, next); }

 private:
  void* context_;
  Function function_;
};

template <class M>
concept Model = std::copy_constructible<M> && std::default_initializable<typename M::State> &&
                requires(const M model, const typename M::State& state,
                         const Emit<typename M::State>& emit, Fields& fields) {
                  { model.actions() } -> std::same_as<std::vector<ActionInfo>>;
                  model.initial_states(emit);     // emit(state), at least once
                  model.successors(state, emit);  // emit(Step(kAction, ..), next) for each
                  model.describe(state, fields);  // fields.add("r1.log", "m0 m1")
                };

// How a state becomes bytes. A model without these two has a trivially copyable State without
// padding, which is stored as it lies in memory.
template <class M>
concept PacksItself = requires(const M model, const typename M::State& state, Packer& packer,
                               Unpacker& unpacker, typename M::State& out) {
  model.pack(state, packer);
  model.unpack(unpacker, out);  // `out` is whatever was there before: assign every field
};

// ---- properties: each function below is optional, and returns a list -------------------------

// `std::vector<Invariant<M>> invariants() const`: true in every reachable state.
template <class M>
struct Invariant {
  std::string name;
  bool (M::*holds)(const typename M::State&) const;
};

// `std::vector<ActionProperty<M>> action_properties() const`: true of every step taken.
template <class M>
struct ActionProperty {
  std::string name;
  bool (M::*holds)(const typename M::State& before, const Step&,
                   const typename M::State& after) const;
};

// `std::vector<Liveness<M>> liveness() const`. from == nullptr: `to` happens in every fair run;
// else: from then on after each state where `from` is true, `to` happens (leads to).
template <class M>
struct Liveness {
  std::string name;
  bool (M::*from)(const typename M::State&) const;
  bool (M::*to)(const typename M::State&) const;
};

// `std::vector<Fairness> fairness() const`: what liveness may assume. A run may stop for ever in
// any state unless that is unfair. Weak: a step that stays possible is taken; strong: one that is
// possible again and again. Steps that change nothing do not count.
enum class Strength : uint8_t { kWeak, kStrong };
struct Fairness {
  Strength strength = Strength::kWeak;
  uint16_t action = 0;
  int first_parameter = kAny;  // only steps whose first parameter is this one

  static constexpr int kAny = -32769;
  bool covers(const Step& step) const {
    return step.action == action &&
           (first_parameter == kAny || (step.count > 0 && step.parameters[0] == first_parameter));
  }
};

// `bool constraint(const State&) const`: a state where it is false is cut off: it is not stored,
// counted, checked or expanded. Prefer bounds in the guards of successors().
// `bool may_end(const State&) const`: with it, a reachable state without successors in which it
// is false is a violation ("deadlock").
// `std::string step_text(const Step&) const`: instead of "BecomeLeader(replica 1, epoch 2)".
// `int node(const Step&) const`: which node of a trace takes the step (0, 1, ..); -1: the world.
// `std::string node_name(int) const`: instead of "n1".

// ---- symmetry ----------------------------------------------------------------------------------

// A set of interchangeable things, numbered from 0: {"replica", 3}.
struct SymmetricSet {
  std::string name;
  int size = 0;
};

// One permutation of each set: of(0, 2) is where member 2 of the first set goes.
class Permutation {
 public:
  explicit Permutation(std::vector<std::vector<uint8_t>> images) : images_(std::move(images)) {}
  int of(size_t set, int member) const { return images_[set][static_cast<size_t>(member)]; }

 private:
  std::vector<std::vector<uint8_t>> images_;
};

// `std::vector<SymmetricSet> symmetry() const` and
// `State permuted(const State&, const Permutation&) const`: the same state with every member
// renamed. Renaming must commute with successors(), and no property may change by it (a test of the
// model's own: states with and without symmetry, verdicts equal). Not used with liveness.
template <class M>
concept HasSymmetry =
    requires(const M model, const typename M::State& state, const Permutation& permutation) {
      { model.symmetry() } -> std::same_as<std::vector<SymmetricSet>>;
      { model.permuted(state, permutation) } -> std::same_as<typename M::State>;
    };

// ---- independence, for partial-order reduction -------------------------------------------------

// `int process(const Step&) const`: who takes the step, 0 <= process < 64.
// `bool is_local(const State&, const Step&) const`. Promise: if it is true of all steps that
// process p can take in this state, then after any steps of the other processes and none of p
//   - p can take exactly the same steps,
//   - taking one of them before or after those others leads to the same state,
//   - and taking it changes the value of no invariant and of no liveness property,
//     and makes no action property false.
// The explorer then tries only p's steps from this state and leaves the others for later.
template <class M>
concept HasIndependence =
    requires(const M model, const typename M::State& state, const Step& step) {
      { model.process(step) } -> std::convertible_to<int>;
      { model.is_local(state, step) } -> std::same_as<bool>;
    };

}  // namespace faultline::model
