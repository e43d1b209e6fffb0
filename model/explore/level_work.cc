// SPDX-License-Identifier: Apache-2.0
// The two jobs of a round: chunks into candidates, and candidates into shards. This is where all
// the time goes.
#include <algorithm>
#include <bit>

#include "model/explore/level_search.h"

namespace faultline::model {
namespace {

// The lowest process all of whose steps here are local; -1 if there is none, or if it is the only
// one that can take a step, so that nothing is left out.
int reducing_process(const Expansion& expansion) {
  uint64_t enabled = 0;
  uint64_t not_local = 0;
  for (const Expansion::Item& item : expansion.items) {
    const uint64_t bit = uint64_t{1} << item.process;
    enabled |= bit;
    if (!item.is_local) not_local |= bit;
  }
  const uint64_t local = enabled & ~not_local;
  if (local == 0 || std::has_single_bit(enabled)) return -1;
  return std::countr_zero(local);
}

}  // namespace

void LevelSearch::expand_chunk(const Store::Chunk& chunk, Work& work, Worker& worker) {
  for (Candidates& candidates : work.candidates) candidates.clear();
  work.reduced = 0;
  work.whole.clear();
  const Shard& shard = store_.shard(chunk.shard);
  Expansion& expansion = worker.expansion;
  uint64_t offset = chunk.offset;
  for (uint32_t i = 0; i < chunk.count; ++i) {
    const uint32_t rank = chunk.first_rank + i;
    worker.expander->expand(shard.state_at(offset), expansion);
    worker.tally.cut += expansion.cut;
    if (expansion.violated >= 0 || expansion.is_deadlock)
      note_state_violation(expansion, rank, work);
    const int process = options_.reduce ? reducing_process(expansion) : -1;
    if (process < 0) {
      for (const Expansion::Item& item : expansion.items)
        offer(item, rank, Candidate::kNoGroup, work, worker);
    } else {
      for (const Expansion::Item& item : expansion.items)
        if (item.process == process) offer(item, rank, static_cast<uint8_t>(i), work, worker);
      work.reduced |= uint64_t{1} << i;
    }
    if (i + 1 < chunk.count) offset = shard.after(offset);
  }
}

// The steps that the reduction left out of some states of the chunk.
void LevelSearch::expand_whole(const Store::Chunk& chunk, Work& work, Worker& worker) {
  for (Candidates& candidates : work.candidates) candidates.clear();
  const Shard& shard = store_.shard(chunk.shard);
  Expansion& expansion = worker.expansion;
  uint64_t offset = chunk.offset;
  uint32_t at = 0;
  for (const uint32_t place : work.whole) {
    for (; at < place; ++at) offset = shard.after(offset);
    worker.expander->expand(shard.state_at(offset), expansion);
    const int process = reducing_process(expansion);
    for (const Expansion::Item& item : expansion.items)
      if (item.process != process)
        offer(item, chunk.first_rank + place, Candidate::kNoGroup, work, worker);
  }
}

void LevelSearch::note_state_violation(const Expansion& expansion, uint32_t rank, Work& work) {
  ++work.violations;
  if (work.violation) return;
  const bool is_invariant = expansion.violated >= 0;
  work.violation =
      Violation{.kind = is_invariant ? ViolationKind::kInvariant : ViolationKind::kDeadlock,
                .property = expansion.violated,
                .level = store_.levels() - 1,
                .rank = rank,
                .last = {}};
}

// Passes one step on to the shard of the state that it leads to.
void LevelSearch::offer(const Expansion::Item& item, uint32_t rank, uint8_t group, Work& work,
                        Worker& worker) {
  const Bytes state = worker.expansion.packed(item);
  ++worker.tally.generated;
  ++worker.tally.taken[item.step.action];
  if (item.violated >= 0) {
    ++work.violations;
    if (!work.violation)
      work.violation = Violation{.kind = ViolationKind::kActionProperty,
                                 .property = item.violated,
                                 .level = store_.levels() - 1,
                                 .rank = rank,
                                 .last = {state.begin(), state.end()}};
  }
  const uint64_t hash = store_.hash_of(state);
  work.candidates[Store::shard_of(hash)].add(
      {.hash = hash, .parent = rank, .size = static_cast<uint16_t>(state.size()), .group = group},
      state);
}

void LevelSearch::insert_shard(size_t shard, size_t chunks, Worker& worker) {
  std::vector<Candidate*>& queue = worker.queue;
  queue.clear();
  for (size_t i = 0; i < chunks; ++i) {
    if (i + 1 < chunks) works_[i + 1].candidates[shard].prefetch();
    works_[i].candidates[shard].for_each(
        [&](Candidate& candidate) { queue.push_back(&candidate); });
  }
  // The slot is asked for twice as early as the state that it leads to.
  const Shard& table = store_.shard(shard);
  std::array<Shard::Probe, kPrefetchDistance> probes;
  const size_t count = queue.size();
  for (size_t i = 0; i < std::min(count, 2 * kPrefetchDistance); ++i)
    table.prefetch_slot(queue[i]->hash);
  for (size_t i = 0; i < std::min(count, kPrefetchDistance); ++i)
    probes[i] = table.prefetch_state(queue[i]->hash, queue[i]->size);
  for (size_t i = 0; i < count; ++i) {
    Shard::Probe& probe = probes[i % kPrefetchDistance];
    Candidate& now = *queue[i];
    now.is_deeper = store_.insert(now.state(), now.hash, now.parent, probe).is_in_open_level;
    if (i + kPrefetchDistance < count) {
      const Candidate& soon = *queue[i + kPrefetchDistance];
      probe = table.prefetch_state(soon.hash, soon.size);
    }
    if (i + 2 * kPrefetchDistance < count)
      table.prefetch_slot(queue[i + 2 * kPrefetchDistance]->hash);
  }
}

// Which reduced states of the chunk must be expanded whole: those with no step to a state that is
// deeper than any seen so far. A step that is put off is put off to a deeper level then, and the
// deepest of them puts off nothing, so none is forgotten on a cycle.
bool LevelSearch::choose_whole(Work& work, uint32_t count) {
  if (work.reduced == 0) return false;
  uint64_t deeper = 0;
  for (Candidates& candidates : work.candidates)
    candidates.for_each([&](const Candidate& candidate) {
      if (candidate.group != Candidate::kNoGroup && candidate.is_deeper != 0)
        deeper |= uint64_t{1} << candidate.group;
    });
  for (uint32_t i = 0; i < count; ++i)
    if ((work.reduced & ~deeper) >> i & 1) work.whole.push_back(i);
  return !work.whole.empty();
}

}  // namespace faultline::model
