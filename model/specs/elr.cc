// SPDX-License-Identifier: Apache-2.0
// Decisions of the controller reach brokers at once (for when they do not: isr and async-isr). A
// record is named by its epoch and offset.
#include "model/specs/elr.h"

#include <algorithm>
#include <bit>
#include <string>

#include "model/specs/bit_field.h"

namespace faultline::model {

namespace {

using State = Elr::State;
enum Status : uint8_t { kUp, kStopped, kLostPower };
// clang-format off
enum Action : uint16_t { kElect, kFence, kRestart, kStop, kLosePower, kWrite, kFetch, kTruncate, kCommit,
                         kShrinkIsr, kExpandIsr };
// clang-format on

// A broker: its status, its log's length, how far the leader knows it to be, the epochs of its
// records.
constexpr BitField kStatus{0, 2}, kEnd{2, 3}, kAcked{5, 3};
constexpr unsigned kLog = 8, kSlots = 4;
constexpr BitField record(unsigned i) { return {kLog + 3 * i, 3}; }
constexpr uint32_t below(unsigned i) { return (1U << 3 * i) - 1; }

// The partition: leader (plus one; 0: none), its epoch, in-sync and eligible replicas, high
// watermark.
constexpr BitField kLeader{0, 2}, kEpoch{2, 3}, kIsr{5, 3}, kElr{8, 3}, kHw{11, 3};

// History: budgets used, and all that was ever committed, in the same place as a broker's log.
constexpr BitField kWritten{20, 3}, kLosses{23, 2}, kStops{25, 2}, kCount{2, 3}, kConflict{27, 1};

bool is_up(const State& state, unsigned r) { return get(state.broker[r], kStatus) == kUp; }

unsigned matching(uint32_t a, uint32_t b) {
  unsigned i = 0;
  while (i < std::min(get(a, kEnd), get(b, kEnd)) && get(a, record(i)) == get(b, record(i))) ++i;
  return i;
}

uint32_t truncated(uint32_t broker, unsigned end) {
  return with(broker, kEnd, end) & (below(end) << kLog | ((1U << kLog) - 1));
}

bool has_committed(const State& state, unsigned r) {
  return matching(state.broker[r], state.history) == get(state.history, kCount);
}

}  // namespace

void Elr::initial_states(const Emit<State>& emit) const {
  State state;
  state.partition = with(state.partition, kIsr, bit(bounds_.brokers) - 1);
  emit(state);
}

bool Elr::is_large_enough(unsigned isr) const {
  return std::popcount(isr) >= static_cast<int>(bounds_.min_isr);
}

// Who leaves a set that becomes too small stays eligible: nothing is committed without it.
uint32_t Elr::with_isr(uint32_t partition, unsigned isr) const {
  unsigned elr = get(partition, kElr) & ~isr;
  if (rules_.keeps_eligible && !is_large_enough(isr)) elr |= get(partition, kIsr) & ~isr;
  if (is_large_enough(isr) && rules_.clears_eligible) elr = 0;
  return with(with(partition, kIsr, isr), kElr, elr);
}

void Elr::successors(const State& state, const Emit<State>& emit) const {
  for (unsigned r = 0; r < bounds_.brokers; ++r) {
    failure_steps(state, r, emit);
    controller_steps(state, r, emit);
  }
  const unsigned leader = get(state.partition, kLeader);
  if (leader != 0 && is_up(state, leader - 1)) leader_steps(state, leader - 1, emit);
}

void Elr::failure_steps(const State& state, unsigned r, const Emit<State>& emit) const {
  const uint32_t me = state.broker[r];
  const unsigned losses = get(state.history, kLosses), stops = get(state.history, kStops);
  State next = state;
  if (!is_up(state, r)) {
    const bool is_unclean = get(me, kStatus) == kLostPower;
    next.broker[r] = with(me, kStatus, kUp);
    if (rules_.checks_broker_epoch) next.broker[r] = with(next.broker[r], kAcked, 0);
    if (get(state.partition, kLeader) == r + 1) next.partition = with(state.partition, kLeader, 0);
    if (is_unclean && rules_.detects_unclean) {
      const unsigned isr = get(state.partition, kIsr) & ~bit(r);
      const uint32_t changed = with_isr(next.partition, isr);
      next.partition = with(changed, kElr, get(changed, kElr) & ~bit(r));
    }
    emit(Step(kRestart, r), next);
    return;
  }
  if (stops < bounds_.stops) {
    next.broker[r] = with(me, kStatus, kStopped);
    next.history = with(state.history, kStops, stops + 1);
    emit(Step(kStop, r), next);
  }
  if (losses == bounds_.losses) return;
  next.history = with(state.history, kLosses, losses + 1);
  for (unsigned keep = 0; keep <= get(me, kEnd); ++keep) {
    next.broker[r] = with(truncated(me, keep), kStatus, kLostPower);
    emit(Step(kLosePower, r, keep), next);
  }
}

// Without eligible replicas the last member of the set stays in it, come what may.
void Elr::controller_steps(const State& state, unsigned r, const Emit<State>& emit) const {
  const uint32_t partition = state.partition;
  const unsigned isr = get(partition, kIsr), leader = get(partition, kLeader);
  State next = state;
  if (!is_up(state, r) && (has(isr, r) || leader == r + 1)) {
    const unsigned rest = isr & ~bit(r);
    next.partition = with_isr(partition, rest == 0 && !rules_.keeps_eligible ? isr : rest);
    if (leader == r + 1) next.partition = with(next.partition, kLeader, 0);
    if (next.partition != partition) emit(Step(kFence, r), next);
    return;
  }
  if (leader != 0 || !is_up(state, r) || get(partition, kEpoch) == bounds_.epochs) return;
  bool is_any_in_sync = false;
  for (unsigned other = 0; other < bounds_.brokers; ++other)
    is_any_in_sync = is_any_in_sync || (has(isr, other) && is_up(state, other));
  if (!has(isr, r) && (is_any_in_sync || !has(get(partition, kElr), r) || !rules_.elects_eligible))
    return;
  next.partition = has(isr, r) ? partition : with_isr(partition, isr | bit(r));
  next.partition = with(with(next.partition, kLeader, r + 1), kHw, 0);
  next.partition = with(next.partition, kEpoch, get(partition, kEpoch) + 1);
  for (uint32_t& broker : next.broker) broker = with(broker, kAcked, 0);
  emit(Step(kElect, r), next);
}

void Elr::leader_steps(const State& state, unsigned leader, const Emit<State>& emit) const {
  const uint32_t me = state.broker[leader], partition = state.partition;
  const unsigned isr = get(partition, kIsr), end = get(me, kEnd), hw = get(partition, kHw);
  const unsigned written = get(state.history, kWritten);
  State next = state;
  if (written < bounds_.records && end < kSlots && is_large_enough(isr)) {
    next.broker[leader] = with(with(me, kEnd, end + 1), record(end), get(partition, kEpoch));
    next.history = with(state.history, kWritten, written + 1);
    emit(Step(kWrite, leader), next);
    next = state;
  }
  unsigned to = end;
  for (unsigned r = 0; r < bounds_.brokers; ++r)
    if (r != leader && has(isr, r)) to = std::min(to, get(state.broker[r], kAcked));
  if (to > hw && (is_large_enough(isr) || !rules_.commits_at_min_isr_only)) {
    next.partition = with(partition, kHw, to);
    const unsigned count = get(state.history, kCount);
    if (matching(me, state.history) < std::min(to, count))
      next.history = with(next.history, kConflict, 1);
    for (unsigned i = count; i < to; ++i)
      next.history = with(with(next.history, record(i), get(me, record(i))), kCount, i + 1);
    emit(Step(kCommit, leader), next);
  }
  for (unsigned f = 0; f < bounds_.brokers; ++f) {
    if (f == leader) continue;
    isr_step(state, leader, f, emit);
    if (is_up(state, f)) fetch_step(state, leader, f, emit);
  }
}

// To join, a follower has all that is committed, and all that there was when this leader began.
void Elr::isr_step(const State& state, unsigned leader, unsigned f, const Emit<State>& emit) const {
  const uint32_t me = state.broker[leader], partition = state.partition;
  const unsigned isr = get(partition, kIsr), acked = get(state.broker[f], kAcked);
  unsigned began = 0;
  while (began < get(me, kEnd) && get(me, record(began)) < get(partition, kEpoch)) ++began;
  const bool joins = is_up(state, f) && acked >= get(partition, kHw) && acked >= began;
  if (has(isr, f) ? acked == get(me, kEnd) : !joins) return;
  State next = state;
  next.partition = with_isr(partition, isr ^ bit(f));
  emit(Step(has(isr, f) ? kShrinkIsr : kExpandIsr, leader, f), next);
}

void Elr::fetch_step(const State& state, unsigned leader, unsigned f,
                     const Emit<State>& emit) const {
  const uint32_t from = state.broker[leader], to = state.broker[f];
  const unsigned end = get(to, kEnd), same = matching(from, to);
  State next = state;
  if (same < end) {
    next.broker[f] = truncated(to, same);
  } else {
    uint32_t after = with(to, kAcked, end);
    if (end < get(from, kEnd))
      after = with(with(after, kEnd, end + 1), record(end), get(from, record(end)));
    next.broker[f] = after;
  }
  if (next.broker[f] != to) emit(Step(same < end ? kTruncate : kFetch, f, leader), next);
}

bool Elr::leader_has_committed(const State& state) const {
  const unsigned leader = get(state.partition, kLeader);
  return get(state.history, kConflict) == 0 &&
         (leader == 0 || !is_up(state, leader - 1) || has_committed(state, leader - 1));
}

bool Elr::eligible_have_committed(const State& state) const {
  const unsigned eligible = get(state.partition, kIsr) | get(state.partition, kElr);
  for (unsigned r = 0; r < bounds_.brokers; ++r)
    if (has(eligible, r) && is_up(state, r) && !has_committed(state, r)) return false;
  return true;
}

bool Elr::sets_are_valid(const State& state) const {
  const unsigned isr = get(state.partition, kIsr), elr = get(state.partition, kElr);
  return (isr & elr) == 0 && (elr == 0 || !is_large_enough(isr));
}

// Or nobody can: nobody is eligible, or the epochs of the bound are used up.
bool Elr::some_eligible_leads(const State& state) const {
  const unsigned leader = get(state.partition, kLeader);
  return (leader != 0 && is_up(state, leader - 1)) ||
         get(state.partition, kEpoch) == bounds_.epochs ||
         (get(state.partition, kIsr) | get(state.partition, kElr)) == 0;
}

std::vector<Fairness> Elr::fairness() const {
  std::vector<Fairness> list;
  for (int r = 0; r < static_cast<int>(bounds_.brokers); ++r)
    for (const Action action : {kElect, kFence, kRestart})
      list.push_back({Strength::kWeak, action, r});
  return list;
}

std::vector<Invariant<Elr>> Elr::invariants() const {
  return {{"LeaderHasCommitted", &Elr::leader_has_committed},
          {"EligibleHaveCommitted", &Elr::eligible_have_committed},
          {"SetsAreValid", &Elr::sets_are_valid}};
}

Elr::State Elr::permuted(const State& state, const Permutation& permutation) const {
  const auto to = [&](unsigned r) {
    return static_cast<unsigned>(permutation.of(0, static_cast<int>(r)));
  };
  State out = state;
  for (unsigned r = 0; r < bounds_.brokers; ++r) out.broker[to(r)] = state.broker[r];
  const unsigned leader = get(state.partition, kLeader);
  if (leader != 0) out.partition = with(out.partition, kLeader, to(leader - 1) + 1);
  for (const BitField set : {kIsr, kElr}) {
    unsigned members = 0;
    for (unsigned r = 0; r < bounds_.brokers; ++r)
      if (has(get(state.partition, set), r)) members |= bit(to(r));
    out.partition = with(out.partition, set, members);
  }
  return out;
}

std::vector<ActionInfo> Elr::actions() const {
  return {{"Elect", {"broker"}},
          {"Fence", {"broker"}},
          {"Restart", {"broker"}},
          {"Stop", {"broker"}},
          {"LosePower", {"broker", "keep"}},
          {"Write", {"broker"}},
          {"Fetch", {"broker", "leader"}},
          {"Truncate", {"broker", "leader"}},
          {"Commit", {"broker"}},
          {"ShrinkIsr", {"broker", "follower"}},
          {"ExpandIsr", {"broker", "follower"}}};
}

int Elr::node(const Step& step) const { return step.action <= kFence ? -1 : step.parameters[0]; }

void Elr::describe(const State& state, Fields& fields) const {
  constexpr std::array kStatuses = {"up", "stopped", "lost power"};
  const auto log = [](uint32_t word) {
    std::string text = "[";
    for (unsigned i = 0; i < get(word, kEnd); ++i)
      text += (i == 0 ? "e" : " e") + std::to_string(get(word, record(i)));
    return text + "]";
  };
  for (unsigned r = 0; r < bounds_.brokers; ++r) {
    const std::string name = "broker " + std::to_string(r);
    fields.add(name, kStatuses[get(state.broker[r], kStatus)]);
    fields.add(name + " log", log(state.broker[r]));
    fields.add(name + " known to have", get(state.broker[r], kAcked));
  }
  fields.add("leader", one_or_none_text(get(state.partition, kLeader)));
  fields.add("epoch", get(state.partition, kEpoch));
  fields.add("in sync", members_text(get(state.partition, kIsr)));
  fields.add("eligible", members_text(get(state.partition, kElr)));
  fields.add("high watermark", get(state.partition, kHw));
  fields.add("ever committed", log(state.history));
}

}  // namespace faultline::model
