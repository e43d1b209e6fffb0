// SPDX-License-Identifier: Apache-2.0
// A small labelled graph as a model, so that chance can make it.
#pragma once

#include <cstdint>
#include <vector>

#include "model/explore/model.h"

namespace faultline::model {

// Nodes, edges and labels. A state packs into a length of its own.
struct GraphModel {
  struct Edge {
    uint8_t from = 0;
    uint8_t action = 0;
    uint8_t to = 0;
  };
  struct State {
    uint8_t node = 0;
  };
  static constexpr uint8_t kNodesMax = 8;
  static constexpr uint8_t kActions = 3;

  uint8_t nodes = 1;
  std::vector<Edge> edges;
  std::vector<uint8_t> starts = {0};
  uint8_t bad = 0;       // nodes, by bit
  uint8_t bad_step = 0;  // nodes that action 2 may not lead to
  uint8_t owing = 0;
  uint8_t goal = 0;
  bool leads_to = false;
  std::vector<Fairness> fair;

  std::vector<ActionInfo> actions() const { return {{"A", {"from"}}, {"B", {}}, {"C", {}}}; }
  void initial_states(const Emit<State>& emit) const {
    for (const uint8_t node : starts) emit(State{node});
  }
  void successors(const State& now, const Emit<State>& emit) const {
    for (const Edge& edge : edges)
      if (edge.from == now.node) emit(Step(edge.action, edge.from), State{edge.to});
  }
  void describe(const State& state, Fields& fields) const { fields.add("node", state.node); }
  void pack(const State& state, Packer& packer) const {
    for (int i = 0; i <= state.node * 40; ++i) packer.u8(state.node);
  }
  void unpack(Unpacker& unpacker, State& out) const {
    out.node = static_cast<uint8_t>(unpacker.u8());
    for (int i = 0; i < out.node * 40; ++i) unpacker.u8();
  }
  static bool has(uint8_t set, uint8_t node) { return (set >> node & 1) != 0; }
  std::vector<Invariant<GraphModel>> invariants() const { return {{"Good", &GraphModel::is_good}}; }
  bool is_good(const State& state) const { return !has(bad, state.node); }
  std::vector<ActionProperty<GraphModel>> action_properties() const {
    return {{"GoodSteps", &GraphModel::is_good_step}};
  }
  bool is_good_step(const State&, const Step& step, const State& after) const {
    return step.action != 2 || !has(bad_step, after.node);
  }
  std::vector<Liveness<GraphModel>> liveness() const {
    return {{"Goal", leads_to ? &GraphModel::is_owing : nullptr, &GraphModel::is_goal}};
  }
  bool is_owing(const State& state) const { return has(owing, state.node); }
  bool is_goal(const State& state) const { return has(goal, state.node); }
  std::vector<Fairness> fairness() const { return fair; }
};

}  // namespace faultline::model
