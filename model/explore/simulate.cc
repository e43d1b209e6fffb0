// SPDX-License-Identifier: Apache-2.0
// Random walks: each run draws its steps from its own number, so any run can be repeated alone.
#include "model/explore/simulate.h"

#include <algorithm>

#include "broker/base/prng.h"

namespace faultline::model {
namespace {

class Walk {
 public:
  Walk(const Space& space, Expander& expander, SearchResult& result)
      : space_(space), expander_(expander), result_(result) {}

  // Whether the run went without a violation.
  bool run(Draws draws, uint64_t steps_max) {
    run_.clear();
    expander_.initial(expansion_);
    for (uint64_t step = 0;; ++step) {
      ASSERT(step > 0 || !expansion_.items.empty());
      result_.generated += expansion_.items.size();
      if (expansion_.items.empty()) return true;
      const auto drawn = static_cast<size_t>(draws.below(expansion_.items.size()));
      const Expansion::Item item = expansion_.items[drawn];
      const Bytes state = expansion_.packed(item);
      run_.push_back({item.step, {state.begin(), state.end()}});
      result_.depth = std::max<uint64_t>(result_.depth, run_.size());
      if (step > 0) ++result_.taken[item.step.action];
      if (item.violated >= 0)
        return violated(ViolationKind::kActionProperty,
                        space_.info().action_properties[static_cast<size_t>(item.violated)]);
      expander_.expand(run_.back().state, expansion_);
      if (expansion_.violated >= 0)
        return violated(ViolationKind::kInvariant,
                        space_.info().invariants[static_cast<size_t>(expansion_.violated)]);
      if (expansion_.is_deadlock) return violated(ViolationKind::kDeadlock, "deadlock");
      if (step == steps_max) return true;
    }
  }

 private:
  bool violated(ViolationKind kind, std::string property) {
    ++result_.violations;
    result_.verdict = Verdict::kViolated;
    result_.counterexample =
        Counterexample{.kind = kind, .property = std::move(property), .moments = run_};
    return false;
  }

  const Space& space_;
  Expander& expander_;
  SearchResult& result_;
  Expansion expansion_;
  std::vector<Counterexample::Moment> run_;
};

}  // namespace

SearchResult simulate(const Space& space, const SimulateOptions& options) {
  SearchResult result;
  result.taken.resize(space.info().actions.size());
  result.why_unknown = "random runs prove nothing about the states they did not visit";
  const std::unique_ptr<Expander> expander = space.expander({});
  Walk walk(space, *expander, result);
  for (uint64_t run = 0; run < options.runs; ++run) {
    if (!walk.run(Draws(options.seed, stream_id("model.simulate"), run), options.steps_max)) break;
    if (options.watcher != nullptr && run % 256 == 0 &&
        options.watcher->on_progress({.generated = result.generated, .depth = result.depth}) ==
            Watcher::Wish::kStop) {
      result.why_unknown = "interrupted";
      break;
    }
  }
  return result;
}

}  // namespace faultline::model
