// SPDX-License-Identifier: Apache-2.0
// Which seeds a campaign runs, and the file in which its outcomes are kept: one JSON object a line,
// first the campaign, then one outcome each. Such files can be resumed, and joined with those of
// other shards.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/search/outcome.h"
#include "broker/base/result.h"

namespace faultline::search {

// Every shards-th seed of [first, last], beginning with the shard-th: shards are disjoint and
// together all seeds, whoever runs them and when.
struct SeedPlan {
  uint64_t first = 1;
  std::optional<uint64_t> last;  // none: without end
  uint64_t shard = 1;            // from 1
  uint64_t shards = 1;

  std::optional<uint64_t> at(uint64_t index) const;  // none: beyond the last
  std::optional<uint64_t> count() const;             // none: without end
  bool operator==(const SeedPlan&) const = default;
};

// "A..B", "A.." or "A"; and "i/n".
std::optional<SeedPlan> parse_seeds(std::string_view text);
bool parse_shard(std::string_view text, SeedPlan& seeds);

struct Results {
  std::string scenario;  // canonical text, overrides applied
  std::string name;
  std::string file;               // as it was named on the command line
  std::vector<std::string> sets;  // overrides of it
  std::string build;
  SeedPlan seeds;
  std::map<uint64_t, Outcome> outcomes;  // by seed
};

std::string this_build();  // names the program that ran the seeds

std::string to_text(const Results& results);
// Errors: kCorrupt names the line.
Result<Results> results_from_text(std::string_view text);

// Adds the outcomes of `more`. Errors: kInvalidArgument when they are of another scenario or
// program. A seed that both have with different runs becomes a diverged outcome.
Result<> merge_into(Results& all, const Results& more);

}  // namespace faultline::search
