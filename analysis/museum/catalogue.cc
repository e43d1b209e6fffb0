// SPDX-License-Identifier: Apache-2.0
#include "analysis/museum/catalogue.h"

#include <algorithm>

#include "analysis/museum/scenario_texts.h"
#include "scenarios/schema/parse.h"

namespace faultline::museum {
namespace {

constexpr Entry kEntries[] = {
    {"b31", "B31", "a failed fsync is tried again and believed", "fsyncgate, KAFKA-10778", "S1"},
    {"b31-cache", "B31", "a restarted process believes pages that a failed fsync dropped",
     "fsyncgate", "S1"},
    {"b32", "B32", "the mark of a clean stop outlives a crash", "KAFKA-10471, KAFKA-15375", "H2"},
    {"b33-crc", "B33", "recovery takes a torn batch for a whole one", "hazard", "H2"},
    {"b33-tail", "B33", "recovery goes on behind a bad batch", "hazard", "H2"},
    {"b34", "B34", "a file is synced, its name is not", "KAFKA-3968", "S1"},
    {"b35", "B35", "a file takes the place of another before it is synced", "KAFKA-9892", "L1"},
    {"b37", "B37", "the high watermark of a checkpoint is beyond the data", "KIP-101", "I5"},
    {"b39", "B39", "a wall clock that leaps ahead expires everything", "KAFKA-14991", "S4"},
    {"b40", "B40", "retention by size deletes one segment too many", "KAFKA-20091", "S4"},
    {"b42", "B42", "a search by time finds the end of the batch", "KAFKA-16310", "H5"},
    {"b70", "B70", "a retry is appended twice", "at-least-once hazard", "H3", true},
    {"b70-rule", "B70", "a broker does not know an idempotent retry again", "KIP-98", "H3"},
    {"b71", "B71", "a retry is overtaken by the batch behind it", "KAFKA-5494", "H4", true},
    {"b72", "B72", "a broker without state takes any first sequence", "KAFKA-15591, KAFKA-18202",
     "H4"},
    {"b73", "B73", "retention takes a producer's sequences along", "KIP-360, KAFKA-7190", "H3"},
};

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::span<const Entry> entries() { return kEntries; }

const Entry* find_entry(std::string_view id) {
  for (const Entry& entry : kEntries)
    if (equal_but_for_case(entry.id, id)) return &entry;
  return nullptr;
}

std::string file_name(const Entry& entry, Room room) {
  const std::string_view ends[] = {"-hunt.json", "-found.json", "-twin.json"};
  return std::string(entry.id) + std::string(ends[static_cast<size_t>(room)]);
}

Result<scenarios::Scenario> load(const Entry& entry, Room room) {
  const std::string name = file_name(entry, room);
  for (const ScenarioText& file : scenario_texts()) {
    if (file.name != name) continue;
    scenarios::ParseOutcome outcome = scenarios::parse_scenario(file.text, name);
    if (!outcome.ok()) return fail(ErrorCode::kInvalidArgument, outcome.to_string());
    return std::move(outcome.scenario);
  }
  return fail(ErrorCode::kNotFound, name);
}

scenarios::Scenario in_order(const Entry& entry, scenarios::Scenario scenario) {
  scenario.rules_off.clear();
  scenario.expect = {};
  if (!entry.is_permitted) return scenario;
  for (scenarios::Client& client : scenario.clients)
    if (client.type == scenarios::ClientType::kProducer)
      client.config["enable.idempotence"] = "true";
  return scenario;
}

}  // namespace faultline::museum
