// SPDX-License-Identifier: Apache-2.0
// What can be made plainer about schedule, seed, machines and configs.
#include <utility>

#include "analysis/shrink/passes.h"

namespace faultline::shrink {

using scenarios::ConfigValues;
using scenarios::Latency;
using scenarios::Scenario;

namespace {

template <class Value>
bool equal(const Value& a, const Value& b) {
  return a == b;
}
bool equal(const Ratio& a, const Ratio& b) {
  return a.numerator == b.numerator && a.denominator == b.denominator;
}

std::vector<ConfigValues*> config_maps(Scenario& scenario) {
  std::vector<ConfigValues*> maps{&scenario.cluster.config};
  for (scenarios::Topic& topic : scenario.topics) maps.push_back(&topic.config);
  for (scenarios::Client& client : scenario.clients) maps.push_back(&client.config);
  return maps;
}

}  // namespace

Candidates with_plainer_schedule(const Scenario& scenario) {
  if (scenario.schedule == scenarios::Schedule::kFifo) return {};
  // Without chance in the schedule other seeds may be needed for what is left of it.
  Candidates candidates;
  constexpr uint64_t kSeedsTried = 8;
  for (uint64_t seed = 0; seed <= kSeedsTried; ++seed) {
    candidates.push_back(scenario);
    candidates.back().schedule = scenarios::Schedule::kFifo;
    if (seed > 0) candidates.back().seed = seed;
  }
  return candidates;
}

// All of one map at once, then one by one.
Candidates with_fewer_configs(const Scenario& scenario) {
  Candidates candidates;
  Scenario original = scenario;
  const std::vector<ConfigValues*> maps = config_maps(original);
  for (size_t i = 0; i < maps.size(); ++i) {
    if (maps[i]->size() > 1) {
      candidates.push_back(scenario);
      config_maps(candidates.back())[i]->clear();
    }
    for (const auto& [key, value] : *maps[i]) {
      candidates.push_back(scenario);
      config_maps(candidates.back())[i]->erase(key);
    }
  }
  return candidates;
}

Candidates with_plainer_machines(const Scenario& scenario) {
  Candidates candidates;
  const Scenario plain;
  const auto add = [&](auto find) {
    Scenario next = scenario;
    if (equal(find(next), find(plain))) return;
    find(next) = find(plain);
    candidates.push_back(std::move(next));
  };
  add([](auto& s) -> auto& { return s.cluster.disk.capacity; });
  add([](auto& s) -> auto& { return s.cluster.disk.read; });
  add([](auto& s) -> auto& { return s.cluster.disk.write; });
  add([](auto& s) -> auto& { return s.cluster.disk.fsync; });
  add([](auto& s) -> auto& { return s.cluster.disk.writeback_after; });
  add([](auto& s) -> auto& { return s.cluster.disk.page_size; });
  add([](auto& s) -> auto& { return s.cluster.disk.sector_size; });
  add([](auto& s) -> auto& { return s.cluster.network.latency; });
  add([](auto& s) -> auto& { return s.cluster.network.bandwidth; });
  add([](auto& s) -> auto& { return s.cluster.network.buffer; });
  add([](auto& s) -> auto& { return s.cluster.clocks.skew; });
  add([](auto& s) -> auto& { return s.cluster.clocks.drift_ppm; });
  add([](auto& s) -> auto& { return s.cluster.cpu.speed; });
  return candidates;
}

Candidates with_plainer_seed(const Scenario& scenario) {
  const Scenario plain;
  if (scenario.seed == plain.seed) return {};
  Scenario next = scenario;
  next.seed = plain.seed;
  return {std::move(next)};
}

}  // namespace faultline::shrink
