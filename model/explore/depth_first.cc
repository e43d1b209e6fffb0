// SPDX-License-Identifier: Apache-2.0
// Depth-first search on a stack of its own.
#include "model/explore/depth_first.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "broker/base/assert.h"
#include "model/explore/seen.h"

namespace faultline::model {
namespace {

constexpr uint64_t kStatesBetweenCalls = 4096;

class DepthFirst {
 public:
  DepthFirst(const Space& space, const DepthFirstOptions& options)
      : space_(space),
        options_(options),
        expander_(space.expander({.symmetry = options.symmetry})) {
    result_.taken.resize(space.info().actions.size());
    if (options.bitstate_bytes > 0) bits_.emplace(options.bitstate_bytes);
  }

  SearchResult run() {
    if (!options_.is_iterative) {
      search_to(options_.depth_max);
      if (is_cut_ && result_.why_unknown.empty())
        result_.why_unknown = fmt::format("there are states deeper than {}", options_.depth_max);
    }
    for (uint64_t bound = 1; options_.is_iterative; ++bound) {
      if (bound > options_.depth_max) {
        result_.why_unknown = fmt::format("there are states deeper than {}", options_.depth_max);
        break;
      }
      exact_.emplace();
      if (options_.bitstate_bytes > 0) bits_.emplace(options_.bitstate_bytes);
      search_to(bound);
      if (!is_cut_ || result_.counterexample || !result_.why_unknown.empty()) break;
    }
    return finish();
  }

 private:
  // A state on the way to the current one, and what is still to be tried from it.
  struct Frame {
    std::vector<uint8_t> state;
    Expansion expansion;
    size_t next = 0;
  };

  bool is_new(Bytes state, uint64_t depth) {
    const bool is_bounded = options_.is_iterative || options_.depth_max != UINT64_MAX;
    return bits_ ? bits_->add(state) : exact().add(state, is_bounded ? depth : 0);
  }
  uint64_t count() { return bits_ ? bits_->count() : exact().count(); }
  uint64_t bytes() { return bits_ ? bits_->bytes() : exact().bytes(); }

  // Everything within `bound` states of an initial one.
  void search_to(uint64_t bound) {
    is_cut_ = false;
    Expansion initial;
    expander_->initial(initial);
    result_.generated += initial.items.size();
    result_.initial = 0;
    for (const Expansion::Item& item : initial.items) {
      if (!is_new(initial.packed(item), 1)) continue;
      ++result_.initial;
      if (!push(initial.packed(item)) || !empty_stack(bound)) return;
    }
  }

  // Whether the search may go on.
  bool empty_stack(uint64_t bound) {
    while (depth_ > 0) {
      Frame& top = stack_[depth_ - 1];
      if (top.next == top.expansion.items.size()) {
        --depth_;
        continue;
      }
      const Expansion::Item item = top.expansion.items[top.next++];
      const Bytes state = top.expansion.packed(item);
      ++result_.generated;
      ++result_.taken[item.step.action];
      if (item.violated >= 0) {
        violation(ViolationKind::kActionProperty,
                  space_.info().action_properties[static_cast<size_t>(item.violated)], state);
        return false;
      }
      if (depth_ >= bound) {
        is_cut_ = true;
        continue;
      }
      if (is_new(state, depth_ + 1) && !push(state)) return false;
    }
    return true;
  }

  bool push(Bytes state) {
    if (stack_.size() == depth_) stack_.emplace_back();
    Frame& frame = stack_[depth_++];
    frame.state.assign(state.begin(), state.end());
    frame.next = 0;
    expander_->expand(frame.state, frame.expansion);
    result_.depth = std::max(result_.depth, uint64_t{depth_});
    result_.cut += frame.expansion.cut;
    if (frame.expansion.violated >= 0) {
      violation(ViolationKind::kInvariant,
                space_.info().invariants[static_cast<size_t>(frame.expansion.violated)], {});
      return false;
    }
    if (frame.expansion.is_deadlock) {
      violation(ViolationKind::kDeadlock, "deadlock", {});
      return false;
    }
    return is_within_limits();
  }

  bool is_within_limits() {
    if (count() > options_.states_max)
      result_.why_unknown = fmt::format("there are more than {} states", options_.states_max);
    else if (bytes() > options_.bytes_max)
      result_.why_unknown =
          fmt::format("the states take more than {} MiB of memory", options_.bytes_max >> 20);
    else if (options_.watcher != nullptr && ++pushed_ % kStatesBetweenCalls == 0 &&
             options_.watcher->on_progress({.generated = result_.generated,
                                            .distinct = count(),
                                            .queue = depth_,
                                            .depth = result_.depth,
                                            .bytes = bytes(),
                                            .missed = bits_ ? bits_->missed() : 0}) ==
                 Watcher::Wish::kStop)
      result_.why_unknown = "interrupted";
    return result_.why_unknown.empty();
  }

  void violation(ViolationKind kind, std::string property, Bytes last) {
    std::vector<std::vector<uint8_t>> path;
    for (size_t i = 0; i < depth_; ++i) path.push_back(stack_[i].state);
    if (!last.empty()) path.emplace_back(last.begin(), last.end());
    ++result_.violations;
    result_.counterexample =
        Counterexample{.kind = kind,
                       .property = std::move(property),
                       .moments = concrete_run(space_, options_.symmetry, path),
                       .loop = {}};
  }

  ExactSeen& exact() {
    ASSERT(exact_.has_value());
    return *exact_;
  }

  SearchResult finish() {
    result_.distinct = count();
    result_.bytes_stored = bytes();
    result_.bytes_packed = bits_ ? 0 : exact().packed_bytes();
    if (result_.counterexample)
      result_.verdict = Verdict::kViolated;
    else if (bits_ && result_.why_unknown.empty())
      result_.why_unknown = fmt::format(
          "bitstate: {:.2g} states were missed on average, and what lies behind them "
          "({:.2g} of the bits are set)",
          bits_->missed(), bits_->filled());
    else if (result_.why_unknown.empty())
      result_.verdict = Verdict::kHeld;
    return std::move(result_);
  }

  const Space& space_;
  const DepthFirstOptions& options_;
  std::unique_ptr<Expander> expander_;
  std::optional<ExactSeen> exact_{std::in_place};
  std::optional<BitSeen> bits_;  // then these remember
  std::vector<Frame> stack_;
  size_t depth_ = 0;  // frames in use; the others keep their memory
  uint64_t pushed_ = 0;
  bool is_cut_ = false;  // something lies deeper than the bound
  SearchResult result_;
};

}  // namespace

SearchResult search_depth_first(const Space& space, const DepthFirstOptions& options) {
  return DepthFirst(space, options).run();
}

}  // namespace faultline::model
