// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibrate/calibrate.h"

#include <algorithm>
#include <array>

#include "broker/base/assert.h"

namespace faultline::calibrate {
namespace {

using scenarios::CpuCosts;

// What is fitted. To go on with a task is not: no load tells it from a request.
constexpr std::array<int64_t CpuCosts::*, 6> kFitted = {
    &CpuCosts::request, &CpuCosts::network_byte, &CpuCosts::checksum_byte,
    &CpuCosts::record,  &CpuCosts::log_append,   &CpuCosts::log_read};
constexpr int64_t kUnitPs = 1'000;  // a nanosecond
constexpr int kBusyConnections = 16;
constexpr double kLeastShare = 0.02;  // of a cost that must remain beside the resumed tasks
constexpr Duration kCountFor = milliseconds(30);  // of the runs that count work
constexpr Duration kShowFor = seconds(8);         // of the runs that show quantiles

CpuCosts nothing() { return {0, 0, 0, 0, 0, 0, 0, 0, 0}; }

Profile quick_profile(const CpuCosts& costs) {
  const scenarios::Latency quick{microseconds(20), microseconds(20)};
  return {.notes = {}, .costs = costs, .network = quick, .write = quick, .fsync = quick};
}

bool is_busy(const Load& load) {
  return load.connections == kBusyConnections && !load.name.starts_with("warm");
}

// How many nanoseconds of an operation the broker is busy under a price list.
Result<std::vector<double>> busy_ns(const CpuCosts& costs, std::span<const Load> loads,
                                    uint64_t seed) {
  TRY_ASSIGN(const std::vector<Outcome> outcomes,
             play_simulated(quick_profile(costs), loads, seed));
  std::vector<double> busy;
  for (const Outcome& outcome : outcomes)
    busy.push_back(static_cast<double>(outcome.broker_cpu->ns) /
                   static_cast<double>(outcome.operations));
  return busy;
}

Result<CpuCosts> fit_costs(std::span<const Load> all, std::span<const Outcome> outcomes,
                           uint64_t seed) {
  std::vector<Load> loads;
  std::vector<Equation> equations;
  for (size_t i = 0; i < all.size(); ++i) {
    if (!is_busy(all[i])) continue;
    loads.push_back(all[i]);
    loads.back().length = kCountFor;
    equations.push_back({.name = all[i].name, .amounts = {}, .cost_ns = outcomes[i].cost_ns()});
  }
  CpuCosts costs = nothing();
  costs.resume = CpuCosts{}.resume;
  TRY_ASSIGN(const std::vector<double> resumed, busy_ns(costs, loads, seed));
  for (size_t e = 0; e < equations.size(); ++e) {
    double& cost = equations[e].cost_ns;
    cost = std::max(cost - resumed[e], cost * kLeastShare);
  }
  for (const auto kind : kFitted) {
    CpuCosts unit = nothing();
    unit.*kind = kUnitPs;
    TRY_ASSIGN(const std::vector<double> amounts, busy_ns(unit, loads, seed));
    for (size_t e = 0; e < equations.size(); ++e) equations[e].amounts.push_back(amounts[e]);
  }
  TRY_ASSIGN(const std::vector<double> prices, solve_prices(equations));
  costs = CpuCosts{};
  for (size_t k = 0; k < kFitted.size(); ++k)
    costs.*kFitted[k] = static_cast<int64_t>(prices[k] * kUnitPs + 0.5);
  return costs;
}

Quantiles quantiles_of(const Outcome& outcome) {
  Quantiles values;
  for (const uint32_t share : kShares) values.push_back(outcome.quantile_ns(share));
  return values;
}

// Fits one table of the profile to one load.
Result<scenarios::Latency> fit_table(const Profile& profile, scenarios::Latency Profile::* member,
                                     int draws, Load load, const Outcome& measured, uint64_t seed) {
  if (measured.latencies_ns.empty())
    return fail(ErrorCode::kInvalidArgument, load.name + ": nothing was measured");
  load.length = kShowFor;
  const auto simulate = [&](const scenarios::Latency& table) -> Result<Quantiles> {
    Profile candidate = profile;
    candidate.*member = table;
    TRY_ASSIGN(const std::vector<Outcome> shown, play_simulated(candidate, {&load, 1}, seed));
    return quantiles_of(shown.front());
  };
  return fit_latency(quantiles_of(measured), draws, simulate);
}

}  // namespace

std::vector<Load> calibration_loads(Duration total) {
  const auto share = [&](int64_t percent) { return total * percent / 100; };
  const Duration large = std::min(share(5), seconds(1));  // they fill the disk
  const int busy = kBusyConnections;
  using enum LoadKind;
  return {
      {.name = "warm up: produce", .kind = kProduce, .connections = busy, .length = share(12)},
      {.name = "warm up: fetch", .kind = kFetch, .connections = busy, .length = share(5)},
      {.name = "connections", .kind = kConnect, .rate = 100, .length = share(3)},
      {.name = "round trips", .kind = kApiVersions, .rate = 500, .length = share(12)},
      {.name = "appends", .kind = kProduce, .rate = 500, .length = share(12)},
      {.name = "flushes", .kind = kProduce, .flushes = true, .rate = 100, .length = share(13)},
      {.name = "busy: requests", .kind = kApiVersions, .connections = busy, .length = share(6)},
      {.name = "busy: small fetches", .kind = kFetch, .connections = busy, .length = share(6)},
      {.name = "busy: large fetches",
       .kind = kFetch,
       .connections = busy,
       .record_bytes = 65'536,
       .length = share(6)},
      {.name = "busy: small batches", .kind = kProduce, .connections = busy, .length = share(6)},
      {.name = "busy: many records",
       .kind = kProduce,
       .connections = busy,
       .records = 200,
       .record_bytes = 10,
       .length = large},
      {.name = "busy: large batches",
       .kind = kProduce,
       .connections = busy,
       .record_bytes = 16'384,
       .length = large},
  };
}

Result<Profile> fit_profile(std::span<const Load> loads, std::span<const Outcome> outcomes,
                            uint64_t seed,
                            const std::function<void(const std::string&)>& progress) {
  ASSERT_OP(loads.size(), ==, outcomes.size());
  const auto find = [&](std::string_view name) {
    const auto found = std::ranges::find(loads, name, &Load::name);
    ASSERT(found != loads.end());
    return static_cast<size_t>(found - loads.begin());
  };
  progress("the price list of the processor");
  TRY_ASSIGN(const CpuCosts costs, fit_costs(loads, outcomes, seed));
  Profile profile = quick_profile(costs);
  struct Table {
    std::string_view load;
    scenarios::Latency Profile::* member;
    int draws;
  };
  constexpr std::array<Table, 3> kTables = {{{"round trips", &Profile::network, 2},
                                             {"appends", &Profile::write, 1},
                                             {"flushes", &Profile::fsync, 1}}};
  for (const auto& [load, member, draws] : kTables) {
    progress("the quantiles of " + std::string(load));
    const size_t i = find(load);
    TRY_ASSIGN(profile.*member, fit_table(profile, member, draws, loads[i], outcomes[i], seed));
  }
  return profile;
}

}  // namespace faultline::calibrate
