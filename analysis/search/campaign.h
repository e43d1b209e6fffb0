// SPDX-License-Identifier: Apache-2.0
// Campaign: plays the seeds of a plan on a pool and files the outcomes in the order of the seeds,
// so that what it says does not depend on how many children there are or which is faster.
#pragma once

#include <functional>
#include <optional>

#include "analysis/search/pool.h"
#include "analysis/search/results.h"

namespace faultline::search {

struct CampaignOptions {
  size_t jobs = 1;
  std::optional<int64_t> time_ms;  // hand out no seed after it
  uint64_t failures_max = 0;       // end with that many; 0: never
  int64_t hang_ms = 600'000;       // of real time for one seed
  // Asked often; true hands out no more seeds, as when a user interrupts.
  std::function<bool()> is_interrupted;
  // Each outcome that is filed, in the order of the seeds.
  std::function<void(const Played&)> on_played;
  // A few times a second; how many outcomes were filed in this campaign so far, and how long it
  // took.
  std::function<void(uint64_t filed, int64_t elapsed_ms)> on_tick;
};

struct CampaignEnd {
  uint64_t played = 0;  // in this campaign: without those that were there before
  int64_t elapsed_ms = 0;
  bool is_whole = false;  // every seed of the plan has an outcome
};

// Plays each seed of results.seeds that has no outcome yet.
CampaignEnd run_campaign(Results& results, const Pool::Player& play,
                         const CampaignOptions& options);

}  // namespace faultline::search
