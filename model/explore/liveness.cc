// SPDX-License-Identifier: Apache-2.0
// Fair runs that avoid the goal, by strongly connected components: a component that breaks a weak
// fairness is no good; one that breaks a strong fairness is searched again without the states in
// which that step is possible.
#include "model/explore/liveness.h"

#include <algorithm>
#include <optional>
#include <queue>
#include <utility>

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <fmt/format.h>

#include "model/explore/state_graph.h"

namespace faultline::model {
namespace {

using Id = StateGraph::Id;
using Ids = std::vector<Id>;
constexpr Id kNone = UINT32_MAX;

// The strongly connected components of the graph without all states but `members`.
class Components {
 public:
  explicit Components(const StateGraph& graph) : graph_(graph), place_(graph.size(), kNone) {}

  std::vector<Ids> of(const Ids& members) {
    for (size_t i = 0; i < members.size(); ++i) place_[members[i]] = static_cast<Id>(i);
    std::vector<std::pair<Id, Id>> edges;
    for (const Id id : members)
      for (const StateGraph::Edge& edge : graph_.edges(id))
        if (place_[edge.target] != kNone) edges.emplace_back(place_[id], place_[edge.target]);
    for (const Id id : members) place_[id] = kNone;
    using Graph = boost::compressed_sparse_row_graph<boost::directedS>;
    const Graph graph(boost::edges_are_unsorted_multi_pass, edges.begin(), edges.end(),
                      members.size());
    std::vector<size_t> number(members.size());
    const size_t count = boost::strong_components(
        graph, boost::make_iterator_property_map(number.begin(), get(boost::vertex_index, graph)));
    std::vector<Ids> components(count);
    for (size_t i = 0; i < members.size(); ++i) components[number[i]].push_back(members[i]);
    // The one with the lowest state first, so that what is found is what is easiest to reach.
    std::ranges::sort(components, {}, [](const Ids& each) { return each.front(); });
    return components;
  }

 private:
  const StateGraph& graph_;
  Ids place_;  // of each state in `members`
};

// One property: the states to avoid, the fairness to keep, and the lasso if there is one.
class FairRunSearch {
 public:
  FairRunSearch(const StateGraph& graph, const std::vector<Fairness>& fairness)
      : graph_(graph), fairness_(fairness), components_(graph), inside_(graph.size()) {}

  struct Lasso {
    std::vector<Id> states;
    std::vector<const Step*> steps;  // that led to each; of the first: none
    size_t loop = 0;
  };

  // `starts`: where the goal is owed; `is_goal`: by state.
  std::optional<Lasso> find(const Ids& starts, const std::vector<bool>& is_goal) {
    const std::vector<Hop> reach = shortest_hops(starts, [&](Id id) { return !is_goal[id]; });
    Ids owing;
    for (Id id = 0; id < graph_.size(); ++id)
      if (reach[id].is_reached) owing.push_back(id);
    std::vector<Ids> open = {std::move(owing)};
    while (!open.empty()) {
      const Ids members = std::move(open.back());
      open.pop_back();
      for (const Ids& component : components_.of(members)) {
        mark(component, true);
        Ids rest = component;
        const Outcome outcome = judge(component, rest);
        std::optional<Lasso> lasso;
        if (outcome == Outcome::kFair) lasso = lasso_of(component, reach);
        mark(component, false);
        if (lasso) return lasso;
        if (outcome == Outcome::kSplit && !rest.empty()) open.push_back(std::move(rest));
      }
    }
    return std::nullopt;
  }

 private:
  enum class Outcome : uint8_t { kFair, kUnfair, kSplit };
  struct Hop {
    bool is_reached = false;
    Id from = kNone;  // none: a start
    const Step* step = nullptr;
  };

  bool is_enabled(Id id, const Fairness& fairness) const {
    return std::ranges::any_of(graph_.edges(id), [&](const StateGraph::Edge& edge) {
      return edge.target != id && fairness.covers(edge.step);
    });
  }
  const StateGraph::Edge* taken_inside(Id id, const Fairness& fairness) const {
    for (const StateGraph::Edge& edge : graph_.edges(id))
      if (edge.target != id && inside_[edge.target] && fairness.covers(edge.step)) return &edge;
    return nullptr;
  }
  void mark(const Ids& component, bool value) {
    for (const Id id : component) inside_[id] = value;
  }

  // Whether a run may stay in the component, visit all of it and be fair; `rest` is what remains
  // of it without the states that a strong fairness forbids.
  Outcome judge(const Ids& component, Ids& rest) const {
    bool is_split = false;
    for (const Fairness& fairness : fairness_) {
      const auto is_possible = [&](Id id) { return is_enabled(id, fairness); };
      if (std::ranges::any_of(component,
                              [&](Id id) { return taken_inside(id, fairness) != nullptr; }))
        continue;
      if (fairness.strength == Strength::kWeak) {
        if (std::ranges::all_of(component, is_possible)) return Outcome::kUnfair;
      } else if (std::erase_if(rest, is_possible) > 0) {
        is_split = true;
      } else if (std::ranges::any_of(component, is_possible)) {
        is_split = true;  // what it forbids is gone from `rest` already
      }
    }
    return is_split ? Outcome::kSplit : Outcome::kFair;
  }

  template <class Allowed>
  std::vector<Hop> shortest_hops(const Ids& starts, Allowed&& allowed) const {
    std::vector<Hop> hops(graph_.size());
    std::queue<Id> queue;
    for (const Id id : starts)
      if (allowed(id) && !std::exchange(hops[id].is_reached, true)) queue.push(id);
    for (; !queue.empty(); queue.pop()) {
      const Id id = queue.front();
      for (const StateGraph::Edge& edge : graph_.edges(id)) {
        if (!allowed(edge.target) || hops[edge.target].is_reached) continue;
        hops[edge.target] = {true, id, &edge.step};
        queue.push(edge.target);
      }
    }
    return hops;
  }

  // Appends the way to `target`, without its start.
  static void append_way(const std::vector<Hop>& hops, Id target, Lasso& lasso) {
    const size_t begin = lasso.states.size();
    for (Id id = target; hops[id].from != kNone; id = hops[id].from) {
      lasso.states.push_back(id);
      lasso.steps.push_back(hops[id].step);
    }
    std::reverse(lasso.states.begin() + static_cast<ptrdiff_t>(begin), lasso.states.end());
    std::reverse(lasso.steps.begin() + static_cast<ptrdiff_t>(begin), lasso.steps.end());
  }
  static Id start_of(const std::vector<Hop>& hops, Id id) {
    while (hops[id].from != kNone) id = hops[id].from;
    return id;
  }

  Lasso lasso_of(const Ids& component, const std::vector<Hop>& reach) const {
    Ids all_initial(graph_.initial());
    for (Id id = 0; id < graph_.initial(); ++id) all_initial[id] = id;
    const std::vector<Hop> from_initial = shortest_hops(all_initial, [](Id) { return true; });
    const Id entry = component.front();
    const Id owed = start_of(reach, entry);
    Lasso lasso;
    lasso.states.push_back(start_of(from_initial, owed));
    lasso.steps.push_back(nullptr);
    append_way(from_initial, owed, lasso);
    append_way(reach, entry, lasso);
    lasso.loop = lasso.states.size() - 1;
    if (component.size() == 1) return lasso;  // it stops there, which is fair
    for (const Fairness& fairness : fairness_) visit_for(fairness, component, lasso);
    walk_to(entry, lasso);
    return lasso;
  }

  // Extends the loop by what shows that the fairness is kept.
  void visit_for(const Fairness& fairness, const Ids& component, Lasso& lasso) const {
    for (const Id id : component)
      if (const StateGraph::Edge* edge = taken_inside(id, fairness)) {
        walk_to(id, lasso);
        lasso.states.push_back(edge->target);
        lasso.steps.push_back(&edge->step);
        return;
      }
    if (fairness.strength == Strength::kStrong) return;
    const auto idle =
        std::ranges::find_if(component, [&](Id id) { return !is_enabled(id, fairness); });
    ASSERT(idle != component.end());
    walk_to(*idle, lasso);
  }
  void walk_to(Id target, Lasso& lasso) const {
    const std::vector<Hop> hops =
        shortest_hops({lasso.states.back()}, [&](Id id) { return bool{inside_[id]}; });
    append_way(hops, target, lasso);
  }

  const StateGraph& graph_;
  const std::vector<Fairness>& fairness_;
  Components components_;
  std::vector<bool> inside_;  // the component at hand
};

Counterexample counterexample_of(const StateGraph& graph, const FairRunSearch::Lasso& lasso,
                                 std::string property) {
  Counterexample counterexample{
      .kind = ViolationKind::kLiveness, .property = std::move(property), .loop = lasso.loop};
  for (size_t i = 0; i < lasso.states.size(); ++i) {
    const Bytes state = graph.state(lasso.states[i]);
    counterexample.moments.push_back(
        {lasso.steps[i] == nullptr ? Step() : *lasso.steps[i], {state.begin(), state.end()}});
  }
  return counterexample;
}

}  // namespace

SearchResult check_liveness(const Space& space, const SearchOptions& options) {
  SearchResult result;
  const SpaceInfo& info = space.info();
  const StateGraph graph(space, options);
  result.distinct = graph.size();
  result.generated = graph.edge_count() + graph.initial();
  result.initial = graph.initial();
  result.bytes_stored = graph.bytes();
  result.taken.resize(info.actions.size());
  if (!graph.why_incomplete().empty()) {
    result.why_unknown = graph.why_incomplete();
    return result;
  }
  const std::unique_ptr<Expander> expander = space.expander({});
  FairRunSearch search(graph, info.fairness);
  for (size_t property = 0; property < info.liveness.size(); ++property) {
    Ids starts;
    std::vector<bool> is_goal(graph.size());
    for (Id id = 0; id < graph.size(); ++id) {
      is_goal[id] = expander->liveness_to(graph.state(id), property);
      const bool is_start = info.liveness[property].is_leads_to
                                ? expander->liveness_from(graph.state(id), property)
                                : id < graph.initial();
      if (is_start && !is_goal[id]) starts.push_back(id);
    }
    const auto lasso = search.find(starts, is_goal);
    if (!lasso) continue;
    ++result.violations;
    if (!result.counterexample)
      result.counterexample = counterexample_of(graph, *lasso, info.liveness[property].name);
    if (!options.keep_going) break;
  }
  result.verdict = result.violations > 0 ? Verdict::kViolated : Verdict::kHeld;
  return result;
}

}  // namespace faultline::model
