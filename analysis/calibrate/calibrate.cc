// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibrate/calibrate.h"

#include <algorithm>
#include <array>

#include "broker/base/assert.h"

namespace faultline::calibrate {
namespace {

using scenarios::CpuCosts;

using Price = int64_t CpuCosts::*;

// What is fitted of the broker. To go on with a task is not: no load tells it from a request.
constexpr std::array<Price, 6> kOfBroker = {&CpuCosts::request,       &CpuCosts::network_byte,
                                            &CpuCosts::checksum_byte, &CpuCosts::record,
                                            &CpuCosts::log_append,    &CpuCosts::log_read};
// A client is charged for no request: the system calls of one are in the tasks that it takes.
constexpr std::array<Price, 2> kOfClient = {&CpuCosts::resume, &CpuCosts::network_byte};
constexpr int64_t kUnitPs = 1'000;  // a nanosecond
constexpr int kBusyConnections = 16;
constexpr double kLeastShare = 0.02;  // of a cost that must remain beside the resumed tasks
constexpr Duration kCountFor = milliseconds(30);  // of the runs that count work
constexpr int kRecordTurns = 4;
constexpr Duration kProduceFor = milliseconds(200);
constexpr uint32_t kTypical = 900'000;    // the quantile that tells how disturbed a load was
constexpr int64_t kShownAnswers = 4'000;  // of the runs that show quantiles

CpuCosts nothing() { return {0, 0, 0, 0, 0, 0, 0, 0, 0}; }

Profile quick_profile(const CpuCosts& broker, const CpuCosts& client) {
  const scenarios::Latency quick{microseconds(20), microseconds(20)};
  return {.notes = {},
          .costs = broker,
          .client_costs = client,
          .network = quick,
          .write = quick,
          .fsync = quick};
}

bool is_busy(const Load& load) {
  return load.name.starts_with("busy") && load.kind != LoadKind::kProducers;
}

// One side of the connection.
struct Side {
  std::span<const Price> fitted;
  CpuCosts fixed;  // what it pays anyway
  double (*measured)(const Outcome&);
  Duration (*simulated)(const Outcome&);
};

Side broker_side() {
  Side side{.fitted = kOfBroker,
            .fixed = nothing(),
            .measured = [](const Outcome& outcome) { return outcome.cost_ns(); },
            .simulated = [](const Outcome& outcome) { return *outcome.broker_cpu; }};
  side.fixed.resume = CpuCosts{}.resume;
  return side;
}

Side client_side() {
  return {.fitted = kOfClient,
          .fixed = nothing(),
          .measured = [](const Outcome& outcome) { return outcome.client_cost_ns(); },
          .simulated = [](const Outcome& outcome) { return outcome.client_cpu; }};
}

// How many nanoseconds of an operation the side is busy under a price list.
Result<std::vector<double>> busy_ns(const Side& side, const CpuCosts& costs,
                                    std::span<const Load> loads, uint64_t seed) {
  TRY_ASSIGN(const std::vector<Outcome> outcomes,
             play_simulated(quick_profile(costs, costs), loads, seed));
  std::vector<double> busy;
  for (const Outcome& outcome : outcomes)
    busy.push_back(static_cast<double>(side.simulated(outcome).ns) /
                   static_cast<double>(outcome.operations));
  return busy;
}

Result<CpuCosts> fit_costs(const Side& side, std::span<const Load> all,
                           std::span<const Outcome> outcomes, uint64_t seed) {
  std::vector<Load> loads;
  std::vector<Equation> equations;
  for (size_t i = 0; i < all.size(); ++i) {
    if (!is_busy(all[i])) continue;
    const auto seen = std::ranges::find(equations, all[i].name, &Equation::name);
    if (seen != equations.end()) {
      seen->cost_ns = std::min(seen->cost_ns, side.measured(outcomes[i]));
      continue;
    }
    loads.push_back(all[i]);
    loads.back().length = kCountFor;
    const double cost = side.measured(outcomes[i]);
    equations.push_back({.name = all[i].name, .amounts = {}, .cost_ns = cost});
  }
  TRY_ASSIGN(const std::vector<double> fixed, busy_ns(side, side.fixed, loads, seed));
  for (size_t e = 0; e < equations.size(); ++e) {
    double& cost = equations[e].cost_ns;
    cost = std::max(cost - fixed[e], cost * kLeastShare);
  }
  for (const Price kind : side.fitted) {
    CpuCosts unit = nothing();
    unit.*kind = kUnitPs;
    TRY_ASSIGN(const std::vector<double> amounts, busy_ns(side, unit, loads, seed));
    for (size_t e = 0; e < equations.size(); ++e) equations[e].amounts.push_back(amounts[e]);
  }
  TRY_ASSIGN(const std::vector<double> prices, solve_prices(equations));
  CpuCosts costs;
  for (size_t k = 0; k < side.fitted.size(); ++k)
    costs.*side.fitted[k] = static_cast<int64_t>(prices[k] * kUnitPs + 0.5);
  return costs;
}

// What is left of a producer's record when all else that it costs the client is known.
Result<int64_t> fit_client_record(Profile profile, Load load, const Outcome& measured,
                                  uint64_t seed) {
  load.length = kProduceFor;
  double price_ps = 0;
  for (int turn = 0; turn < kRecordTurns; ++turn) {
    profile.client_costs.record = static_cast<int64_t>(price_ps);
    TRY_ASSIGN(const std::vector<Outcome> shown, play_simulated(profile, {&load, 1}, seed));
    const double missing_ns = measured.client_cost_ns() - shown.front().client_cost_ns();
    price_ps = std::max(0.0, price_ps + missing_ns * 1'000);
  }
  return static_cast<int64_t>(price_ps);
}

Quantiles quantiles_of(const Outcome& outcome) {
  Quantiles values;
  for (const uint32_t share : kShares) values.push_back(outcome.quantile_ns(share));
  return values;
}

// Fits one table of the profile to one load.
// NOLINTNEXTLINE(readability-function-size): what to fit, to what, and by which load
Result<scenarios::Latency> fit_table(const Profile& profile, scenarios::Latency Profile::* member,
                                     int draws, Load load, const Outcome& measured, uint64_t seed) {
  load.length = seconds(kShownAnswers) / load.rate;
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
  const Duration large = std::min(share(3), seconds(1));  // they fill the disk
  const int busy = kBusyConnections;
  using enum LoadKind;
  std::vector<Load> loads = {
      {.name = "warm up: produce", .kind = kProduce, .connections = busy, .length = share(12)},
      {.name = "warm up: fetch", .kind = kFetch, .connections = busy, .length = share(5)},
      {.name = "busy: requests", .kind = kApiVersions, .connections = busy, .length = share(3)},
      {.name = "busy: small fetches", .kind = kFetch, .connections = busy, .length = share(3)},
      {.name = "busy: large fetches",
       .kind = kFetch,
       .connections = busy,
       .record_bytes = 65'536,
       .length = share(3)},
      {.name = "busy: small batches", .kind = kProduce, .connections = busy, .length = share(3)},
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
      {.name = "busy: producers",
       .kind = kProducers,
       .connections = 2,
       .record_bytes = 50,
       .linger = milliseconds(5),
       .length = large},
      {.name = "connections", .kind = kConnect, .rate = 100, .length = share(2)},
      {.name = "round trips", .kind = kApiVersions, .rate = 1'000, .length = share(7)},
      {.name = "appends", .kind = kProduce, .rate = 1'000, .length = share(7)},
      {.name = "flushes", .kind = kProduce, .flushes = true, .rate = 100, .length = share(9)},
  };
  // What others do at the same time only adds to a cost: each is taken twice, and the less counts.
  const auto first = std::ranges::find_if(loads, is_busy);
  const std::vector<Load> again(first, loads.end());
  loads.insert(loads.end(), again.begin(), again.end());
  return loads;
}

Result<Profile> fit_profile(std::span<const Load> loads, std::span<const Outcome> outcomes,
                            uint64_t seed,
                            const std::function<void(const std::string&)>& progress) {
  ASSERT_OP(loads.size(), ==, outcomes.size());
  // The least disturbed of those that a load was played.
  const auto find = [&](std::string_view name) -> Result<size_t> {
    std::optional<size_t> best;
    for (size_t i = 0; i < loads.size(); ++i) {
      if (loads[i].name != name || outcomes[i].latencies_ns.empty()) continue;
      if (!best || outcomes[i].quantile_ns(kTypical) < outcomes[*best].quantile_ns(kTypical))
        best = i;
    }
    if (best) return *best;
    return fail(ErrorCode::kInvalidArgument, std::string(name) + ": nothing was measured");
  };
  progress("the price lists of broker and client");
  TRY_ASSIGN(const CpuCosts costs, fit_costs(broker_side(), loads, outcomes, seed));
  TRY_ASSIGN(const CpuCosts client_costs, fit_costs(client_side(), loads, outcomes, seed));
  Profile profile = quick_profile(costs, client_costs);
  TRY_ASSIGN(const size_t producers, find("busy: producers"));
  TRY_ASSIGN(profile.client_costs.record,
             fit_client_record(profile, loads[producers], outcomes[producers], seed));
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
    TRY_ASSIGN(const size_t i, find(load));
    TRY_ASSIGN(profile.*member, fit_table(profile, member, draws, loads[i], outcomes[i], seed));
  }
  return profile;
}

}  // namespace faultline::calibrate
