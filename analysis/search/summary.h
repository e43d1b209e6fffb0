// SPDX-License-Identifier: Apache-2.0
// Summary: what many outcomes come to: counts, failures grouped by signature, and what the campaign
// covered. And the same for a build server, as JUnit.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/search/results.h"

namespace faultline::search {

// Failures that look alike.
struct Group {
  std::string signature;
  uint64_t count = 0;
  std::vector<uint64_t> seeds;  // the first kSeedsMax
  std::string detail;           // of the first seed
  static constexpr size_t kSeedsMax = 5;
};

struct Summary {
  uint64_t runs = 0;
  uint64_t held = 0;
  uint64_t violated = 0;
  uint64_t unknown = 0;
  uint64_t crashed = 0;
  uint64_t diverged = 0;
  uint64_t unexpected = 0;  // all that is wrong with single seeds
  uint64_t lost_permitted = 0;
  uint64_t runs_with_loss = 0;
  std::vector<Group> groups;  // the most frequent first
  std::map<std::string, uint64_t> unknown_because;

  std::map<scenarios::PlanClass, uint64_t> plans;
  std::map<std::string, FaultTally> faults;  // by kind
  std::map<std::string, uint64_t> marks;     // in how many runs
  std::map<std::string, uint64_t> log_states;
};

Summary summarise(const Results& results);

// Whom the campaign missed: marks that it knows and no run reached.
std::vector<std::string> unreached(const Summary& summary);

std::string junit(const Results& results);

}  // namespace faultline::search
