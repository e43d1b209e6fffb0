// SPDX-License-Identifier: Apache-2.0
#include "analysis/search/hunt.h"

#include "scenarios/schema/description.h"

namespace faultline::search {

bool violates(const sim::CheckReport& report, const std::string& property) {
  if (property.empty()) return report.verdict == sim::Verdict::kViolated;
  const sim::PropertyResult* result = report.property(scenarios::property_id(property));
  return result != nullptr && result->verdict == sim::Verdict::kViolated;
}

Hunt hunt(const scenarios::Scenario& scenario, const HuntOptions& options) {
  Hunt hunt;
  for (uint64_t seed = options.first_seed; hunt.runs < options.seeds_max; ++seed) {
    if (options.keep_going && !options.keep_going()) break;
    scenarios::RunResult result = scenarios::run_scenario(scenario, {.seed = seed});
    ++hunt.runs;
    hunt.unknown += result.report.verdict == sim::Verdict::kUnknown ? 1 : 0;
    if (!violates(result.report, options.property)) continue;
    hunt.found = std::move(result);
    break;
  }
  return hunt;
}

}  // namespace faultline::search
