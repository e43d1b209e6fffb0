// SPDX-License-Identifier: Apache-2.0
#include "analysis/shrink/oracle.h"

#include <algorithm>

#include "analysis/shrink/signature.h"
#include "scenarios/schema/parse.h"

namespace faultline::shrink {

bool has_signature(const scenarios::Scenario& scenario, const std::string& signature) {
  const scenarios::RunResult result = scenarios::run_scenario(scenario, {.seed = scenario.seed});
  const std::vector<std::string> all = signatures_of(result.report);
  return std::find(all.begin(), all.end(), signature) != all.end();
}

std::optional<scenarios::Scenario> Oracle::fails(const scenarios::Scenario& candidate) {
  std::string text = scenarios::to_json(candidate);
  if (rejected_.contains(text)) return std::nullopt;
  if (keep_going_ && !keep_going_()) {
    is_stopped_ = true;
    return std::nullopt;
  }
  scenarios::ParseOutcome outcome = scenarios::parse_scenario(text, "candidate");
  if (outcome.ok()) {
    ++runs_;
    const bool is_alike = has_signature(outcome.scenario, signature_);
    if (is_alike && (!accepts_ || accepts_(outcome.scenario))) return std::move(outcome.scenario);
  }
  rejected_.insert(std::move(text));
  return std::nullopt;
}

}  // namespace faultline::shrink
