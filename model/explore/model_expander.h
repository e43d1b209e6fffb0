// SPDX-License-Identifier: Apache-2.0
// ModelExpander: one thread's view of a model. Unpacks a state, lets the model work on it, checks
// its invariants and the action properties of each step, and packs what comes out (by symmetry).
#pragma once

#include <memory>
#include <vector>

#include "model/explore/space.h"
#include "model/explore/state_codec.h"

namespace faultline::model {

template <Model M>
class ModelExpander final : public Expander {
 public:
  using State = typename M::State;

  ModelExpander(const M& model, const SpaceInfo& info, const ExpanderOptions& options)
      : model_(model),
        info_(info),
        options_(options),
        codec_(model, info.symmetry.empty() ? std::vector<Permutation>()
                                            : all_permutations(info.symmetry)) {
    if constexpr (requires { model_.invariants(); }) invariants_ = model_.invariants();
    if constexpr (requires { model_.action_properties(); })
      action_properties_ = model_.action_properties();
    if constexpr (requires { model_.liveness(); }) liveness_ = model_.liveness();
  }

  void initial(Expansion& out) override {
    out.clear();
    out_ = &out;
    model_.initial_states(Emit<State>(this, &ModelExpander::take_initial));
  }

  void expand(Bytes packed, Expansion& out) override {
    out.clear();
    out_ = &out;
    codec_.unpack(packed, state_);
    for (size_t i = 0; i < invariants_.size() && out.violated < 0; ++i)
      if (!(model_.*invariants_[i].holds)(state_)) out.violated = static_cast<int32_t>(i);
    model_.successors(state_, Emit<State>(this, &ModelExpander::take_successor));
    if constexpr (requires { model_.may_end(state_); })
      out.is_deadlock = out.items.empty() && out.cut == 0 && !model_.may_end(state_);
  }

  void canonical(Bytes packed, std::vector<uint8_t>& out) override {
    if (!codec_.has_symmetry()) {
      out.assign(packed.begin(), packed.end());
      return;
    }
    State state;
    codec_.unpack(packed, state);
    out.resize(kStateBytesMax);
    out.resize(codec_.pack_least(state, out.data()));
  }

  Fields describe(Bytes packed) override {
    State state;
    codec_.unpack(packed, state);
    Fields fields;
    model_.describe(state, fields);
    return fields;
  }

  bool liveness_from(Bytes packed, size_t property) override {
    if (liveness_[property].from == nullptr) return true;
    State state;
    codec_.unpack(packed, state);
    return (model_.*liveness_[property].from)(state);
  }
  bool liveness_to(Bytes packed, size_t property) override {
    State state;
    codec_.unpack(packed, state);
    return (model_.*liveness_[property].to)(state);
  }

  std::string step_text(const Step& step) override {
    if constexpr (requires { model_.step_text(step); })
      return model_.step_text(step);
    else
      return default_step_text(info_.actions, step);
  }
  int node(const Step& step) override {
    if constexpr (requires { model_.node(step); }) return model_.node(step);
    return -1;
  }
  std::string node_name(int node) override {
    if constexpr (requires { model_.node_name(node); })
      return model_.node_name(node);
    else
      return "n" + std::to_string(node);
  }

 private:
  static void take_initial(void* self, const Step& step, const State& state) {
    static_cast<ModelExpander*>(self)->add(step, state);
  }
  static void take_successor(void* self, const Step& step, const State& state) {
    auto& expander = *static_cast<ModelExpander*>(self);
    ASSERT_OP(step.action, <, expander.info_.actions.size());
    if (!expander.add(step, state)) return;
    Expansion::Item& item = expander.out_->items.back();
    const auto& properties = expander.action_properties_;
    for (size_t i = 0; i < properties.size() && item.violated < 0; ++i)
      if (!(expander.model_.*properties[i].holds)(expander.state_, step, state))
        item.violated = static_cast<int32_t>(i);
    if constexpr (HasIndependence<M>)
      if (expander.options_.independence) {
        const int process = expander.model_.process(step);
        ASSERT(process >= 0 && process < 64);
        item.process = static_cast<int8_t>(process);
        item.is_local = expander.model_.is_local(expander.state_, step);
      }
  }

  bool add(const Step& step, const State& state) {
    if constexpr (requires { model_.constraint(state); })
      if (!model_.constraint(state)) {
        ++out_->cut;
        return false;
      }
    uint8_t* const room = out_->room();
    const size_t size = options_.symmetry && codec_.has_symmetry() ? codec_.pack_least(state, room)
                                                                   : codec_.pack(state, room);
    Expansion::Item& item = out_->items.emplace_back();
    // Field by field, as it was just written: wider reads would wait for that.
    item.step.action = step.action;
    item.step.count = step.count;
    for (size_t i = 0; i < Step::kParametersMax; ++i) item.step.parameters[i] = step.parameters[i];
    item.begin = static_cast<uint32_t>(out_->used);
    item.size = static_cast<uint32_t>(size);
    out_->used += size;
    return true;
  }

  const M& model_;
  const SpaceInfo& info_;
  ExpanderOptions options_;
  StateCodec<M> codec_;
  std::vector<Invariant<M>> invariants_;
  std::vector<ActionProperty<M>> action_properties_;
  std::vector<Liveness<M>> liveness_;
  State state_;  // being expanded
  Expansion* out_ = nullptr;
};

}  // namespace faultline::model
