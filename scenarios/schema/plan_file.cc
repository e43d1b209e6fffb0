// SPDX-License-Identifier: Apache-2.0
#include "scenarios/schema/plan_file.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "scenarios/schema/description.h"
#include "scenarios/schema/override.h"
#include "scenarios/schema/suggest.h"
#include "scenarios/schema/values.h"
#include "scenarios/schema/writer.h"

namespace faultline::scenarios {
namespace {

constexpr std::array<std::string_view, 3> kKeys = {"seed", "set", "timeline"};

JsonValue& member(JsonValue& object, std::string_view key, Place place) {
  object.type = JsonType::kObject;
  if (JsonMember* found = object.find(key)) return found->value;
  object.members.push_back({.key = std::string(key), .key_place = place, .value = {}});
  return object.members.back().value;
}

void check_keys(const JsonValue& plan, Report& report) {
  for (const JsonMember& each : plan.members) {
    if (std::ranges::find(kKeys, each.key) == kKeys.end()) {
      report.error(
          each.key_place, "",
          fmt::format("a plan has no key \"{}\"{}", each.key, did_you_mean(each.key, kKeys)),
          valid_list("keys", kKeys));
    } else if (plan.find(each.key) != &each) {
      report.error(each.key_place, "", fmt::format("key \"{}\" appears twice", each.key));
    }
  }
}

void apply_settings(JsonValue& root, const JsonValue& settings, Report& report) {
  if (settings.type != JsonType::kObject) {
    report.error(settings.place, "set",
                 fmt::format("expected an object of paths and values, found {}", shown(settings)));
    return;
  }
  for (const JsonMember& setting : settings.members) {
    Place at = setting.key_place;
    ++at.column;  // behind the quote
    if (JsonValue* target = find_value(root, setting.key, at, report)) *target = setting.value;
  }
}

}  // namespace

void apply_plan(JsonValue& root, const PlanText& plan, int source, Report& report) {
  JsonParse parsed = parse_json(plan.text, source);
  if (parsed.error) return report.error(parsed.error->place, "", parsed.error->message);
  if (parsed.root.type != JsonType::kObject)
    return report.error(parsed.root.place, "", "a plan is a JSON object: { \"timeline\": [..] }");
  check_keys(parsed.root, report);
  JsonMember* timeline = parsed.root.find("timeline");
  if (timeline == nullptr)
    return report.error(parsed.root.place, "", "missing key \"timeline\"",
                        "the faults of the plan; [] for none");
  JsonValue faults{.type = JsonType::kObject, .place = timeline->value.place};
  faults.members.push_back(*timeline);
  member(root, "faults", timeline->key_place) = std::move(faults);
  if (const JsonMember* seed = parsed.root.find("seed"))
    member(root, "seed", seed->key_place) = seed->value;
  if (const JsonMember* settings = parsed.root.find("set"))
    apply_settings(root, settings->value, report);
}

std::string to_plan_json(const Scenario& scenario, uint64_t seed,
                         std::span<const Override> settings) {
  JsonValue tree = to_json_tree(scenario);
  JsonValue plan{.type = JsonType::kObject};
  member(plan, "seed", {}) = json_integer(static_cast<int64_t>(seed));
  if (!settings.empty()) {
    JsonValue& set = member(plan, "set", {});
    for (const Override& setting : settings) {
      JsonParse parsed = parse_json(setting.value);
      member(set, setting.path, {}) =
          parsed.error ? json_text(setting.value) : std::move(parsed.root);
    }
  }
  JsonValue& timeline = member(plan, "timeline", {});
  timeline.type = JsonType::kArray;
  if (const JsonMember* faults = tree.find("faults")) {
    if (const JsonMember* found = faults->value.find("timeline")) timeline = found->value;
  }
  return print_json(plan) + "\n";
}

}  // namespace faultline::scenarios
