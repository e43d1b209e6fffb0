// SPDX-License-Identifier: Apache-2.0
// Goal: counts, shortest lengths, quotients, reductions and liveness verdicts are right. Method:
// 10,000 random models each, explored by the engine and by references that are too simple to be
// wrong. And each thing that the engine rests on is broken once: the references notice.
#include <gtest/gtest.h>

#include "model/explore/depth_first.h"
#include "model/explore/liveness.h"
#include "model/explore/search.h"
#include "model/explore/space_of.h"
#include "tests/model/explore/chance.h"
#include "tests/model/explore/dropping_space.h"

namespace faultline::model {
namespace {

// Whether the engine finds in the whole space what the reference finds.
bool agrees(const Space& space, const Reference& reference, SearchOptions options) {
  options.keep_going = true;
  const SearchResult all = search_breadth_first(space, options);
  const bool is_violated = std::ranges::any_of(
      std::vector{all.counterexample},
      [](const auto& found) { return found && found->kind == ViolationKind::kInvariant; });
  return all.distinct == reference.distinct && all.depth == reference.depth &&
         all.generated == reference.generated &&
         (!reference.shortest || all.verdict == Verdict::kViolated) &&
         (!is_violated || all.counterexample->steps() == *reference.shortest);
}

TEST(RandomModelsTest, every_graph_has_the_states_depth_and_shortest_run_of_the_reference) {
  expect_for_many(kModels, [] {
    GraphModel model = any_graph();
    const Reference reference = reference_search(model);
    RC_ASSERT(agrees(*make_space(model), reference, {}));
    model.bad_step = 0;
    const SearchResult found = search_breadth_first(*make_space(model), {});
    RC_ASSERT((found.verdict == Verdict::kViolated) == reference.shortest.has_value());
    if (reference.shortest) RC_ASSERT(found.counterexample->steps() == *reference.shortest);
  });
}

TEST(RandomModelsTest, a_step_that_breaks_a_property_is_reported_iff_there_is_one) {
  expect_for_many(kModels, [] {
    GraphModel model = any_graph();
    model.bad = 0;
    bool is_reachable = false;
    std::set<uint8_t> seen(model.starts.begin(), model.starts.end());
    for (size_t size = 0; size != seen.size();) {
      size = seen.size();
      for (const GraphModel::Edge& edge : model.edges)
        if (seen.contains(edge.from)) {
          seen.insert(edge.to);
          is_reachable |= edge.action == 2 && GraphModel::has(model.bad_step, edge.to);
        }
    }
    const SearchResult found = search_breadth_first(*make_space(model), {});
    RC_ASSERT((found.verdict == Verdict::kViolated) == is_reachable);
    if (is_reachable) RC_ASSERT(found.counterexample->property == "GoodSteps");
  });
}

TEST(RandomModelsTest, symmetry_leaves_one_state_of_each_orbit_and_no_verdict_changes) {
  expect_for_many(kModels, [] {
    const MemberModel model = any_members();
    const auto space = make_space(model);
    const Reference full = reference_search(model);
    RC_ASSERT(agrees(*space, full, {}));
    const Reference orbits = reference_search(model, [&](MemberModel::State state) {
      std::sort(state.local.begin(), state.local.begin() + model.members);
      return state;
    });
    const SearchResult found = search_breadth_first(*space, {.symmetry = true, .keep_going = true});
    RC_ASSERT(found.distinct == orbits.distinct);
    RC_ASSERT(found.depth == full.depth);
    RC_ASSERT((found.verdict == Verdict::kViolated) == full.shortest.has_value());
    if (full.shortest) RC_ASSERT(found.counterexample->steps() == *full.shortest);
  });
}

// Whether the reduced search comes to the verdicts of the whole one, on no more states.
bool reduction_agrees(const ProcessModel& model, const SearchRules& rules) {
  const auto space = make_space(model);
  const SearchResult whole = search_breadth_first(*space, {.keep_going = true});
  const SearchResult reduced =
      search_breadth_first(*space, {.reduce = true, .keep_going = true, .rules = rules});
  return reduced.verdict == whole.verdict && reduced.distinct <= whole.distinct;
}

TEST(RandomModelsTest, reduction_changes_no_verdict_and_leaves_states_out) {
  uint64_t smaller = 0;
  expect_for_many(kModels, [&] {
    const ProcessModel model = any_processes();
    RC_ASSERT(reduction_agrees(model, {}));
    const auto space = make_space(model);
    smaller += search_breadth_first(*space, {.reduce = true, .keep_going = true}).distinct <
               search_breadth_first(*space, {.keep_going = true}).distinct;
  });
  EXPECT_GT(smaller, 500u);
}

TEST(RandomModelsTest, any_number_of_threads_says_the_same) {
  expect_for_many(kModels / 10, [] {
    const MemberModel model = any_members();
    const auto space = make_space(model);
    const SearchResult one = search_breadth_first(*space, {.jobs = 1});
    const SearchResult three = search_breadth_first(*space, {.jobs = 3});
    RC_ASSERT(one.distinct == three.distinct);
    RC_ASSERT(one.generated == three.generated);
    RC_ASSERT(one.taken == three.taken);
    RC_ASSERT(one.verdict == three.verdict);
    if (one.counterexample)
      RC_ASSERT(counterexample_text(*space, *one.counterexample) ==
                counterexample_text(*space, *three.counterexample));
  });
}

TEST(RandomModelsTest, depth_first_sees_the_same_states_and_deepening_the_same_lengths) {
  expect_for_many(kModels, [] {
    GraphModel model = any_graph();
    const Reference reference = reference_search(model);
    model.bad_step = 0;
    const auto space = make_space(model);
    const SearchResult deepened = search_depth_first(*space, {.is_iterative = true});
    const SearchResult plain = search_depth_first(*space, {});
    const SearchResult bits = search_depth_first(*space, {.bitstate_bytes = 1 << 16});
    if (reference.shortest) {
      RC_ASSERT(deepened.counterexample->steps() == *reference.shortest);
      RC_ASSERT(plain.counterexample->moments.back().state ==
                deepened.counterexample->moments.back().state);
      return;
    }
    RC_ASSERT(plain.verdict == Verdict::kHeld && deepened.verdict == Verdict::kHeld);
    RC_ASSERT(plain.distinct == reference.distinct && deepened.distinct == reference.distinct);
    RC_ASSERT(deepened.depth >= reference.depth);
    RC_ASSERT(bits.verdict == Verdict::kUnknown && bits.distinct == reference.distinct);
  });
}

TEST(RandomModelsTest, a_bitstate_filter_that_is_too_small_misses_states_and_says_how_many) {
  ProcessModel model;
  for (uint8_t process = 0; process < 3; ++process)
    for (uint8_t local = 0; local < 60; ++local)
      model.rules.push_back(
          {.process = process, .local = local, .local_after = static_cast<uint8_t>(local + 1)});
  const auto space = make_space(model);
  const SearchResult exact = search_breadth_first(*space, {});
  const SearchResult large = search_depth_first(*space, {.bitstate_bytes = 8 << 20});
  const SearchResult small = search_depth_first(*space, {.bitstate_bytes = 64 << 10});
  EXPECT_EQ(exact.distinct, 61u * 61 * 61);
  EXPECT_GT(large.distinct, exact.distinct - exact.distinct / 100);
  EXPECT_LT(small.distinct, exact.distinct - exact.distinct / 100);
  EXPECT_EQ(small.why_unknown.substr(0, 9), "bitstate:");
}

// ---- liveness ----------------------------------------------------------------------------------

// A fair run that avoids the goal stays for ever in some set of states and visits all of it again
// and again. So: is there a set that can be walked, is owed something, and breaks no fairness?
class LivenessReference {
 public:
  explicit LivenessReference(const GraphModel& model) : model_(model) {}

  bool is_violated() const {
    const uint32_t avoiding = ~uint32_t{model_.goal} & 0xff;
    uint32_t reachable = 0;
    for (const uint8_t node : model_.starts) reachable |= 1U << node;
    uint32_t owed = closure(reachable, 0xff);
    if (model_.leads_to) owed &= model_.owing;
    if (!model_.leads_to) owed = reachable;
    owed = closure(owed & avoiding, avoiding);
    for (uint32_t set = 1; set < 256; ++set)
      if ((set & ~owed) == 0 && is_strongly_connected(set) && is_fair(set)) return true;
    return false;
  }

 private:
  uint32_t closure(uint32_t from, uint32_t within) const {
    for (uint32_t old = 0; old != from;) {
      old = from;
      for (const GraphModel::Edge& edge : model_.edges)
        if ((from >> edge.from & 1) != 0) from |= (1U << edge.to) & within;
    }
    return from;
  }
  bool is_strongly_connected(uint32_t set) const {
    for (uint32_t node = 0; node < 8; ++node)
      if ((set >> node & 1) != 0 && closure(1U << node, set) != set) return false;
    return true;
  }
  bool is_fair(uint32_t set) const {
    return std::ranges::all_of(model_.fair, [&](const Fairness& fairness) {
      uint32_t enabled = 0;
      for (const GraphModel::Edge& edge : model_.edges) {
        if (edge.to == edge.from || !fairness.covers(Step(edge.action, edge.from))) continue;
        if ((set >> edge.from & 1) == 0) continue;
        if ((set >> edge.to & 1) != 0) return true;  // taken again and again
        enabled |= 1U << edge.from;
      }
      return fairness.strength == Strength::kWeak ? enabled != set : enabled == 0;
    });
  }

  const GraphModel& model_;
};

// The run is one of the model, keeps away from the goal from where it is owed, and its loop breaks
// no fairness.
bool is_fair_lasso(const GraphModel& model, const Counterexample& run) {
  const size_t loop = *run.loop;
  for (size_t i = 1; i < run.moments.size(); ++i) {
    const GraphModel::Edge edge{run.moments[i - 1].state[0],
                                static_cast<uint8_t>(run.moments[i].step.action),
                                run.moments[i].state[0]};
    if (std::ranges::none_of(model.edges, [&](const GraphModel::Edge& each) {
          return each.from == edge.from && each.to == edge.to && each.action == edge.action;
        }))
      return false;
  }
  if (run.moments[loop].state != run.moments.back().state) return false;
  for (size_t i = loop; i < run.moments.size(); ++i)
    if (GraphModel::has(model.goal, run.moments[i].state[0])) return false;
  return std::ranges::all_of(model.fair, [&](const Fairness& fairness) {
    bool is_always_enabled = true;
    bool is_ever_enabled = false;
    for (size_t i = loop; i < run.moments.size(); ++i) {
      const uint8_t node = run.moments[i].state[0];
      if (i > loop && node != run.moments[i - 1].state[0] && fairness.covers(run.moments[i].step))
        return true;
      const bool is_enabled = std::ranges::any_of(model.edges, [&](const GraphModel::Edge& edge) {
        return edge.from == node && edge.to != node &&
               fairness.covers(Step(edge.action, edge.from));
      });
      is_always_enabled &= is_enabled;
      is_ever_enabled |= is_enabled;
    }
    return fairness.strength == Strength::kWeak ? !is_always_enabled : !is_ever_enabled;
  });
}

TEST(RandomModelsTest, liveness_verdicts_are_those_of_all_subsets_and_lassos_are_fair) {
  uint64_t violated = 0;
  expect_for_many(kModels, [&] {
    const GraphModel model = any_graph();
    const SearchResult found = check_liveness(*make_space(model), {});
    RC_ASSERT((found.verdict == Verdict::kViolated) == LivenessReference(model).is_violated());
    if (!found.counterexample) return;
    ++violated;
    RC_ASSERT(is_fair_lasso(model, *found.counterexample));
  });
  EXPECT_GT(violated, kModels / 10u);
  EXPECT_LT(violated, kModels - kModels / 10u);
}

// ---- the engine's own mutants ------------------------------------------------------------------

// How many of some random graphs the mutant gets wrong.
template <class IsRight>
int count_wrong(IsRight&& is_right) {
  int wrong = 0;
  expect_for_many(kModels / 4, [&] { wrong += is_right() ? 0 : 1; });
  return wrong;
}

TEST(EngineMutantsTest, colliding_hashes_cost_time_but_no_state) {
  for (const unsigned bits : {0U, 3U, 36U}) {
    EXPECT_EQ(count_wrong([&] {
                const GraphModel model = any_graph();
                return agrees(*make_space(model), reference_search(model),
                              {.rules = {.hash_bits = bits}});
              }),
              0)
        << bits;
  }
}

TEST(EngineMutantsTest, trusting_a_hash_that_collides_is_noticed) {
  EXPECT_GT(count_wrong([] {
              const GraphModel model = any_graph();
              return agrees(*make_space(model), reference_search(model),
                            {.rules = {.compare_states = false, .hash_bits = 3}});
            }),
            100);
}

TEST(EngineMutantsTest, a_dropped_successor_is_noticed) {
  EXPECT_GT(count_wrong([] {
              const GraphModel model = any_graph();
              return agrees(DroppingSpace(make_space(model)), reference_search(model), {});
            }),
            100);
}

TEST(EngineMutantsTest, a_wrong_permutation_is_noticed) {
  EXPECT_GT(count_wrong([] {
              MemberModel model = any_members();
              const Reference orbits = reference_search(model, [&](MemberModel::State state) {
                std::sort(state.local.begin(), state.local.begin() + model.members);
                return state;
              });
              model.permutes_wrongly = true;
              model.bad_sum = 0xff;  // a run through wrong names cannot be printed
              return search_breadth_first(*make_space(model), {.symmetry = true}).distinct ==
                     orbits.distinct;
            }),
            100);
}

TEST(EngineMutantsTest, an_unsound_independence_is_noticed) {
  EXPECT_GT(count_wrong([] {
              ProcessModel model = any_processes();
              model.declares_too_much = true;
              return reduction_agrees(model, {});
            }),
            10);
}

TEST(EngineMutantsTest, putting_a_step_off_for_ever_is_noticed) {
  EXPECT_GT(count_wrong([] { return reduction_agrees(any_processes(), {.check_proviso = false}); }),
            5);
}

}  // namespace
}  // namespace faultline::model
