// SPDX-License-Identifier: Apache-2.0
// The words of a state are bit fields, because this model is also the benchmark of the explorer: to
// compare two logs below an offset takes one xor and one mask.
#include "model/specs/isr.h"

#include <algorithm>
#include <string>

#include "broker/base/assert.h"
#include "model/specs/bit_field.h"

namespace faultline::model {

namespace {
using State = IsrModel::State;
// clang-format off
enum Action : uint16_t { kCtrlShrinkIsr, kCtrlElectLeader, kBecomeLeader, kLeaderWrite, kIncHw,
                         kLeaderShrinkIsr, kLeaderExpandIsr, kBecomeFollower, kFetch, kTruncate };
// clang-format on
// A replica: its end offset and high watermark; the newest epoch it knows and the leader of that,
// both plus one (0: none); its idea of the ISR; and its records {epoch, id}, zero where none is.
constexpr BitField kEnd{0, 3}, kHw{3, 3}, kEpoch{6, 3}, kLeader{9, 2}, kIsr{11, 3};
constexpr unsigned kLog = 14, kRecordBits = 4;
constexpr BitField record(unsigned offset) { return {kLog + kRecordBits * offset, kRecordBits}; }
constexpr BitField record_epoch(unsigned offset) { return {kLog + kRecordBits * offset, 2}; }
constexpr uint32_t below(unsigned offset) { return (1U << kRecordBits * offset) - 1; }

// The controller: the ISR now, how many epochs and records there were, its decision for each epoch.
constexpr BitField kMembers{0, 3}, kEpochs{3, 3}, kWritten{6, 3};
constexpr BitField decided_leader(unsigned epoch) { return {9 + 5 * epoch, 2}; }
constexpr BitField decided_isr(unsigned epoch) { return {11 + 5 * epoch, 3}; }

bool leads(const State& state, unsigned r) { return get(state.replica[r], kLeader) == r + 1; }

bool follows(const State& state, unsigned leader, unsigned follower, bool in_the_same_epoch) {
  const uint32_t word = state.replica[follower];
  return get(word, kLeader) == leader + 1 &&
         (!in_the_same_epoch || get(word, kEpoch) == get(state.replica[leader], kEpoch));
}

unsigned elected(uint32_t controller) {
  const unsigned epochs = get(controller, kEpochs);
  return epochs == 0 ? 0 : get(controller, decided_leader(epochs - 1));
}

// One after the last offset at which both hold the same record.
unsigned tail_match(uint32_t a, uint32_t b) {
  unsigned end = std::min(get(a, kEnd), get(b, kEnd));
  while (end > 0 && get(a, record(end - 1)) != get(b, record(end - 1))) --end;
  return end;
}

// Where the leader's records of epochs after the follower's last one begin.
unsigned epoch_end(uint32_t leader, uint32_t follower) {
  const unsigned last = get(follower, record_epoch(get(follower, kEnd) - 1));
  const unsigned end = get(leader, kEnd);
  if (end > 0 && get(leader, record_epoch(end - 1)) == last) return end;
  for (unsigned offset = 0; offset < end; ++offset)
    if (get(leader, record_epoch(offset)) > last) return offset;
  return get(follower, kHw);
}

uint32_t truncated(uint32_t word, unsigned end) {
  word = with(word, kEnd, end) & (below(end) << kLog | ((1U << kLog) - 1));
  return with(word, kHw, std::min(get(word, kHw), end));
}

// Whether all members hold what this replica has below its high watermark, if it thinks it leads.
bool is_held(const State& state, unsigned leader, unsigned members) {
  const uint32_t word = state.replica[leader];
  const unsigned hw = get(word, kHw);
  if (hw == 0 || !leads(state, leader)) return true;
  unsigned lacking = 0;  // no branches: which replicas are members is hard to foresee
  for (unsigned r = 0; r < IsrModel::kReplicasMax; ++r) {
    const uint32_t other = state.replica[r];
    const unsigned is_shorter = hw > get(other, kEnd) ? 1 : 0;
    const unsigned differs = ((word ^ other) >> kLog & below(hw)) != 0 ? 1 : 0;
    lacking |= (is_shorter | differs) << r & members;
  }
  return lacking == 0;
}

}  // namespace

void IsrModel::initial_states(const Emit<State>& emit) const {
  State state;
  state.controller = with(state.controller, kMembers, bit(bounds_.replicas) - 1);
  emit(state);
}

void IsrModel::successors(const State& state, const Emit<State>& emit) const {
  const unsigned epochs = get(state.controller, kEpochs);
  if (epochs <= bounds_.last_epoch) controller_steps(state, emit);
  for (unsigned epoch = 0; epoch < epochs; ++epoch) election_steps(state, epoch, emit);
  for (unsigned leader = 0; leader < bounds_.replicas; ++leader)
    if (leads(state, leader)) leader_steps(state, leader, emit);
}

void IsrModel::controller_steps(const State& state, const Emit<State>& emit) const {
  const unsigned epochs = get(state.controller, kEpochs);
  const unsigned isr = get(state.controller, kMembers), leader = elected(state.controller);
  const auto decide = [&](Action action, unsigned r, unsigned new_leader, unsigned members) {
    State next = state;
    next.controller = with(with(state.controller, kEpochs, epochs + 1), kMembers, members);
    next.controller = with(next.controller, decided_leader(epochs), new_leader);
    next.controller = with(next.controller, decided_isr(epochs), members);
    emit(Step(action, r), next);
  };
  for (unsigned r = 0; r < bounds_.replicas; ++r) {
    const unsigned rest = isr & ~bit(r);
    if (leader == r + 1) {
      decide(kCtrlShrinkIsr, r, 0, rest == 0 ? isr : rest);
    } else if (has(isr, r)) {
      decide(kCtrlShrinkIsr, r, leader, rest);
      decide(kCtrlElectLeader, r, r + 1, isr);
    }
  }
}

// What replicas do when they hear of the controller's decision for `epoch`.
void IsrModel::election_steps(const State& state, unsigned epoch, const Emit<State>& emit) const {
  if (get(state.controller, decided_leader(epoch)) == 0) return;
  const unsigned leader = get(state.controller, decided_leader(epoch)) - 1;
  const bool leads_in_it = leads(state, leader) && get(state.replica[leader], kEpoch) == epoch + 1;
  const bool is_leader_first = rules_.fence_truncation && !leads_in_it;
  const unsigned end = is_leader_first ? leader + 1 : bounds_.replicas;
  for (unsigned r = is_leader_first ? leader : 0; r < end; ++r) {
    uint32_t word = state.replica[r];
    if (get(word, kEpoch) > epoch) continue;
    if (r != leader) {
      const unsigned cut = truncation_offset(state.replica[leader], word);
      if (cut > get(word, kEnd)) continue;
      if (rules_.truncation != IsrTruncation::kOnFetch) word = truncated(word, cut);
    }
    State next = state;
    word = with(with(word, kEpoch, epoch + 1), kLeader, leader + 1);
    next.replica[r] = with(word, kIsr, get(state.controller, decided_isr(epoch)));
    emit(Step(r == leader ? kBecomeLeader : kBecomeFollower, r, epoch), next);
  }
}

unsigned IsrModel::truncation_offset(uint32_t leader, uint32_t follower) const {
  switch (rules_.truncation) {
    case IsrTruncation::kHighWatermark: return get(follower, kHw);
    case IsrTruncation::kEpochEnd:
      return get(follower, kEnd) == 0 ? 0 : epoch_end(leader, follower);
    case IsrTruncation::kTailMatch: return tail_match(leader, follower);
    case IsrTruncation::kOnFetch: return get(follower, kEnd);
  }
  UNREACHABLE();
}

void IsrModel::leader_steps(const State& state, unsigned leader, const Emit<State>& emit) const {
  const uint32_t word = state.replica[leader];
  const unsigned end = get(word, kEnd), hw = get(word, kHw);
  const unsigned written = get(state.controller, kWritten);
  if (written < bounds_.records && end < bounds_.slots) {
    State next = state;
    const unsigned epoch = get(word, kEpoch) - 1;
    next.replica[leader] = with(with(word, kEnd, end + 1), record(end), written << 2 | epoch);
    next.controller = with(state.controller, kWritten, written + 1);
    emit(Step(kLeaderWrite, leader), next);
  }
  bool is_replicated = hw < end;
  for (unsigned r = 0; r < bounds_.replicas && is_replicated; ++r)
    if (has(get(word, kIsr), r))
      is_replicated = follows(state, leader, r, rules_.fence_high_watermark) &&
                      is_caught_up(state, leader, r, hw + 1);
  if (is_replicated) {
    State next = state;
    next.replica[leader] = with(word, kHw, hw + 1);
    emit(Step(kIncHw, leader), next);
  }
  const bool may_change_isr = elected(state.controller) == leader + 1 &&
                              get(word, kEpoch) == get(state.controller, kEpochs);
  for (unsigned r = 0; r < bounds_.replicas; ++r) {
    if (r == leader) continue;
    if (may_change_isr) isr_step(state, leader, r, emit);
    if (follows(state, leader, r, rules_.fence_fetch)) fetch_step(state, leader, r, emit);
  }
}

// Whether it follows and has all below `end`: the first try looks at the epoch of the last of that.
bool IsrModel::is_caught_up(const State& state, unsigned leader, unsigned r, unsigned end) const {
  const uint32_t word = state.replica[leader], other = state.replica[r];
  if (!follows(state, leader, r, false)) return false;
  return end == 0 || (end <= get(word, kEnd) && end <= get(other, kEnd) &&
                      (rules_.truncation != IsrTruncation::kOnFetch ||
                       get(word, record_epoch(end - 1)) == get(other, record_epoch(end - 1))));
}

bool IsrModel::may_join(const State& state, unsigned leader, unsigned r) const {
  const uint32_t word = state.replica[leader];
  const unsigned hw = get(word, kHw);
  return follows(state, leader, r, rules_.fence_expand) && is_caught_up(state, leader, r, hw) &&
         (!rules_.expand_after_epoch_start || hw == get(word, kEnd) ||
          get(word, record_epoch(hw)) + 1 == get(word, kEpoch));
}

void IsrModel::isr_step(const State& state, unsigned leader, unsigned r,
                        const Emit<State>& emit) const {
  const uint32_t word = state.replica[leader];
  const unsigned isr = get(word, kIsr);
  const bool keeps_up = follows(state, leader, r, rules_.compares_current_epoch) &&
                        is_caught_up(state, leader, r, get(word, kEnd));
  if (has(isr, r) ? keeps_up : !may_join(state, leader, r)) return;
  State next = state;
  next.replica[leader] = with(word, kIsr, isr ^ bit(r));
  next.controller = with(state.controller, kMembers, isr ^ bit(r));
  emit(Step(has(isr, r) ? kLeaderShrinkIsr : kLeaderExpandIsr, leader, r), next);
}

void IsrModel::fetch_step(const State& state, unsigned leader, unsigned r,
                          const Emit<State>& emit) const {
  const uint32_t from = state.replica[leader], to = state.replica[r];
  const unsigned end = get(to, kEnd);
  State next = state;
  if (rules_.truncation == IsrTruncation::kOnFetch && !is_caught_up(state, leader, r, end)) {
    next.replica[r] = truncated(to, tail_match(from, to));
    emit(Step(kTruncate, r, leader), next);
  } else if (end < get(from, kEnd)) {
    const uint32_t longer = with(with(to, kEnd, end + 1), record(end), get(from, record(end)));
    next.replica[r] = with(longer, kHw, std::min(get(from, kHw), end + 1));
    emit(Step(kFetch, r, leader), next);
  }
}

bool IsrModel::weak_isr(const State& state) const {
  for (unsigned r = 0; r < bounds_.replicas; ++r)
    if (!is_held(state, r, get(state.replica[r], kIsr))) return false;
  return true;
}

bool IsrModel::strong_isr(const State& state) const {
  for (unsigned r = 0; r < bounds_.replicas; ++r)
    if (!is_held(state, r, get(state.controller, kMembers))) return false;
  return true;
}

std::vector<Invariant<IsrModel>> IsrModel::invariants() const {
  if (!bounds_.weak) return {{"StrongIsr", &IsrModel::strong_isr}};
  return {{"StrongIsr", &IsrModel::strong_isr}, {"WeakIsr", &IsrModel::weak_isr}};
}

IsrModel::State IsrModel::permuted(const State& state, const Permutation& permutation) const {
  std::array<unsigned, kReplicasMax> to{};
  for (unsigned r = 0; r < bounds_.replicas; ++r)
    to[r] = static_cast<unsigned>(permutation.of(0, static_cast<int>(r)));
  const auto rename = [&](uint32_t& word, BitField leader, BitField members) {
    const unsigned old = get(word, leader);
    if (old != 0) word = with(word, leader, to[old - 1] + 1);
    unsigned mask = 0;
    for (unsigned r = 0; r < bounds_.replicas; ++r)
      if (has(get(word, members), r)) mask |= bit(to[r]);
    word = with(word, members, mask);
  };
  State out;
  out.controller = state.controller;
  for (unsigned epoch = 0; epoch < get(state.controller, kEpochs); ++epoch)
    rename(out.controller, decided_leader(epoch), decided_isr(epoch));
  rename(out.controller, {0, 0}, kMembers);
  for (unsigned r = 0; r < bounds_.replicas; ++r)
    rename(out.replica[to[r]] = state.replica[r], kLeader, kIsr);
  return out;
}

std::vector<ActionInfo> IsrModel::actions() const {
  return {{"CtrlShrinkIsr", {"replica"}},
          {"CtrlElectLeader", {"replica"}},
          {"BecomeLeader", {"replica", "epoch"}},
          {"LeaderWrite", {"replica"}},
          {"LeaderIncHighWatermark", {"replica"}},
          {"LeaderShrinkIsr", {"replica", "follower"}},
          {"LeaderExpandIsr", {"replica", "follower"}},
          {"BecomeFollower", {"replica", "epoch"}},
          {"FollowerFetch", {"replica", "leader"}},
          {"FollowerTruncate", {"replica", "leader"}}};
}

int IsrModel::node(const Step& step) const {
  return step.action <= kCtrlElectLeader ? -1 : step.parameters[0];
}

void IsrModel::describe(const State& state, Fields& fields) const {
  for (unsigned r = 0; r < bounds_.replicas; ++r) {
    const uint32_t word = state.replica[r];
    const std::string name = "replica " + std::to_string(r);
    std::string log;
    for (unsigned offset = 0; offset < get(word, kEnd); ++offset)
      log += (offset == 0 ? "m" : " m") + std::to_string(get(word, record(offset)) >> 2) + "@e" +
             std::to_string(get(word, record_epoch(offset)));
    fields.add(name + " log", "[" + log + "]");
    fields.add(name + " high watermark", get(word, kHw));
    fields.add(name + " epoch", int64_t{get(word, kEpoch)} - 1);
    fields.add(name + " leader", one_or_none_text(get(word, kLeader)));
    fields.add(name + " isr", members_text(get(word, kIsr)));
  }
  fields.add("controller epoch", int64_t{get(state.controller, kEpochs)} - 1);
  fields.add("controller leader", one_or_none_text(elected(state.controller)));
  fields.add("controller isr", members_text(get(state.controller, kMembers)));
}

}  // namespace faultline::model
