// SPDX-License-Identifier: Apache-2.0
// A message and its answer are one step; everything that a crash can separate is two.
#include "model/specs/fsync_raft.h"

#include <algorithm>
#include <bit>
#include <string>

#include "model/specs/bit_field.h"

namespace faultline::model {

namespace {

using State = FsyncRaft::State;
enum Role : uint8_t { kFollower, kCandidate, kLeader };
// clang-format off
enum Action : uint16_t { kTimeout, kVote, kBecomeLeader, kWrite, kAppend, kFsync, kCommit, kPowerLoss };
// clang-format on

// A server: its term, whom it voted for in it (plus one), its role, who voted for it, its log's
// length and how much of that is on disk, how much it knows committed, whether it must catch up
// after a loss of power, and its records {id, term}, zero where none is.
constexpr BitField kTerm{0, 2}, kVoted{2, 2}, kRole{4, 2}, kVotes{6, 3}, kEnd{9, 2}, kSynced{11, 2};
constexpr BitField kCommitted{13, 2}, kMustCatchUp{15, 1};
constexpr unsigned kLog = 16, kRecordBits = 4;
constexpr BitField record(unsigned i) { return {kLog + kRecordBits * i, kRecordBits}; }
constexpr BitField record_term(unsigned i) { return {kLog + kRecordBits * i, 2}; }
constexpr uint32_t below(unsigned i) { return (1U << kRecordBits * i) - 1; }

// History: records written, losses of power, and all that any leader has committed: the term of the
// last that did, how many, whether two differed, and the records in the same place as those of a
// server.
constexpr BitField kWritten{0, 2}, kLosses{2, 2}, kByTerm{4, 2}, kCount{6, 2}, kConflict{8, 1};

bool same_below(uint32_t a, uint32_t b, unsigned i) { return ((a ^ b) >> kLog & below(i)) == 0; }

unsigned matching(uint32_t a, uint32_t b) {
  unsigned i = 0;
  while (i < std::min(get(a, kEnd), get(b, kEnd)) && get(a, record(i)) == get(b, record(i))) ++i;
  return i;
}

// To compare two logs: the term of the last record, then the length.
unsigned freshness(uint32_t server) {
  const unsigned end = get(server, kEnd);
  return end == 0 ? 0 : get(server, record_term(end - 1)) << 2 | end;
}

uint32_t truncated(uint32_t server, unsigned end) {
  server = with(server, kEnd, end) & (below(end) << kLog | ((1U << kLog) - 1));
  return with(server, kSynced, std::min(get(server, kSynced), end));
}

// Hears of a higher term, or of the leader of its own.
uint32_t following(uint32_t server, unsigned term, bool keeps_vote) {
  if (term > get(server, kTerm) || !keeps_vote) server = with(server, kVoted, 0);
  return with(with(with(server, kTerm, term), kRole, kFollower), kVotes, 0);
}

}  // namespace

void FsyncRaft::successors(const State& state, const Emit<State>& emit) const {
  for (unsigned s = 0; s < bounds_.servers; ++s) {
    own_steps(state, s, emit);
    if (get(state.server[s], kRole) == kLeader) leader_steps(state, s, emit);
    for (unsigned other = 0; other < bounds_.servers; ++other) {
      if (other == s) continue;
      if (get(state.server[s], kRole) == kCandidate) vote_step(state, other, s, emit);
      if (get(state.server[s], kRole) == kLeader) append_step(state, other, s, emit);
    }
    if (get(state.history, kLosses) < bounds_.losses) power_loss_steps(state, s, emit);
  }
}

void FsyncRaft::own_steps(const State& state, unsigned s, const Emit<State>& emit) const {
  const uint32_t me = state.server[s];
  State next = state;
  if (get(me, kRole) != kLeader && get(me, kTerm) < bounds_.terms && get(me, kMustCatchUp) == 0) {
    const uint32_t standing = with(with(me, kTerm, get(me, kTerm) + 1), kVoted, s + 1);
    next.server[s] = with(with(standing, kRole, kCandidate), kVotes, bit(s));
    emit(Step(kTimeout, s), next);
  }
  if (get(me, kRole) == kCandidate &&
      2 * static_cast<unsigned>(std::popcount(get(me, kVotes))) > bounds_.servers) {
    next.server[s] = with(with(me, kRole, kLeader), kVotes, 0);
    emit(Step(kBecomeLeader, s), next);
  }
  if (get(me, kSynced) < get(me, kEnd)) {
    next.server[s] = with(me, kSynced, get(me, kEnd));
    emit(Step(kFsync, s), next);
  }
}

void FsyncRaft::vote_step(const State& state, unsigned voter, unsigned candidate,
                          const Emit<State>& emit) const {
  const uint32_t me = state.server[voter], asks = state.server[candidate];
  const unsigned term = get(asks, kTerm);
  const bool is_free = term > get(me, kTerm) || (term == get(me, kTerm) && get(me, kVoted) == 0);
  if (!is_free || freshness(asks) < freshness(me) || get(me, kMustCatchUp) == 1) return;
  State next = state;
  next.server[voter] = with(following(me, term, true), kVoted, candidate + 1);
  next.server[candidate] = with(asks, kVotes, get(asks, kVotes) | bit(voter));
  emit(Step(kVote, voter, candidate), next);
}

void FsyncRaft::leader_steps(const State& state, unsigned leader, const Emit<State>& emit) const {
  const uint32_t me = state.server[leader];
  const unsigned end = get(me, kEnd), written = get(state.history, kWritten);
  State next = state;
  if (end < bounds_.slots && written < bounds_.records) {
    const unsigned added = written << 2 | get(me, kTerm);
    next.server[leader] = with(with(me, kEnd, end + 1), record(end), added);
    next.history = with(state.history, kWritten, written + 1);
    emit(Step(kWrite, leader), next);
  }
  if (!may_commit(state, leader)) return;
  const unsigned index = get(me, kCommitted), count = get(state.history, kCount);
  next.server[leader] = with(me, kCommitted, index + 1);
  next.history =
      with(state.history, kByTerm, std::max(get(state.history, kByTerm), get(me, kTerm)));
  if (index == count)
    next.history =
        with(with(next.history, kCount, count + 1), record(index), get(me, record(index)));
  else if (get(state.history, record(index)) != get(me, record(index)))
    next.history = with(next.history, kConflict, 1);
  emit(Step(kCommit, leader), next);
}

// The next record is held, on disk where the rules want that, by a majority that follows in this
// term; a record of an older term is committed by one of this term after it.
bool FsyncRaft::may_commit(const State& state, unsigned leader) const {
  const uint32_t me = state.server[leader];
  const unsigned need = get(me, kCommitted) + 1;
  unsigned last = 0;  // the longest prefix that a majority holds
  for (unsigned to = need; to <= get(me, kEnd); ++to) {
    unsigned holders = 0;
    for (unsigned s = 0; s < bounds_.servers; ++s) {
      const uint32_t other = state.server[s];
      const bool wants_disk =
          s == leader ? rules_.leader_syncs_before_count : rules_.follower_syncs_before_ack;
      if (get(other, kTerm) == get(me, kTerm) && matching(me, other) >= to &&
          (!wants_disk || get(other, kSynced) >= to))
        ++holders;
    }
    if (2 * holders > bounds_.servers && get(me, record_term(to - 1)) == get(me, kTerm)) last = to;
  }
  return last >= need;
}

void FsyncRaft::append_step(const State& state, unsigned follower, unsigned leader,
                            const Emit<State>& emit) const {
  const uint32_t from = state.server[leader];
  if (get(state.server[follower], kTerm) > get(from, kTerm)) return;
  if (get(state.server[follower], kRole) == kLeader &&
      get(state.server[follower], kTerm) == get(from, kTerm))
    return;
  uint32_t to = following(state.server[follower], get(from, kTerm), rules_.vote_survives_append);
  const unsigned same = matching(from, to);
  const unsigned sendable = get(from, rules_.leader_syncs_before_append ? kSynced : kEnd);
  if (same < sendable) {
    to = truncated(to, same);
    to = with(with(to, kEnd, same + 1), record(same), get(from, record(same)));
  }
  if (matching(from, to) == get(from, kEnd)) to = with(to, kMustCatchUp, 0);
  if (to == state.server[follower]) return;
  State next = state;
  next.server[follower] = to;
  emit(Step(kAppend, follower, leader), next);
}

// What is not on disk goes, from any place on.
void FsyncRaft::power_loss_steps(const State& state, unsigned s, const Emit<State>& emit) const {
  const uint32_t me = state.server[s];
  for (unsigned keep = get(me, kSynced); keep <= get(me, kEnd); ++keep) {
    uint32_t after = with(with(truncated(me, keep), kSynced, keep), kCommitted, 0);
    if (rules_.leader_resigns_on_restart || get(me, kRole) != kLeader)
      after = with(after, kRole, kFollower);
    after = with(after, kVotes, 0);
    if (!rules_.vote_is_durable) after = with(after, kVoted, 0);
    if (rules_.recovers_before_voting) after = with(after, kMustCatchUp, 1);
    State next = state;
    next.server[s] = after;
    next.history = with(state.history, kLosses, get(state.history, kLosses) + 1);
    emit(Step(kPowerLoss, s, keep), next);
  }
}

bool FsyncRaft::one_leader_per_term(const State& state) const {
  unsigned terms = 0;
  for (const uint32_t server : state.server) {
    if (get(server, kRole) != kLeader) continue;
    if (has(terms, get(server, kTerm))) return false;
    terms |= bit(get(server, kTerm));
  }
  return true;
}

// A term and an index name one record.
bool FsyncRaft::one_record_per_place(const State& state) const {
  for (const uint32_t a : state.server)
    for (const uint32_t b : state.server)
      for (unsigned i = 0; i < std::min(get(a, kEnd), get(b, kEnd)); ++i)
        if (get(a, record_term(i)) == get(b, record_term(i)) &&
            get(a, record(i)) != get(b, record(i)))
          return false;
  return true;
}

// Who leads since the last commit has all that was committed, and no two commits differ.
bool FsyncRaft::committed_survives(const State& state) const {
  const unsigned count = get(state.history, kCount);
  for (const uint32_t server : state.server)
    if (get(server, kRole) == kLeader && get(server, kTerm) >= get(state.history, kByTerm) &&
        (get(server, kEnd) < count || !same_below(server, state.history, count)))
      return false;
  return get(state.history, kConflict) == 0;
}

std::vector<Invariant<FsyncRaft>> FsyncRaft::invariants() const {
  return {{"OneLeaderPerTerm", &FsyncRaft::one_leader_per_term},
          {"OneRecordPerPlace", &FsyncRaft::one_record_per_place},
          {"CommittedSurvives", &FsyncRaft::committed_survives}};
}

FsyncRaft::State FsyncRaft::permuted(const State& state, const Permutation& permutation) const {
  const auto to = [&](unsigned s) {
    return static_cast<unsigned>(permutation.of(0, static_cast<int>(s)));
  };
  State out;
  out.history = state.history;
  for (unsigned s = 0; s < bounds_.servers; ++s) {
    uint32_t word = state.server[s];
    if (get(word, kVoted) != 0) word = with(word, kVoted, to(get(word, kVoted) - 1) + 1);
    unsigned votes = 0;
    for (unsigned voter = 0; voter < bounds_.servers; ++voter)
      if (has(get(word, kVotes), voter)) votes |= bit(to(voter));
    out.server[to(s)] = with(word, kVotes, votes);
  }
  return out;
}

std::vector<ActionInfo> FsyncRaft::actions() const {
  return {{"Timeout", {"server"}}, {"Vote", {"server", "candidate"}}, {"BecomeLeader", {"server"}},
          {"Write", {"server"}},   {"Append", {"server", "leader"}},  {"Fsync", {"server"}},
          {"Commit", {"server"}},  {"PowerLoss", {"server", "keep"}}};
}

void FsyncRaft::describe(const State& state, Fields& fields) const {
  constexpr std::array kRoles = {"follower", "candidate", "leader"};
  const auto log = [](uint32_t word, unsigned end) {
    std::string text = "[";
    for (unsigned i = 0; i < end; ++i)
      text += (i == 0 ? "m" : " m") + std::to_string(get(word, record(i)) >> 2) + "@t" +
              std::to_string(get(word, record_term(i)));
    return text + "]";
  };
  for (unsigned s = 0; s < bounds_.servers; ++s) {
    const uint32_t word = state.server[s];
    const std::string name = "server " + std::to_string(s);
    fields.add(name, kRoles[get(word, kRole)]);
    fields.add(name + " term", get(word, kTerm));
    fields.add(name + " voted for", one_or_none_text(get(word, kVoted)));
    fields.add(name + " log", log(word, get(word, kEnd)));
    fields.add(name + " on disk", get(word, kSynced));
    fields.add(name + " committed", get(word, kCommitted));
    if (rules_.recovers_before_voting)
      fields.add(name + " must catch up", get(word, kMustCatchUp) == 0 ? "no" : "yes");
  }
  fields.add("ever committed", log(state.history, get(state.history, kCount)));
}

}  // namespace faultline::model
