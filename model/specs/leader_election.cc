// SPDX-License-Identifier: Apache-2.0
// Each node has at most one kind of step at a time: to start, or to take a message from its inbox.
#include "model/specs/leader_election.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "broker/base/assert.h"

namespace faultline::model {

namespace {

using Node = LeaderElection::Node;
using Message = LeaderElection::Message;
enum Action : uint16_t { kStart, kReceive };

size_t waiting(const Node& node) {
  return static_cast<size_t>(
      std::ranges::find(node.inbox, LeaderElection::kNothing, &Message::kind) - node.inbox.begin());
}

Message taken(Node& node, size_t place) {
  const Message message = node.inbox[place];
  std::shift_left(node.inbox.begin() + static_cast<ptrdiff_t>(place), node.inbox.end(), 1);
  node.inbox.back() = {};
  return message;
}

}  // namespace

// Every order of the numbers; node 0 has the largest, because a ring can be turned.
void LeaderElection::initial_states(const Emit<State>& emit) const {
  std::vector<uint8_t> others(nodes_ - 1);
  std::iota(others.begin(), others.end(), uint8_t{1});
  do {
    State state;
    state.node[0].maximum = static_cast<uint8_t>(nodes_);
    for (size_t i = 1; i < nodes_; ++i) state.node[i].maximum = others[i - 1];
    emit(state);
  } while (std::ranges::next_permutation(others).found);
}

void LeaderElection::successors(const State& state, const Emit<State>& emit) const {
  for (unsigned i = 0; i < nodes_; ++i) {
    const Node& node = state.node[i];
    if (!node.started) {
      State next = state;
      next.node[i].started = true;
      send(next, i, {kOne, node.maximum});
      emit(Step(kStart, i), next);
      continue;
    }
    const size_t messages = in_order_ ? std::min<size_t>(waiting(node), 1) : waiting(node);
    for (size_t place = 0; place < messages; ++place) {
      State next = state;
      const Message message = taken(next.node[i], place);
      receive(next, i, message);
      emit(Step(kReceive, i, message.kind, message.number), next);
    }
  }
}

void LeaderElection::send(State& state, unsigned from, Message message) const {
  Node& to = state.node[(from + 1) % nodes_];
  ASSERT(waiting(to) < kInboxMax);
  to.inbox[waiting(to)] = message;
}

void LeaderElection::receive(State& state, unsigned i, Message message) const {
  Node& node = state.node[i];
  if (message.kind == kWinner) {
    if (node.winner != 0) return;
    node.winner = message.number;
    if (passes_winner_on_) send(state, i, message);
  } else if (!node.active) {
    send(state, i, message);
  } else if (message.kind == kOne && message.number == node.maximum) {
    node.winner = message.number;  // it went all the way round
    ++state.elected;
    send(state, i, {kWinner, message.number});
  } else if (message.kind == kOne) {
    node.neighbour = message.number;
    send(state, i, {kTwo, message.number});
  } else if (node.neighbour > message.number && node.neighbour > node.maximum) {
    node.maximum = node.neighbour;  // it is a local maximum: this node goes on for it
    send(state, i, {kOne, node.maximum});
  } else {
    node.active = false;
  }
}

// Only the last two kinds of steps tell anything about who has won.
bool LeaderElection::is_local(const State& state, const Step& step) const {
  if (step.action == kStart) return true;
  if (!in_order_ || step.parameters[1] == kWinner) return false;
  const Node& node = state.node[static_cast<size_t>(step.parameters[0])];
  return !node.active || step.parameters[1] != kOne || step.parameters[2] != node.maximum;
}

bool LeaderElection::largest_wins(const State& state) const {
  return std::ranges::all_of(
      state.node, [this](const Node& node) { return node.winner == 0 || node.winner == nodes_; });
}

bool LeaderElection::all_know(const State& state) const {
  return std::ranges::count(state.node, 0, &Node::winner) == kNodesMax - nodes_;
}

std::vector<Invariant<LeaderElection>> LeaderElection::invariants() const {
  return {{"OneLeader", &LeaderElection::one_leader},
          {"LargestWins", &LeaderElection::largest_wins}};
}

std::vector<Liveness<LeaderElection>> LeaderElection::liveness() const {
  return {{"AllKnow", nullptr, &LeaderElection::all_know}};
}

std::vector<Fairness> LeaderElection::fairness() const {
  std::vector<Fairness> list;
  for (int i = 0; i < static_cast<int>(nodes_); ++i)
    for (const Action action : {kStart, kReceive}) list.push_back({Strength::kWeak, action, i});
  return list;
}

void LeaderElection::pack(const State& state, Packer& packer) const {
  for (unsigned i = 0; i < nodes_; ++i) {
    const Node& node = state.node[i];
    const size_t messages = waiting(node);
    packer.bits(3, messages);
    packer.bits(1, node.started ? 1 : 0);
    packer.bits(1, node.active ? 1 : 0);
    packer.bits(3, node.maximum);
    packer.bits(3, node.neighbour);
    packer.bits(3, node.winner);
    for (size_t m = 0; m < messages; ++m) {
      packer.bits(2, node.inbox[m].kind);
      packer.bits(3, node.inbox[m].number);
    }
  }
  packer.bits(3, state.elected);
}

void LeaderElection::unpack(Unpacker& unpacker, State& out) const {
  out = State();
  for (unsigned i = 0; i < nodes_; ++i) {
    Node& node = out.node[i];
    const auto number = [&] { return static_cast<uint8_t>(unpacker.bits(3)); };
    const uint8_t messages = number();
    node.started = unpacker.bits(1) == 1;
    node.active = unpacker.bits(1) == 1;
    node.maximum = number();
    node.neighbour = number();
    node.winner = number();
    for (size_t m = 0; m < messages; ++m) {
      node.inbox[m].kind = static_cast<Kind>(unpacker.bits(2));
      node.inbox[m].number = number();
    }
  }
  out.elected = static_cast<uint8_t>(unpacker.bits(3));
}

std::vector<ActionInfo> LeaderElection::actions() const {
  return {{"Start", {"node"}}, {"Receive", {"node", "kind", "number"}}};
}

void LeaderElection::describe(const State& state, Fields& fields) const {
  constexpr std::array kKinds = {"", "one", "two", "winner"};
  for (unsigned i = 0; i < nodes_; ++i) {
    const Node& node = state.node[i];
    const std::string name = "node " + std::to_string(i);
    fields.add(name, node.active ? (node.started ? "active" : "new") : "passive");
    fields.add(name + " maximum", node.maximum);
    fields.add(name + " neighbour", node.neighbour);
    fields.add(name + " winner", node.winner == 0 ? "?" : std::to_string(node.winner));
    std::string inbox;
    for (size_t m = 0; m < waiting(node); ++m)
      inbox += std::string(m == 0 ? "" : " ") + kKinds[node.inbox[m].kind] + "(" +
               std::to_string(node.inbox[m].number) + ")";
    fields.add(name + " inbox", inbox);
  }
}

}  // namespace faultline::model
