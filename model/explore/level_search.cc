// SPDX-License-Identifier: Apache-2.0
// Levels, rounds, and what a search reports.
#include "model/explore/level_search.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace faultline::model {

class LevelSearch::ExpandJob final : public Job {
 public:
  ExpandJob(LevelSearch& search, size_t first) : search_(search), first_(first) {}
  void do_task(size_t task, unsigned worker) override {
    Work& work = search_.works_[task];
    search_.expand_chunk(search_.store_.chunks()[first_ + task], work, search_.worker_[worker]);
  }

 private:
  LevelSearch& search_;
  size_t first_;
};

// The second expansion, of states whose reduction led nowhere new.
class LevelSearch::WholeJob final : public Job {
 public:
  WholeJob(LevelSearch& search, size_t first) : search_(search), first_(first) {}
  void do_task(size_t task, unsigned worker) override {
    Work& work = search_.works_[task];
    search_.expand_whole(search_.store_.chunks()[first_ + task], work, search_.worker_[worker]);
  }

 private:
  LevelSearch& search_;
  size_t first_;
};

class LevelSearch::InsertJob final : public Job {
 public:
  InsertJob(LevelSearch& search, size_t chunks) : search_(search), chunks_(chunks) {}
  void do_task(size_t task, unsigned worker) override {
    search_.insert_shard(task, chunks_, search_.worker_[worker]);
  }

 private:
  LevelSearch& search_;
  size_t chunks_;
};

LevelSearch::LevelSearch(const Space& space, const SearchOptions& options)
    : space_(space),
      options_(options),
      store_(options.rules),
      workers_(options.jobs),
      worker_(workers_.count()),
      works_(kRoundChunks) {
  ASSERT(!options.symmetry || !space.info().symmetry.empty());
  ASSERT(!options.reduce || space.info().has_independence);
  for (Worker& worker : worker_) {
    worker.expander =
        space.expander({.symmetry = options.symmetry, .independence = options.reduce});
    worker.tally.taken.resize(space.info().actions.size());
  }
}

SearchResult LevelSearch::run() {
  if (options_.resume) {
    if (const auto loaded = load(); !loaded) {
      result_.why_unknown =
          fmt::format("cannot resume from {}: {}", options_.checkpoint, loaded.error().detail);
      return std::move(result_);
    }
    if (!run_level()) return finish();
  } else {
    add_initial();
  }
  while (store_.states_in_open_level() > 0) {
    if (store_.levels() >= options_.depth_max) {
      result_.why_unknown = fmt::format("there are states deeper than {}", options_.depth_max);
      break;
    }
    store_.close_level();
    next_chunk_ = 0;
    if (!run_level()) break;
  }
  return finish();
}

void LevelSearch::add_initial() {
  Worker& worker = worker_.front();
  worker.expander->initial(worker.expansion);
  for (const Expansion::Item& item : worker.expansion.items) {
    const Bytes state = worker.expansion.packed(item);
    store_.insert(state, store_.hash_of(state), 0);
  }
  worker.tally.generated += worker.expansion.items.size();
  worker.tally.cut += worker.expansion.cut;
  result_.initial = store_.count();
}

// Whether the search may go on to the next level.
bool LevelSearch::run_level() {
  const size_t chunks = store_.chunks().size();
  while (next_chunk_ < chunks) {
    const size_t count = std::min(kRoundChunks, chunks - next_chunk_);
    if (!run_round(next_chunk_, count)) return false;
    next_chunk_ += count;
    if (is_over_limits() || !may_go_on()) return false;
  }
  return true;
}

bool LevelSearch::run_round(size_t first, size_t count) {
  ExpandJob expand(*this, first);
  workers_.run(count, expand);
  keep_first_violation(count);
  if (violation_ && !options_.keep_going) return false;
  InsertJob insert(*this, count);
  workers_.run(Store::kShards, insert);
  if (!options_.reduce || !options_.rules.check_proviso) return true;
  bool is_any_whole = false;
  for (size_t i = 0; i < count; ++i)
    is_any_whole |= choose_whole(works_[i], store_.chunks()[first + i].count);
  if (!is_any_whole) return true;
  WholeJob whole(*this, first);
  workers_.run(count, whole);
  keep_first_violation(count);
  if (violation_ && !options_.keep_going) return false;
  workers_.run(Store::kShards, insert);
  return true;
}

void LevelSearch::keep_first_violation(size_t chunks) {
  for (size_t i = 0; i < chunks; ++i) {
    violations_ += works_[i].violations;
    if (!violation_ && works_[i].violation) violation_ = std::move(works_[i].violation);
    works_[i].violation.reset();
    works_[i].violations = 0;
  }
}

bool LevelSearch::is_over_limits() {
  if (store_.count() > options_.states_max)
    result_.why_unknown = fmt::format("there are more than {} states", options_.states_max);
  else if (store_.bytes() > options_.bytes_max)
    result_.why_unknown =
        fmt::format("the states take more than {} MiB of memory", options_.bytes_max >> 20);
  return !result_.why_unknown.empty();
}

// Tells the watcher, and does what it wishes.
bool LevelSearch::may_go_on() {
  if (options_.watcher == nullptr || ++rounds_ % kProgressRounds != 0) return true;
  uint64_t queue = store_.states_in_open_level();
  for (size_t i = next_chunk_; i < store_.chunks().size(); ++i) queue += store_.chunks()[i].count;
  Progress progress{.distinct = store_.count(),
                    .queue = queue,
                    .depth = store_.levels(),
                    .bytes = store_.bytes()};
  for (const Worker& worker : worker_) progress.generated += worker.tally.generated;
  const Watcher::Wish wish = options_.watcher->on_progress(progress);
  if (wish == Watcher::Wish::kGoOn) return true;
  if (!options_.checkpoint.empty()) {
    if (const auto saved = save(); !saved) {
      result_.why_unknown = saved.error().detail;
      return false;
    }
  }
  if (wish == Watcher::Wish::kSave) return true;
  result_.why_unknown = "interrupted";
  return false;
}

Counterexample LevelSearch::counterexample(const Violation& violation) const {
  std::vector<std::vector<uint8_t>> path;
  if (!violation.last.empty()) path.push_back(violation.last);
  uint32_t rank = violation.rank;
  for (size_t level = violation.level + 1; level-- > 0;) {
    Store::Stored stored = store_.find(level, rank);
    path.push_back(std::move(stored.state));
    rank = stored.parent;
  }
  std::ranges::reverse(path);
  const SpaceInfo& info = space_.info();
  std::string property = "deadlock";
  if (violation.kind == ViolationKind::kInvariant)
    property = info.invariants[static_cast<size_t>(violation.property)];
  if (violation.kind == ViolationKind::kActionProperty)
    property = info.action_properties[static_cast<size_t>(violation.property)];
  return {.kind = violation.kind,
          .property = std::move(property),
          .moments = concrete_run(space_, options_.symmetry, path),
          .loop = {}};
}

SearchResult LevelSearch::finish() {
  result_.distinct = store_.count();
  result_.depth = store_.levels();
  result_.bytes_stored = store_.bytes();
  result_.bytes_packed = store_.packed_bytes();
  result_.taken.resize(space_.info().actions.size());
  for (const Worker& worker : worker_) {
    result_.generated += worker.tally.generated;
    result_.cut += worker.tally.cut;
    for (size_t i = 0; i < result_.taken.size(); ++i) result_.taken[i] += worker.tally.taken[i];
  }
  result_.violations = violations_;
  result_.verdict = Verdict::kUnknown;
  if (violation_) {
    result_.verdict = Verdict::kViolated;
    result_.counterexample = counterexample(*violation_);
  } else if (result_.why_unknown.empty()) {
    result_.verdict = Verdict::kHeld;
  }
  return std::move(result_);
}

}  // namespace faultline::model
