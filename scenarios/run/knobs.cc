// SPDX-License-Identifier: Apache-2.0
#include "scenarios/run/knobs.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "broker/base/assert.h"
#include "scenarios/schema/config.h"

namespace faultline::scenarios {
namespace {

enum class Turn : uint8_t { kTiny, kHuge, kNot, kNotEither };  // one in four each

struct Knob {
  std::string_view name;
  std::string_view tiny;
  std::string_view huge;
};

// Values at which a healthy cluster still keeps up with a few hundred records a second: a knob is
// there to reach other code, not to overload.
constexpr Knob kTopicKnobs[] = {
    {"internal.segment.bytes", "131072", "268435456"},
    {"index.interval.bytes", "1", "1048576"},
    {"segment.index.bytes", "192", "104857600"},
    {"segment.ms", "2000", "31536000000"},
};
constexpr Knob kProducerKnobs[] = {
    {"batch.size", "1", "65536"},
    {"linger.ms", "0", "500"},
    {"max.in.flight.requests.per.connection", "1", "5"},
    {"compression.type", "none", "zstd"},
};
constexpr Knob kConsumerKnobs[] = {
    {"fetch.max.bytes", "2048", "57671680"},
    {"max.partition.fetch.bytes", "2048", "16777216"},
    {"fetch.min.bytes", "1", "65536"},
    {"fetch.max.wait.ms", "5", "3000"},
};
constexpr Knob kClusterKnobs[] = {
    {"disk.writeback_after", "50ms", "10m"},
    {"disk.fsync", "50us", R"({"p50": "2ms", "p99": "25ms"})"},
    {"network.latency", "20us", R"({"p50": "1ms", "p99": "10ms"})"},
    {"network.buffer", "8KiB", "8MiB"},
};

Turn turn_of(uint64_t seed, std::string_view name) {
  Draws draws(seed, stream_id("swarm.knob"), stream_id(name));
  return static_cast<Turn>(draws.below(4));
}

void turn(std::string path, const Knob& knob, uint64_t seed, std::vector<Override>& settings) {
  const Turn turn = turn_of(seed, path);
  if (turn == Turn::kTiny)
    settings.push_back({std::move(path), std::string(knob.tiny)});
  else if (turn == Turn::kHuge)
    settings.push_back({std::move(path), std::string(knob.huge)});
}

std::string topic_path(const std::string& name) {
  const bool is_plain = name.find_first_of(".[") == std::string::npos;
  return is_plain ? "topics." + name : fmt::format("topics[\"{}\"]", name);
}

// Whether the file says it, for the topic itself or as a default of the broker.
bool is_set(const Scenario& scenario, const Topic& topic, std::string_view name) {
  const auto holds = [&](const ConfigValues& values, std::string_view key) {
    return values.contains(std::string(key));
  };
  // segment.bytes and internal.segment.bytes are one setting under two names.
  if (name == "internal.segment.bytes" && is_set(scenario, topic, "segment.bytes")) return true;
  if (holds(topic.config, name)) return true;
  const metadata::ConfigDef* def = metadata::find_config(metadata::topic_config_defs(), name);
  ASSERT(def != nullptr);
  return std::ranges::any_of(def->synonyms, [&](const metadata::ConfigSynonym& synonym) {
    return holds(scenario.cluster.config, synonym.name);
  });
}

bool is_default(const Cluster& cluster, std::string_view name) {
  const Cluster blank;
  if (name == "disk.writeback_after")
    return cluster.disk.writeback_after == blank.disk.writeback_after;
  if (name == "disk.fsync") return cluster.disk.fsync == blank.disk.fsync;
  if (name == "network.latency") return cluster.network.latency == blank.network.latency;
  return cluster.network.buffer == blank.network.buffer;
}

// A number of a fault: left alone where the file sets it.
template <class Value>  // NOLINTNEXTLINE(readability-function-size): a number, its values, its name
void turn_number(Value& value, const Value& standard, Value tiny, Value huge, FaultKind kind,
                 std::string_view name, uint64_t seed) {
  if (value != standard) return;
  const Turn turn = turn_of(seed, fmt::format("fault.{}.{}", fault_kind_name(kind), name));
  if (turn == Turn::kTiny) value = tiny;
  if (turn == Turn::kHuge) value = huge;
}

void turn_chance(Ratio& value, const Ratio& standard, FaultKind kind, std::string_view name,
                 uint64_t seed) {
  const bool is_standard =
      value.numerator * standard.denominator == standard.numerator * value.denominator;
  if (!is_standard) return;
  const Turn turn = turn_of(seed, fmt::format("fault.{}.{}", fault_kind_name(kind), name));
  if (turn == Turn::kTiny) value = {0, 1};
  if (turn == Turn::kHuge) value = {1, 1};
}

}  // namespace

std::vector<Override> draw_settings(const Scenario& scenario, uint64_t seed) {
  std::vector<Override> settings;
  const RandomFaults& random = scenario.faults.random;
  if (random.profile != FaultProfile::kSwarm || !random.knobs) return settings;
  for (const Knob& knob : kClusterKnobs) {
    if (is_default(scenario.cluster, knob.name))
      turn(fmt::format("cluster.{}", knob.name), knob, seed, settings);
  }
  for (const Topic& topic : scenario.topics)
    for (const Knob& knob : kTopicKnobs) {
      if (!is_set(scenario, topic, knob.name))
        turn(fmt::format("{}.config.{}", topic_path(topic.name), knob.name), knob, seed, settings);
    }
  for (const Client& client : scenario.clients) {
    if (client.type == ClientType::kScript) continue;
    const bool is_producer = client.type == ClientType::kProducer;
    for (const Knob& knob : is_producer ? kProducerKnobs : kConsumerKnobs) {
      if (!client.config.contains(std::string(knob.name)))
        turn(fmt::format("clients[id={}].config.{}", client.id, knob.name), knob, seed, settings);
    }
  }
  return settings;
}

Fault draw_numbers(const Fault& fault, uint64_t seed) {
  const Fault standard;
  const FaultKind kind = fault.kind;
  Fault drawn = fault;
  turn_number(drawn.duration, standard.duration, milliseconds(5), seconds(15), kind, "for", seed);
  turn_number(drawn.restart_after, standard.restart_after, std::optional(milliseconds(1)),
              std::optional(seconds(12)), kind, "restart_after", seed);
  turn_number(drawn.times, standard.times, int64_t{1}, int64_t{30}, kind, "times", seed);
  turn_number(drawn.after_bytes, standard.after_bytes, int64_t{1}, int64_t{100'000}, kind,
              "after_bytes", seed);
  turn_number(drawn.latency, standard.latency, Latency{milliseconds(1), milliseconds(5)},
              Latency{milliseconds(500), seconds(3)}, kind, "latency", seed);
  turn_number(drawn.hang, standard.hang, false, true, kind, "hang", seed);
  turn_chance(drawn.keep, standard.keep, kind, "keep", seed);
  turn_chance(drawn.reorder, standard.reorder, kind, "reorder", seed);
  turn_chance(drawn.torn, standard.torn, kind, "torn", seed);
  return drawn;
}

Scenario with_settings(const Scenario& scenario, std::span<const Override> settings) {
  if (settings.empty()) return scenario;
  ParseOutcome outcome = parse_scenario(to_json(scenario), scenario.name, settings);
  ASSERT(outcome.ok());  // settings come from draw_settings(), which draws valid ones
  return std::move(outcome.scenario);
}

}  // namespace faultline::scenarios
