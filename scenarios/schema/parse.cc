// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/parse.h"

#include "scenarios/schema/description.h"
#include "scenarios/schema/override.h"
#include "scenarios/schema/plan_file.h"
#include "scenarios/schema/profile_file.h"
#include "scenarios/schema/reader.h"
#include "scenarios/schema/report.h"
#include "scenarios/schema/resolve.h"

namespace faultline::scenarios {

ParseOutcome parse_scenario(std::string_view text, std::string file_name,
                            std::span<const Override> overrides, const PlanText* plan,
                            const ReadProfile& read_profile) {
  Report report(text, file_name, overrides, plan);
  ParseOutcome outcome;
  JsonParse parsed = parse_json(text);
  if (parsed.error) {
    const bool is_comma = parsed.error->message.ends_with("expected '}'") ||
                          parsed.error->message.ends_with("expected ']'");
    const bool is_cut = parsed.error->message.contains("end of input");
    report.error(parsed.error->place, "", parsed.error->message,
                 is_comma && !is_cut ? "is a ',' missing before this?" : "");
  } else if (parsed.root.type != JsonType::kObject) {
    report.error(parsed.root.place, "", "a scenario is a JSON object: { ... }");
  } else {
    if (plan != nullptr)
      apply_plan(parsed.root, *plan, static_cast<int>(overrides.size()) + 1, report);
    for (size_t i = 0; i < overrides.size(); ++i) {
      apply_override(parsed.root, overrides[i], static_cast<int>(i) + 1, report);
    }
    apply_profile(parsed.root, file_name, read_profile, report);
    Places places;
    Reader reader(report, places);
    reader.begin(parsed.root);
    describe(reader, outcome.scenario);
    reader.end();
    outcome.scenario.cluster.profile.clear();  // its values are there now
    resolve(outcome.scenario, file_name, places, report);
  }
  outcome.diagnostics = report.take(outcome.dropped);
  return outcome;
}

}  // namespace faultline::scenarios
