// SPDX-License-Identifier: Apache-2.0
// A message and its answer are one step; but what a leader knows of a follower is as old as its
// last fetch.
#include "model/specs/kraft.h"

#include <algorithm>
#include <bit>
#include <string>

#include "model/specs/kraft_layout.h"

namespace faultline::model {

namespace {

using namespace kraft;
using State = Kraft::State;
// clang-format off
enum Action : uint16_t { kTimeout, kPreVote, kStand, kVote, kBecomeLeader, kBeginQuorum, kFetch, kFetchUnanswered, kTruncate,
                         kCommit, kWrite, kChangeVoter, kResign, kRestart, kLoseDisk };
// clang-format on

// A new role in an epoch; what belongs to the old one is forgotten, the vote only in a later epoch.
uint64_t in_role(uint64_t server, Role role, unsigned epoch, unsigned leader) {
  if (epoch > get(server, kEpoch)) server = with(server, kVoted, 0);
  server = with(with(server, kEpoch, epoch), kRole, role);
  return with(with(with(with(server, kKnown, leader), kFetched, 0), kVotes, 0), kAllAcked, 0);
}

}  // namespace

// The newest set in its log counts, committed or not.
unsigned Kraft::voters(uint64_t server) const {
  for (unsigned i = get(server, kEnd); i > 0; --i)
    if (get(server, record_voters(i - 1)) != 0) return get(server, record_voters(i - 1));
  return bit(bounds_.voters) - 1;
}

bool Kraft::is_majority(uint64_t server, unsigned members) const {
  const unsigned all = voters(server);
  return 2 * std::popcount(members & all) > std::popcount(all);
}

void Kraft::successors(const State& state, const Emit<State>& emit) const {
  for (unsigned s = 0; s < bounds_.servers; ++s) {
    election_steps(state, s, emit);
    if (is(state.server[s], kLeader)) leader_steps(state, s, emit);
    failure_steps(state, s, emit);
    for (unsigned other = 0; other < bounds_.servers; ++other) {
      if (other == s) continue;
      vote_steps(state, other, s, emit);
      if (is(state.server[s], kLeader)) fetch_steps(state, other, s, emit);
    }
  }
}

void Kraft::election_steps(const State& state, unsigned s, const Emit<State>& emit) const {
  const uint64_t me = state.server[s];
  const unsigned epoch = get(me, kEpoch);
  State next = state;
  if (!is(me, kProspective) && !is(me, kLeader) && has(voters(me), s) && epoch < bounds_.epochs &&
      get(me, kReplaced) == 0 && (rules_.fetch_times_out || get(me, kFetched) == 0)) {
    next.server[s] = with(in_role(me, kProspective, epoch, 0), kVotes, bit(s));
    emit(Step(kTimeout, s), next);
  }
  if (is(me, kProspective) && is_majority(me, get(me, kVotes))) {
    const unsigned votes = rules_.votes_start_anew ? bit(s) : get(me, kVotes);
    const uint64_t standing = in_role(me, kCandidate, epoch + 1, 0);
    next.server[s] = with(with(standing, kVoted, s + 1), kVotes, votes);
    emit(Step(kStand, s), next);
  }
  if (is(me, kCandidate) && get(me, kEnd) < kSlots && is_majority(me, get(me, kVotes))) {
    next.server[s] = appended(in_role(me, kLeader, epoch, s + 1), epoch);
    emit(Step(kBecomeLeader, s), next);
  }
}

// A later epoch makes the voter unattached first. A follower that fetches needs no election.
void Kraft::vote_steps(const State& state, unsigned voter, unsigned asks,
                       const Emit<State>& emit) const {
  const uint64_t candidate = state.server[asks];
  const bool is_pre = is(candidate, kProspective);
  if (!is_pre && !is(candidate, kCandidate)) return;
  uint64_t me = state.server[voter];
  const unsigned epoch = get(candidate, kEpoch);
  if (get(me, kEpoch) > epoch || has(get(candidate, kVotes), voter)) return;
  if (get(me, kEpoch) < epoch) me = in_role(me, kUnattached, epoch, 0);
  if (freshness(candidate) < freshness(me) || get(me, kReplaced) == 1) return;
  if (is_pre) {
    if (is(me, kLeader) || (is(me, kFollower) && get(me, kFetched) == 1)) return;
  } else {
    const unsigned voted = get(me, kVoted);
    if (!(is(me, kUnattached) || is(me, kProspective)) || (voted != 0 && voted != asks + 1)) return;
    me = with(in_role(me, kUnattached, epoch, 0), kVoted, asks + 1);
  }
  State next = state;
  next.server[voter] = me;
  next.server[asks] = with(candidate, kVotes, get(candidate, kVotes) | bit(voter));
  emit(Step(is_pre ? kPreVote : kVote, voter, asks), next);
}

void Kraft::leader_steps(const State& state, unsigned leader, const Emit<State>& emit) const {
  const uint64_t me = state.server[leader];
  const unsigned epoch = get(me, kEpoch), end = get(me, kEnd), hw = get(me, kHw);
  const unsigned written = get(state.history, kWritten), changes = get(state.history, kChanges);
  State next = state;
  if (written < bounds_.records && end < kSlots) {
    next.server[leader] = appended(me, epoch);
    next.history = with(state.history, kWritten, written + 1);
    emit(Step(kWrite, leader), next);
  }
  unsigned last_change = 0;  // one after it
  for (unsigned i = 0; i < end; ++i)
    if (get(me, record_voters(i)) != 0) last_change = i + 1;
  const bool knows_its_quorum = hw > 0 && get(me, record_epoch(hw - 1)) == epoch;
  if (changes < bounds_.changes && end < kSlots && knows_its_quorum &&
      (last_change <= hw || !rules_.one_change_at_a_time))
    for (unsigned s = 0; s < bounds_.servers; ++s) {
      const unsigned members = voters(me) ^ bit(s);
      if (members == 0 || (has(members, s) && get(state.server[s], kReplaced) == 1)) continue;
      next.server[leader] = appended(me, members << 3 | epoch);
      next.history = with(state.history, kChanges, changes + 1);
      emit(Step(kChangeVoter, leader, s), next);
    }
  next = state;
  if (!has(voters(me), leader) && last_change <= hw) {
    next.server[leader] = in_role(me, kUnattached, epoch, 0);
    emit(Step(kResign, leader), next);
    next = state;
  }
  const unsigned to = committable(state, leader);
  if (to <= hw) return;
  next.server[leader] = with(me, kHw, to);
  next.history = with(state.history, kByEpoch, std::max(get(state.history, kByEpoch), epoch));
  for (unsigned i = 0; i < to; ++i) {
    const unsigned count = get(next.history, kCount);
    if (i == count)
      next.history = with(with(next.history, record(i), get(me, record(i))), kCount, i + 1);
    else if (get(next.history, record(i)) != get(me, record(i)))
      next.history = with(next.history, kConflict, 1);
  }
  emit(Step(kCommit, leader), next);
}

unsigned Kraft::committable(const State& state, unsigned leader) const {
  const uint64_t me = state.server[leader];
  for (unsigned to = get(me, kEnd); to > 0; --to) {
    unsigned holders = bit(leader);  // does not count where it is no voter
    for (unsigned s = 0; s < bounds_.servers; ++s)
      if (get(me, acked(s)) >= to) holders |= bit(s);
    if (is_majority(me, holders) &&
        (get(me, record_epoch(to - 1)) == get(me, kEpoch) || !rules_.commit_own_epoch_only))
      return to;
  }
  return 0;
}

void Kraft::fetch_steps(const State& state, unsigned follower, unsigned leader,
                        const Emit<State>& emit) const {
  const uint64_t from = state.server[leader], to = state.server[follower];
  State next = state;
  if (get(to, kEpoch) > get(from, kEpoch) ||
      (get(to, kEpoch) == get(from, kEpoch) && is(to, kLeader)))
    return;
  if (get(to, kEpoch) < get(from, kEpoch) || !is(to, kFollower)) {
    next.server[follower] = in_role(to, kFollower, get(from, kEpoch), leader + 1);
    emit(Step(kBeginQuorum, follower, leader), next);
    return;
  }
  if (get(to, kKnown) != leader + 1) return;
  const unsigned end = get(to, kEnd), same = matching(from, to);
  const bool diverges = same < end;
  if (get(to, kReplaced) == 0 && (!diverges || !rules_.diverging_fetch_not_counted))
    next.server[leader] = with(from, acked(follower), end);
  if (next.server != state.server) emit(Step(kFetchUnanswered, follower, leader), next);
  uint64_t after = to;
  if (diverges)
    after = with(after, kEnd, same) & (below(same) << kLog | ((uint64_t{1} << kLog) - 1));
  else if (end < get(from, kEnd))
    after = appended(after, get(from, record(end)));
  after = with(with(after, kHw, std::min(get(from, kHw), get(after, kEnd))), kFetched, 1);
  next.server[follower] = after;
  if (after != to) emit(Step(diverges ? kTruncate : kFetch, follower, leader), next);
}

// Epoch, vote and log are on disk.
void Kraft::failure_steps(const State& state, unsigned s, const Emit<State>& emit) const {
  const uint64_t me = state.server[s];
  const unsigned restarts = get(state.history, kRestarts), disks = get(state.history, kDisks);
  State next = state;
  if (restarts < bounds_.restarts) {
    next.server[s] = with(in_role(me, kUnattached, get(me, kEpoch), 0), kHw, 0);
    next.history = with(state.history, kRestarts, restarts + 1);
    emit(Step(kRestart, s), next);
  }
  if (disks < bounds_.disks) {
    next.server[s] = with(uint64_t{0}, kReplaced, rules_.disk_is_identity ? 1 : 0);
    next.history = with(state.history, kDisks, disks + 1);
    emit(Step(kLoseDisk, s), next);
  }
}

bool Kraft::one_leader_per_epoch(const State& state) const {
  for (size_t a = 0; a < kServersMax; ++a)
    for (size_t b = 0; b < a; ++b)
      if (is(state.server[a], kLeader) && is(state.server[b], kLeader) &&
          get(state.server[a], kEpoch) == get(state.server[b], kEpoch))
        return false;
  return true;
}

// Who leads since the last commit has all that was committed, and no two commits differ.
bool Kraft::committed_survives(const State& state) const {
  const unsigned count = get(state.history, kCount);
  for (const uint64_t server : state.server)
    if (is(server, kLeader) && get(server, kEpoch) >= get(state.history, kByEpoch) &&
        (get(server, kEnd) < count || ((server ^ state.history) >> kLog & below(count)) != 0))
      return false;
  return get(state.history, kConflict) == 0;
}

bool Kraft::nothing_committed_is_cut(const State& before, const Step& step,
                                     const State& after) const {
  const auto s = static_cast<size_t>(step.parameters[0]);
  return step.action != kTruncate || get(after.server[s], kEnd) >= get(before.server[s], kHw);
}

// Or nobody can, because the epochs of the bound are used up.
bool Kraft::someone_leads(const State& state) const {
  return std::ranges::any_of(state.server, [this](uint64_t server) {
    return is(server, kLeader) || get(server, kEpoch) == bounds_.epochs;
  });
}

std::vector<Invariant<Kraft>> Kraft::invariants() const {
  return {{"OneLeaderPerEpoch", &Kraft::one_leader_per_epoch},
          {"CommittedSurvives", &Kraft::committed_survives}};
}

std::vector<Fairness> Kraft::fairness() const {
  std::vector<Fairness> list;
  for (int s = 0; s < static_cast<int>(bounds_.servers); ++s)
    for (const Action action : {kTimeout, kPreVote, kStand, kVote, kBecomeLeader, kBeginQuorum})
      list.push_back({Strength::kWeak, action, s});
  return list;
}

Kraft::State Kraft::permuted(const State& state, const Permutation& permutation) const {
  const auto to = [&](unsigned s) {
    return s < bounds_.voters ? static_cast<unsigned>(permutation.of(0, static_cast<int>(s))) : s;
  };
  const auto renamed = [&](uint64_t word, BitField mask) {
    unsigned members = 0;
    for (unsigned s = 0; s < bounds_.servers; ++s)
      if (has(get(word, mask), s)) members |= bit(to(s));
    return with(word, mask, members);
  };
  State out{.server = {}, .history = state.history};
  for (unsigned s = 0; s < bounds_.servers; ++s) {
    uint64_t word = renamed(state.server[s], kVotes);
    for (const BitField who : {kVoted, kKnown})
      if (get(word, who) != 0) word = with(word, who, to(get(word, who) - 1) + 1);
    for (unsigned i = 0; i < kSlots; ++i) word = renamed(word, record_voters(i));
    for (unsigned f = 0; f < bounds_.servers; ++f)
      word = with(word, acked(to(f)), get(state.server[s], acked(f)));
    out.server[to(s)] = word;
  }
  for (unsigned i = 0; i < kSlots; ++i) out.history = renamed(out.history, record_voters(i));
  return out;
}

std::vector<ActionInfo> Kraft::actions() const {
  return {{"Timeout", {"server"}},
          {"PreVote", {"server", "asks"}},
          {"Stand", {"server"}},
          {"Vote", {"server", "candidate"}},
          {"BecomeLeader", {"server"}},
          {"BeginQuorum", {"server", "leader"}},
          {"Fetch", {"server", "leader"}},
          {"FetchUnanswered", {"server", "leader"}},
          {"Truncate", {"server", "leader"}},
          {"Commit", {"server"}},
          {"Write", {"server"}},
          {"ChangeVoter", {"server", "changed"}},
          {"Resign", {"server"}},
          {"Restart", {"server"}},
          {"LoseDisk", {"server"}}};
}

void Kraft::describe(const State& state, Fields& fields) const {
  for (unsigned s = 0; s < bounds_.servers; ++s)
    describe_server(state.server[s], "server " + std::to_string(s), fields);
  fields.add("ever committed", log_text(state.history, get(state.history, kCount)));
}

}  // namespace faultline::model
