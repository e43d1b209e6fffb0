// SPDX-License-Identifier: Apache-2.0
// Breadth-first search of a Space: every reachable state once, stored exactly, so the counts are
// the true ones and the first counterexample is a shortest. Counts, verdict and counterexample are
// the same for any number of jobs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/explore/counterexample.h"
#include "model/explore/rules.h"
#include "model/explore/space.h"

namespace faultline::model {

enum class Verdict : uint8_t { kHeld, kViolated, kUnknown };
std::string_view to_string(Verdict verdict);

// What a search may tell while it runs.
struct Progress {
  uint64_t generated = 0;
  uint64_t distinct = 0;
  uint64_t queue = 0;  // states found and not yet expanded
  uint64_t depth = 0;
  uint64_t bytes = 0;
  double missed = 0;  // states taken for others, on average; 0 where they are stored exactly
};

class Watcher {
 public:
  enum class Wish : uint8_t { kGoOn, kStop, kSave };
  // Called every few thousand states. kStop ends the search (verdict unknown); kSave writes a
  // checkpoint, as does kStop, where the search has a file for it.
  virtual Wish on_progress(const Progress& progress) = 0;

 protected:
  ~Watcher() = default;
};

struct SearchOptions {
  bool symmetry = false;    // needs a declaration
  bool reduce = false;      // partial-order reduction; needs a declaration of independence
  bool keep_going = false;  // count violations and go on; the counterexample is of the first
  unsigned jobs = 1;        // threads, at least one
  uint64_t states_max = UINT64_MAX;  // more: verdict unknown
  uint64_t bytes_max = UINT64_MAX;   // of memory for states, tables and queue; more: unknown
  uint64_t depth_max = UINT64_MAX;   // deeper states are not expanded; unknown if there are some
  Watcher* watcher = nullptr;
  std::string checkpoint;  // file to save to; empty: never
  bool resume = false;     // starts from that file
  std::string identity;    // of the model with its bounds; a file of another one is refused
  SearchRules rules;       // for tests of the engine
};

struct SearchResult {
  Verdict verdict = Verdict::kUnknown;
  std::string why_unknown;
  uint64_t initial = 0;    // distinct initial states
  uint64_t generated = 0;  // initial states and every step from a state to another or the same
  uint64_t distinct = 0;
  uint64_t depth = 0;           // states on the longest shortest path; TLC's "depth"
  uint64_t cut = 0;             // steps that the constraint dropped
  uint64_t bytes_packed = 0;    // sum of the sizes of the distinct states
  uint64_t bytes_stored = 0;    // what their storage takes, tables included
  std::vector<uint64_t> taken;  // by action: how many steps
  uint64_t violations = 0;      // states and steps that violate something
  std::optional<Counterexample> counterexample;
};

SearchResult search_breadth_first(const Space& space, const SearchOptions& options);

}  // namespace faultline::model
