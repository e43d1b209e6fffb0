// SPDX-License-Identifier: Apache-2.0
// Sets of replicas are masks over the followers: the leader is in each of them, always.
#include "model/specs/async_isr.h"

#include <algorithm>
#include <string>

#include "model/specs/bit_field.h"

namespace faultline::model {

namespace {

using State = AsyncIsrModel::State;
// clang-format off
enum Action : uint16_t { kCtrlShrinkIsr, kCtrlAccept, kProposeShrink, kProposeExpand,
                         kLeaderLearn, kLeaderWrite, kFollowerFetch };
// clang-format on

// What the controller has decided last; the newest decision that the leader knows, and the union of
// what it has proposed since; what each replica holds; every decision, by version from 1.
constexpr BitField kIsr{0, 3}, kVersion{3, 3}, kKnown{6, 3}, kKnownAt{9, 3}, kPending{12, 3};
constexpr BitField kHasPending{15, 1};
constexpr BitField end_of(unsigned replica) { return {16 + 3 * replica, 3}; }
constexpr BitField decision(unsigned version) { return {25 + 3 * version, 3}; }
constexpr BitField never_told(unsigned version) { return {44 + version, 1}; }
constexpr unsigned proposal_bit(unsigned version, unsigned members) {
  return 8 * version + members;
}

}  // namespace

void AsyncIsrModel::initial_states(const Emit<State>& emit) const {
  const unsigned followers = bit(bounds_.replicas - 1) - 1;
  State state;
  state.word = with(with(state.word, kIsr, followers), kKnown, followers);
  emit(state);
}

unsigned AsyncIsrModel::high_watermark(uint64_t word) const {
  const unsigned members = get(word, kKnown) | (rules_.maximal_isr ? get(word, kPending) : 0);
  unsigned least = get(word, end_of(0));
  for (unsigned f = 1; f < bounds_.replicas; ++f)
    if (has(members, f - 1)) least = std::min(least, get(word, end_of(f)));
  return least;
}

void AsyncIsrModel::successors(const State& state, const Emit<State>& emit) const {
  const uint64_t word = state.word;
  if (get(word, kVersion) < bounds_.last_version) controller_steps(state, emit);
  State next = state;
  for (unsigned version = get(word, kKnownAt) + 1; version <= get(word, kVersion); ++version) {
    if (get(word, never_told(version)) == 1) continue;
    next.word = with(with(word, kKnownAt, version), kKnown, get(word, decision(version)));
    next.word = with(with(next.word, kPending, 0), kHasPending, 0);
    emit(Step(kLeaderLearn, version), next);
  }
  const unsigned end = get(word, end_of(0));
  if (end < bounds_.last_offset) {
    next.word = with(word, end_of(0), end + 1);
    emit(Step(kLeaderWrite), next);
  }
  for (unsigned f = 1; f < bounds_.replicas; ++f) {
    proposal_steps(state, f, emit);
    if (get(word, end_of(f)) < end) {
      next.word = with(word, end_of(f), get(word, end_of(f)) + 1);
      emit(Step(kFollowerFetch, f), next);
    }
  }
}

void AsyncIsrModel::controller_steps(const State& state, const Emit<State>& emit) const {
  const unsigned version = get(state.word, kVersion), isr = get(state.word, kIsr);
  const auto decide = [&](Step step, unsigned members) {
    State next = state;
    next.word = with(with(state.word, kIsr, members), kVersion, version + 1);
    if (step.action == kCtrlAccept && !rules_.learn_what_was_accepted)
      next.word = with(next.word, never_told(version + 1), 1);
    else
      next.word = with(next.word, decision(version + 1), members);
    emit(step, next);
  };
  for (unsigned f = 1; f < bounds_.replicas; ++f)
    if (has(isr, f - 1)) decide(Step(kCtrlShrinkIsr, f), isr & ~bit(f - 1));
  for (unsigned made_on = 0; made_on <= bounds_.last_version; ++made_on)
    for (unsigned members = 0; members < 8; ++members)
      if ((state.proposals >> proposal_bit(made_on, members) & 1) != 0 &&
          (made_on == version || !rules_.check_version))
        decide(Step(kCtrlAccept, made_on, members << 1 | 1), members);
}

void AsyncIsrModel::proposal_steps(const State& state, unsigned f, const Emit<State>& emit) const {
  const unsigned known = get(state.word, kKnown), members = known ^ bit(f - 1);
  const bool leaves = has(known, f - 1);
  if (!leaves && rules_.join_at_high_watermark &&
      get(state.word, end_of(f)) < high_watermark(state.word))
    return;
  const unsigned older = rules_.remember_all_proposals ? get(state.word, kPending) : 0;
  State next = state;
  next.word = with(with(state.word, kPending, older | members), kHasPending, 1);
  next.proposals |= uint64_t{1} << proposal_bit(get(state.word, kKnownAt), members);
  emit(Step(leaves ? kProposeShrink : kProposeExpand, f), next);
}

bool AsyncIsrModel::valid_high_watermark(const State& state) const {
  const unsigned high_watermark = this->high_watermark(state.word);
  for (unsigned f = 1; f < bounds_.replicas; ++f)
    if (has(get(state.word, kIsr), f - 1) && get(state.word, end_of(f)) < high_watermark)
      return false;
  return true;
}

bool AsyncIsrModel::never_falls(const State& before, const Step&, const State& after) const {
  return high_watermark(after.word) >= high_watermark(before.word);
}

bool AsyncIsrModel::leader_is_current(const State& state) const {
  return get(state.word, kKnownAt) == get(state.word, kVersion);
}

std::vector<Fairness> AsyncIsrModel::fairness() const { return {{Strength::kWeak, kLeaderLearn}}; }

std::vector<Invariant<AsyncIsrModel>> AsyncIsrModel::invariants() const {
  return {{"ValidHighWatermark", &AsyncIsrModel::valid_high_watermark}};
}

std::vector<ActionProperty<AsyncIsrModel>> AsyncIsrModel::action_properties() const {
  return {{"HighWatermarkNeverFalls", &AsyncIsrModel::never_falls}};
}

AsyncIsrModel::State AsyncIsrModel::permuted(const State& state,
                                             const Permutation& permutation) const {
  const auto renamed = [&](unsigned members) {
    unsigned mask = 0;
    for (int f = 0; f + 1 < static_cast<int>(bounds_.replicas); ++f)
      if (has(members, static_cast<unsigned>(f)))
        mask |= bit(static_cast<unsigned>(permutation.of(0, f)));
    return mask;
  };
  State out{.word = state.word};
  for (const BitField field : {kIsr, kKnown, kPending})
    out.word = with(out.word, field, renamed(get(state.word, field)));
  for (unsigned version = 1; version <= bounds_.last_version; ++version)
    out.word = with(out.word, decision(version), renamed(get(state.word, decision(version))));
  for (unsigned f = 0; f + 1 < bounds_.replicas; ++f) {
    const auto to = static_cast<unsigned>(permutation.of(0, static_cast<int>(f)));
    out.word = with(out.word, end_of(to + 1), get(state.word, end_of(f + 1)));
  }
  for (unsigned i = 0; i < 64; ++i)
    if ((state.proposals >> i & 1) != 0)
      out.proposals |= uint64_t{1} << proposal_bit(i / 8, renamed(i % 8));
  return out;
}

std::vector<ActionInfo> AsyncIsrModel::actions() const {
  return {{"CtrlShrinkIsr", {"follower"}}, {"CtrlAccept", {"version", "members"}},
          {"ProposeShrink", {"follower"}}, {"ProposeExpand", {"follower"}},
          {"LeaderLearn", {"version"}},    {"LeaderWrite", {}},
          {"FollowerFetch", {"follower"}}};
}

int AsyncIsrModel::node(const Step& step) const {
  if (step.action == kFollowerFetch) return step.parameters[0];
  return step.action <= kCtrlAccept ? -1 : 0;
}

void AsyncIsrModel::describe(const State& state, Fields& fields) const {
  const auto members = [](unsigned followers) { return members_text(followers << 1 | 1); };
  const uint64_t word = state.word;
  fields.add("controller isr", members(get(word, kIsr)));
  fields.add("controller version", get(word, kVersion));
  fields.add("leader isr", members(get(word, kKnown)));
  fields.add("leader version", get(word, kKnownAt));
  fields.add("leader proposed",
             get(word, kHasPending) == 0 ? "nothing" : members(get(word, kPending)));
  fields.add("high watermark", high_watermark(word));
  for (unsigned r = 0; r < bounds_.replicas; ++r)
    fields.add("replica " + std::to_string(r) + " end", get(word, end_of(r)));
  std::string proposals;
  for (unsigned i = 0; i < 64; ++i)
    if ((state.proposals >> i & 1) != 0)
      proposals += (proposals.empty() ? "v" : " v") + std::to_string(i / 8) + members(i % 8);
  fields.add("proposals", proposals);
}

}  // namespace faultline::model
