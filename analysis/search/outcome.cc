// SPDX-License-Identifier: Apache-2.0
#include "analysis/search/outcome.h"

#include <nlohmann/json.hpp>

namespace faultline::search {
namespace {

using Json = nlohmann::json;

constexpr sim::Verdict kVerdicts[] = {sim::Verdict::kHeld, sim::Verdict::kViolated,
                                      sim::Verdict::kUnknown};

// Leaves out what is empty or zero: most seeds hold.
template <class Value>
void put(Json& json, const char* key, const Value& value) {
  if (value != Value{}) json[key] = value;
}

Outcome read(const Json& json) {
  Outcome outcome;
  outcome.seed = json.at("seed").get<uint64_t>();
  outcome.crash = json.value("crash", "");
  outcome.diverged = json.value("diverged", false);
  const std::string verdict = json.value("verdict", "unknown");
  for (const sim::Verdict each : kVerdicts)
    if (to_string(each) == verdict) outcome.verdict = each;
  outcome.is_expected = !json.value("unexpected", false);
  outcome.fingerprint = json.value("fingerprint", "");
  outcome.why_unknown = json.value("why_unknown", "");
  outcome.signature = json.value("signature", "");
  outcome.detail = json.value("detail", "");
  outcome.plan_class = static_cast<scenarios::PlanClass>(json.value("plan", 0) % 3);
  outcome.lost_permitted = json.value("lost", uint64_t{0});
  outcome.events = json.value("events", uint64_t{0});
  outcome.wall_us = json.value("wall_us", int64_t{0});
  if (json.contains("faults"))
    for (const auto& [kind, counts] : json.at("faults").items())
      outcome.faults[kind] = {counts.at(0).get<uint64_t>(), counts.at(1).get<uint64_t>(),
                              counts.at(2).get<uint64_t>(), counts.at(3).get<uint64_t>()};
  if (json.contains("marks")) json.at("marks").get_to(outcome.marks);
  if (json.contains("log_states")) json.at("log_states").get_to(outcome.log_states);
  return outcome;
}

}  // namespace

void FaultTally::add(const FaultTally& other) {
  planned += other.planned;
  felt += other.felt;
  effects += other.effects;
  bytes += other.bytes;
}

std::string to_json(const Outcome& outcome) {
  Json json;
  json["seed"] = outcome.seed;
  put(json, "crash", outcome.crash);
  put(json, "diverged", outcome.diverged);
  json["verdict"] = std::string(to_string(outcome.verdict));
  put(json, "unexpected", !outcome.is_expected);
  put(json, "fingerprint", outcome.fingerprint);
  put(json, "why_unknown", outcome.why_unknown);
  put(json, "signature", outcome.signature);
  put(json, "detail", outcome.detail);
  put(json, "plan", static_cast<int>(outcome.plan_class));
  put(json, "lost", outcome.lost_permitted);
  put(json, "events", outcome.events);
  put(json, "wall_us", outcome.wall_us);
  for (const auto& [kind, tally] : outcome.faults)
    json["faults"][kind] = {tally.planned, tally.felt, tally.effects, tally.bytes};
  put(json, "marks", outcome.marks);
  put(json, "log_states", outcome.log_states);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Outcome> outcome_from_json(std::string_view line) {
  try {
    return read(Json::parse(line));
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("no outcome of a run: ") + error.what());
  }
}

}  // namespace faultline::search
