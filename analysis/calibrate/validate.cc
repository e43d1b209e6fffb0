// SPDX-License-Identifier: Apache-2.0
// How far the simulator under a profile is from the broker, for loads that the profile did not see.
#include <algorithm>

#include <fmt/format.h>

#include "analysis/calibrate/calibrate.h"

namespace faultline::calibrate {
namespace {

constexpr uint32_t kMedian = 500'000;
constexpr uint32_t kP99 = 990'000;

template <class Figure>
double median_of(std::span<const Outcome> rounds, Figure figure) {
  std::vector<double> all;
  for (const Outcome& round : rounds) all.push_back(figure(round));
  std::ranges::sort(all);
  return all[all.size() / 2];
}

std::string milliseconds_text(double ns) { return fmt::format("{:.3g}", ns / 1e6); }

}  // namespace

std::vector<Load> validation_loads(Duration total, int rounds) {
  using enum LoadKind;
  std::vector<Load> loads = {
      {.name = "500 records/s of 200 B", .kind = kProducers, .record_bytes = 200, .rate = 500},
      {.name = "2,000 records/s of 200 B", .kind = kProducers, .record_bytes = 200, .rate = 2'000},
      {.name = "5,000 records/s of 200 B", .kind = kProducers, .record_bytes = 200, .rate = 5'000},
      {.name = "2,000 records/s of 1 KiB, linger.ms=5",
       .kind = kProducers,
       .record_bytes = 1'024,
       .rate = 2'000,
       .linger = milliseconds(5)},
      {.name = "4 producers, 5,000 records/s of 1 KiB, linger.ms=5",
       .kind = kProducers,
       .connections = 4,
       .record_bytes = 1'024,
       .rate = 5'000,
       .linger = milliseconds(5)},
      {.name = "30 records/s, flush.messages=1",
       .kind = kProducers,
       .record_bytes = 500,
       .flushes = true,
       .rate = 30},
      {.name = "batches of 4 KiB, 300/s", .kind = kProduce, .record_bytes = 4'096, .rate = 300},
      {.name = "fetches of 30 KiB, 300/s",
       .kind = kFetch,
       .records = 30,
       .record_bytes = 1'024,
       .rate = 300},
      {.name = "batches of 2 KiB, 8 connections, no pause",
       .kind = kProduce,
       .connections = 8,
       .records = 4,
       .record_bytes = 512},
      {.name = "fetches of 8 KiB, 8 connections, no pause",
       .kind = kFetch,
       .connections = 8,
       .records = 8,
       .record_bytes = 1'024},
      {.name = "1 producer of 1 KiB, no pause, linger.ms=5",
       .kind = kProducers,
       .record_bytes = 1'024,
       .linger = milliseconds(5)},
      {.name = "4 producers of 100 B, no pause, linger.ms=5",
       .kind = kProducers,
       .connections = 4,
       .record_bytes = 100,
       .linger = milliseconds(5)},
  };
  const Duration each = total / static_cast<int64_t>(loads.size()) / rounds;
  for (Load& load : loads) load.length = each;
  return loads;
}

Result<std::vector<Comparison>> validate(const RealHost& host, const Profile& profile,
                                         std::span<const Load> loads, int rounds, uint64_t seed) {
  std::vector<Comparison> comparisons;
  for (const Load& load : loads)
    comparisons.push_back({.load = load, .measured = {}, .simulated = {}});
  for (int round = 0; round < rounds; ++round) {
    TRY_ASSIGN(std::vector<Outcome> measured, host.play(loads));
    for (size_t i = 0; i < loads.size(); ++i)
      comparisons[i].measured.push_back(std::move(measured[i]));
  }
  for (size_t i = 0; i < loads.size(); ++i) {
    TRY_ASSIGN(std::vector<Outcome> simulated, play_simulated(profile, {&loads[i], 1}, seed));
    comparisons[i].simulated = std::move(simulated.front());
  }
  return comparisons;
}

std::string table_text(std::span<const Comparison> comparisons) {
  std::string text =
      "| load | measured p50, ms | p99 | acks/s | simulated p50, ms | p99 | acks/s | ratio p50 | "
      "p99 "
      "| acks/s |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Comparison& one : comparisons) {
    const auto p50 = [](const Outcome& o) { return static_cast<double>(o.quantile_ns(kMedian)); };
    const auto p99 = [](const Outcome& o) { return static_cast<double>(o.quantile_ns(kP99)); };
    const auto rate = [](const Outcome& o) { return o.rate(); };
    const double real50 = median_of(one.measured, p50);
    const double real99 = median_of(one.measured, p99);
    const double real_rate = median_of(one.measured, rate);
    const Outcome& shown = one.simulated;
    text +=
        fmt::format("| {} | {} | {} | {:.0f} | {} | {} | {:.0f} | {:.2f} | {:.2f} | {:.2f} |\n",
                    one.load.name, milliseconds_text(real50), milliseconds_text(real99), real_rate,
                    milliseconds_text(p50(shown)), milliseconds_text(p99(shown)), shown.rate(),
                    p50(shown) / real50, p99(shown) / real99, shown.rate() / real_rate);
  }
  return text;
}

}  // namespace faultline::calibrate
