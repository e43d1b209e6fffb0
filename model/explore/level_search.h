// SPDX-License-Identifier: Apache-2.0
// LevelSearch: the breadth-first search itself. A level is worked off in rounds of a fixed number
// of chunks. In a round, first every chunk is expanded into candidates, then every shard takes in
// its candidates in the order of the chunks. Both are jobs for the workers; neither shares anything
// that is written, so the outcome is that of one thread.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/explore/candidates.h"
#include "model/explore/search.h"
#include "model/explore/store.h"
#include "model/explore/workers.h"

namespace faultline::model {

class LevelSearch {
 public:
  LevelSearch(const Space& space, const SearchOptions& options);

  SearchResult run();

 private:
  static constexpr size_t kRoundChunks = 16;
  static constexpr uint64_t kProgressRounds = 8;
  static constexpr size_t kPrefetchDistance = 32;

  struct Violation {
    ViolationKind kind = ViolationKind::kInvariant;
    int32_t property = 0;
    size_t level = 0;
    uint32_t rank = 0;
    std::vector<uint8_t> last;  // of an action property: the state behind the step
  };
  // What one chunk of a round produces; reused from round to round.
  struct Work {
    std::array<Candidates, Store::kShards> candidates;
    std::optional<Violation> violation;  // the first in the chunk
    uint64_t violations = 0;
    uint64_t reduced = 0;         // bit i: the i-th state was expanded in part
    std::vector<uint32_t> whole;  // places in the chunk of those to be expanded whole after all
  };
  // Counts of one worker; sums do not depend on who counted what.
  struct Tally {
    uint64_t generated = 0;
    uint64_t cut = 0;
    std::vector<uint64_t> taken;
  };
  struct Worker {
    std::unique_ptr<Expander> expander;
    Expansion expansion;
    std::vector<Candidate*> queue;
    Tally tally;
  };
  class ExpandJob;
  class WholeJob;
  class InsertJob;

  void add_initial();
  bool run_level();
  bool run_round(size_t first, size_t count);
  void expand_chunk(const Store::Chunk& chunk, Work& work, Worker& worker);
  void expand_whole(const Store::Chunk& chunk, Work& work, Worker& worker);
  void note_state_violation(const Expansion& expansion, uint32_t rank, Work& work);
  void offer(const Expansion::Item& item, uint32_t rank, uint8_t group, Work& work, Worker& worker);
  void insert_shard(size_t shard, size_t chunks, Worker& worker);
  bool choose_whole(Work& work, uint32_t count);
  bool is_over_limits();
  bool may_go_on();
  Result<> save() const;
  Result<> load();
  void keep_first_violation(size_t chunks);
  Counterexample counterexample(const Violation& violation) const;
  SearchResult finish();

  const Space& space_;
  const SearchOptions& options_;
  Store store_;
  Workers workers_;
  std::vector<Worker> worker_;
  std::vector<Work> works_;
  std::optional<Violation> violation_;
  uint64_t violations_ = 0;
  uint64_t rounds_ = 0;
  size_t next_chunk_ = 0;  // of the last level: those before are expanded
  SearchResult result_;
};

}  // namespace faultline::model
