// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibrate/profile.h"

#include "broker/base/assert.h"
#include "scenarios/schema/parse.h"
#include "scenarios/schema/writer.h"

namespace faultline::calibrate {
namespace {

constexpr std::string_view kScenario = R"({
  "name": "calibration", "cluster": { "brokers": ["b1"] PROFILE }, "topics": { "unused": {} },
  "clients": [ { "id": "load", "type": "producer", "topic": "unused" } ],
  "until": { "time": "1h" } })";
// Client and broker share a machine: what a byte costs is in the price list of the broker.
constexpr int64_t kLoopbackBandwidth = 100'000'000'000;

std::string scenario_text(std::string_view profile) {
  std::string text(kScenario);
  text.replace(text.find("PROFILE"), 7, profile);
  return text;
}

}  // namespace

scenarios::Scenario scenario_under(const Profile& profile) {
  scenarios::ParseOutcome outcome = scenarios::parse_scenario(scenario_text(""), "calibration");
  ASSERT(outcome.ok());
  scenarios::Cluster& cluster = outcome.scenario.cluster;
  cluster.cpu.costs = profile.costs;
  cluster.cpu.client_costs = profile.client_costs;
  cluster.network.latency = profile.network;
  cluster.network.bandwidth = kLoopbackBandwidth;
  cluster.disk.write = profile.write;
  cluster.disk.fsync = profile.fsync;
  return std::move(outcome.scenario);
}

std::string to_json(const Profile& profile) {
  using scenarios::JsonType;
  using scenarios::JsonValue;
  JsonValue notes{.type = JsonType::kObject};
  for (const auto& [name, text] : profile.notes)
    notes.members.push_back({.key = name, .key_place = {}, .value = scenarios::json_text(text)});
  JsonValue file{.type = JsonType::kObject};
  file.members.push_back({.key = "notes", .key_place = {}, .value = std::move(notes)});
  const JsonValue tree = scenarios::to_json_tree(scenario_under(profile));
  const JsonValue& cluster = tree.find("cluster")->value;
  for (const std::string_view section : {"cpu", "network", "disk"})
    if (const auto* member = cluster.find(section)) file.members.push_back(*member);
  return scenarios::print_json(file) + "\n";
}

Result<Profile> parse_profile(std::string_view text, const std::string& file_name) {
  const scenarios::ParseOutcome outcome = scenarios::parse_scenario(
      scenario_text(R"(, "profile": "./measured")"), file_name, {}, nullptr,
      [&](const std::string&) -> Result<std::string> { return std::string(text); });
  if (!outcome.ok()) return fail(ErrorCode::kInvalidArgument, outcome.to_string());
  const scenarios::Cluster& cluster = outcome.scenario.cluster;
  return Profile{.notes = {},
                 .costs = cluster.cpu.costs,
                 .client_costs = cluster.cpu.client_costs,
                 .network = cluster.network.latency,
                 .write = cluster.disk.write,
                 .fsync = cluster.disk.fsync};
}

}  // namespace faultline::calibrate
