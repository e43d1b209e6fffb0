// SPDX-License-Identifier: Apache-2.0
// `faultline merge`: joins the result files of several checks and says what they come to together.
#include <fmt/format.h>

#include "analysis/cli/campaign_text.h"
#include "analysis/cli/files.h"
#include "analysis/cli/verbs.h"
#include "broker/base/assert.h"
#include "scenarios/schema/parse.h"

namespace faultline::cli {

Exit merge(const MergeOptions& options, const Console& console) {
  std::optional<search::Results> all;
  for (const std::string& file : options.files) {
    const Result<std::string> text = read_file(file);
    if (!text) {
      console.complain(fmt::format("faultline: cannot read {}: {}\n", file, text.error().detail));
      return Exit::kNoInput;
    }
    Result<search::Results> results = search::results_from_text(*text);
    if (!results) {
      console.complain(fmt::format("faultline: {}: {}\n", file, results.error().detail));
      return Exit::kBadUsage;
    }
    if (!all) {
      all = std::move(*results);
    } else if (const Result<> merged = search::merge_into(*all, *results); !merged) {
      console.complain(fmt::format("faultline: {}: {}\n", file, merged.error().detail));
      return Exit::kBadUsage;
    }
  }
  ASSERT(all.has_value());  // there is at least one file
  const scenarios::ParseOutcome parsed =
      scenarios::parse_scenario(all->scenario, options.files.front());
  if (!parsed.ok()) {
    console.complain(parsed.to_string());
    return Exit::kBadUsage;
  }
  const search::Summary summary = search::summarise(*all);
  console.print(campaign_text(parsed.scenario, *all, summary, console));
  if (!options.results.empty() && !save(options.results, search::to_text(*all), console))
    return Exit::kNoInput;
  if (!options.junit.empty() && !save(options.junit, search::junit(*all), console))
    return Exit::kNoInput;
  return campaign_exit(parsed.scenario, summary);
}

}  // namespace faultline::cli
