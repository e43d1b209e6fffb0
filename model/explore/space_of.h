// SPDX-License-Identifier: Apache-2.0
// make_space(model): any Model as a Space.
#pragma once

#include <memory>
#include <utility>

#include "model/explore/model_expander.h"

namespace faultline::model {

template <Model M>
class ModelSpace final : public Space {
 public:
  explicit ModelSpace(M model) : model_(std::move(model)) {
    info_.actions = model_.actions();
    if constexpr (requires { model_.invariants(); })
      for (const auto& each : model_.invariants()) info_.invariants.push_back(each.name);
    if constexpr (requires { model_.action_properties(); })
      for (const auto& each : model_.action_properties())
        info_.action_properties.push_back(each.name);
    if constexpr (requires { model_.liveness(); })
      for (const auto& each : model_.liveness())
        info_.liveness.push_back({each.name, each.from != nullptr});
    if constexpr (requires { model_.fairness(); }) info_.fairness = model_.fairness();
    if constexpr (HasSymmetry<M>) info_.symmetry = model_.symmetry();
    info_.has_independence = HasIndependence<M>;
    info_.checks_deadlock = requires(const typename M::State& state) { model_.may_end(state); };
  }

  const SpaceInfo& info() const override { return info_; }
  std::unique_ptr<Expander> expander(const ExpanderOptions& options) const override {
    return std::make_unique<ModelExpander<M>>(model_, info_, options);
  }

 private:
  M model_;
  SpaceInfo info_;
};

// The model as a Space.
template <Model M>
std::unique_ptr<Space> make_space(M model) {
  return std::make_unique<ModelSpace<M>>(std::move(model));
}

}  // namespace faultline::model
