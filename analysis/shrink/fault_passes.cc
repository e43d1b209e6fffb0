// SPDX-License-Identifier: Apache-2.0
// What can be taken from a timeline of faults.
#include <algorithm>
#include <utility>

#include "analysis/shrink/passes.h"

namespace faultline::shrink {

using scenarios::Fault;
using scenarios::Scenario;

namespace {

constexpr Duration kRounds[] = {seconds(1),       milliseconds(500), milliseconds(100),
                                milliseconds(50), milliseconds(10),  milliseconds(1)};

Duration down_to(Duration time, Duration grain) { return Duration{time.ns / grain.ns * grain.ns}; }

bool same(const Ratio& a, const Ratio& b) {
  return a.numerator * b.denominator == b.numerator * a.denominator;
}

void set_time(Fault& fault, Duration at) { fault.at = fault.at_latest = at; }

// With one fault changed; unchanged ones are no candidates.
template <class Change>
void add_changed(const Scenario& scenario, size_t number, Candidates& candidates, Change change) {
  Scenario next = scenario;
  if (!change(next.faults.timeline[number])) return;
  candidates.push_back(std::move(next));
}

template <class Field>
bool reset(Field& field, const Field& plain) {
  if (field == plain) return false;
  field = plain;
  return true;
}

}  // namespace

// Delta debugging: halves, then quarters, down to single faults, each taken out.
Candidates with_fewer_faults(const Scenario& scenario) {
  Candidates candidates;
  const size_t count = scenario.faults.timeline.size();
  if (count == 0) return candidates;
  for (size_t size = count;; size = (size + 1) / 2) {
    // From the end: what comes after the failure goes first.
    for (size_t end = count; end > 0; end -= std::min(end, size)) {
      Scenario next = scenario;
      auto& timeline = next.faults.timeline;
      const size_t begin = end - std::min(end, size);
      timeline.erase(timeline.begin() + static_cast<std::ptrdiff_t>(begin),
                     timeline.begin() + static_cast<std::ptrdiff_t>(end));
      candidates.push_back(std::move(next));
    }
    if (size == 1) break;
  }
  return candidates;
}

Candidates with_plainer_faults(const Scenario& scenario) {
  Candidates candidates;
  for (size_t i = 0; i < scenario.faults.timeline.size(); ++i) {
    Fault plain;
    plain.kind = scenario.faults.timeline[i].kind;
    const auto try_reset = [&](auto Fault::* field) {
      add_changed(scenario, i, candidates,
                  [&](Fault& fault) { return reset(fault.*field, plain.*field); });
    };
    try_reset(&Fault::restart_after);
    try_reset(&Fault::duration);
    try_reset(&Fault::times);
    try_reset(&Fault::files);
    try_reset(&Fault::peer);
    try_reset(&Fault::direction);
    try_reset(&Fault::latency);
    try_reset(&Fault::hang);
    try_reset(&Fault::after_bytes);
    // A power loss that keeps nothing, or everything but torn pages, leaves nothing to chance.
    const auto try_ratio = [&](Ratio Fault::* field, Ratio value) {
      add_changed(scenario, i, candidates, [&](Fault& fault) {
        const auto weight = [&](const Ratio& ratio) {
          const bool is_plain = same(ratio, plain.*field);
          const bool is_certain = same(ratio, {0, 1}) || same(ratio, {1, 1});
          return is_plain ? 0 : is_certain ? 1 : 2;
        };
        if (weight(value) >= weight(fault.*field)) return false;
        fault.*field = value;
        return true;
      });
    };
    for (Ratio Fault::* field : {&Fault::keep, &Fault::reorder, &Fault::torn})
      for (const Ratio value : {plain.*field, Ratio{0, 1}, Ratio{1, 1}}) try_ratio(field, value);
  }
  return candidates;
}

// All faults from one on earlier by the same time, and the end of the run with them. Where a fault
// has to meet an operation in flight, few instants will do: several near the new one are tried.
Candidates with_earlier_faults(const Scenario& scenario) {
  Candidates candidates;
  const auto& timeline = scenario.faults.timeline;
  const auto add = [&](size_t from, Duration by) {
    Scenario next = scenario;
    for (size_t j = from; j < timeline.size(); ++j)
      set_time(next.faults.timeline[j], timeline[j].at - by);
    next.time = std::max(scenario.time - by, seconds(1));
    next.faults.random.quiet_after = next.time;
    candidates.push_back(std::move(next));
  };
  for (size_t i = 0; i < timeline.size(); ++i) {
    const Duration before = i == 0 ? Duration{} : timeline[i - 1].at;
    const Duration gap = timeline[i].at - before;
    for (const Duration wanted : {seconds(1), seconds(2), seconds(4), seconds(8), seconds(16)}) {
      if (gap - wanted < seconds(1)) break;
      add(i, gap - wanted);
      add(i, down_to(gap - wanted, seconds(1)));
      constexpr int kNearby = 12;
      const bool is_first = wanted == seconds(1) || wanted == seconds(2);
      for (int k = 1; is_first && k <= kNearby; ++k) add(i, gap - wanted - milliseconds(k));
    }
  }
  return candidates;
}

Candidates with_rounder_faults(const Scenario& scenario) {
  Candidates candidates;
  const auto round = [&](size_t i, auto get, auto set) {
    const Duration now = get(scenario.faults.timeline[i]);
    for (const Duration grain : kRounds) {
      const Duration low = down_to(now, grain);
      if (low == now) break;  // as round as this already
      for (const Duration value : {low, low + grain}) {
        if (value.ns <= 0) continue;
        add_changed(scenario, i, candidates, [&](Fault& fault) {
          set(fault, value);
          return true;
        });
      }
    }
  };
  if (scenario.time != down_to(scenario.time, seconds(1))) {
    candidates.push_back(scenario);
    candidates.back().time = down_to(scenario.time, seconds(1)) + seconds(1);
    candidates.back().faults.random.quiet_after = candidates.back().time;
  }
  for (size_t i = 0; i < scenario.faults.timeline.size(); ++i) {
    round(i, [](const Fault& fault) { return fault.at; }, set_time);
    round(
        i, [](const Fault& fault) { return fault.duration; },
        [](Fault& fault, Duration value) { fault.duration = value; });
    if (scenario.faults.timeline[i].restart_after)
      round(
          i, [](const Fault& fault) { return *fault.restart_after; },
          [](Fault& fault, Duration value) { fault.restart_after = value; });
  }
  return candidates;
}

Candidates with_faults_renumbered(const Scenario& scenario) {
  Scenario next = scenario;
  bool is_changed = false;
  for (size_t i = 0; i < next.faults.timeline.size(); ++i)
    is_changed |= std::exchange(next.faults.timeline[i].id, 0) != 0;
  if (!is_changed) return {};
  return {std::move(next)};
}

}  // namespace faultline::shrink
