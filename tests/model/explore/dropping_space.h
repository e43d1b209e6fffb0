// SPDX-License-Identifier: Apache-2.0
// A Space that loses the last successor of some states: what an engine with a lapse would see.
#pragma once

#include <memory>
#include <utility>

#include "model/explore/space.h"

namespace faultline::model {

class DroppingSpace final : public Space {
 public:
  explicit DroppingSpace(std::unique_ptr<Space> space) : space_(std::move(space)) {}
  const SpaceInfo& info() const override { return space_->info(); }
  std::unique_ptr<Expander> expander(const ExpanderOptions& options) const override {
    return std::make_unique<DroppingExpander>(space_->expander(options));
  }

 private:
  class DroppingExpander final : public Expander {
   public:
    explicit DroppingExpander(std::unique_ptr<Expander> inner) : inner_(std::move(inner)) {}
    void initial(Expansion& out) override { inner_->initial(out); }
    void expand(Bytes state, Expansion& out) override {
      inner_->expand(state, out);
      if (state.front() % 2 == 0 && !out.items.empty()) out.items.pop_back();
    }
    void canonical(Bytes state, std::vector<uint8_t>& out) override {
      inner_->canonical(state, out);
    }
    Fields describe(Bytes state) override { return inner_->describe(state); }
    bool liveness_from(Bytes state, size_t property) override {
      return inner_->liveness_from(state, property);
    }
    bool liveness_to(Bytes state, size_t property) override {
      return inner_->liveness_to(state, property);
    }
    std::string step_text(const Step& step) override { return inner_->step_text(step); }
    int node(const Step& step) override { return inner_->node(step); }
    std::string node_name(int node) override { return inner_->node_name(node); }

   private:
    std::unique_ptr<Expander> inner_;
  };

  std::unique_ptr<Space> space_;
};

}  // namespace faultline::model
