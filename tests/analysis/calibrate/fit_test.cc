// SPDX-License-Identifier: Apache-2.0
// Goal: what a broker was given is what the fit finds, and what is no measurement is refused.
// Method: made-up prices and tables whose consequences are computed here; then a simulated broker
// under a known profile, measured by the very loads that measure a real one.
#include "analysis/calibrate/fit.h"

#include <cmath>

#include <gtest/gtest.h>

#include "analysis/calibrate/calibrate.h"
#include "broker/base/prng.h"
#include "sim/kernel/quantiles.h"

namespace faultline::calibrate {
namespace {

TEST(SolvePrices, gives_back_the_prices_that_made_the_costs) {
  const std::vector<double> prices = {7'000, 0.2, 900, 0};
  std::vector<Equation> equations = {{.name = "a", .amounts = {1, 200, 0, 1}},
                                     {.name = "b", .amounts = {1, 66'000, 0, 3}},
                                     {.name = "c", .amounts = {1, 300, 1, 0}},
                                     {.name = "d", .amounts = {1, 16'000, 40, 0}},
                                     {.name = "e", .amounts = {2, 100, 3, 7}}};
  for (Equation& one : equations)
    for (size_t k = 0; k < prices.size(); ++k) one.cost_ns += prices[k] * one.amounts[k];
  const auto solved = solve_prices(equations);
  ASSERT_TRUE(solved.has_value());
  for (size_t k = 0; k < prices.size(); ++k)
    EXPECT_NEAR((*solved)[k], prices[k], std::max(prices[k] / 100, 1.0)) << k;
}

TEST(SolvePrices, an_error_of_a_tenth_in_a_load_moves_no_price_by_more_than_a_quarter) {
  std::vector<Equation> equations = {{.name = "a", .amounts = {1, 100}, .cost_ns = 5'010},
                                     {.name = "b", .amounts = {1, 50'000}, .cost_ns = 10'000},
                                     {.name = "c", .amounts = {1, 20'000}, .cost_ns = 7'000}};
  for (Equation& one : equations) {
    const double right = one.cost_ns;
    for (const double factor : {0.9, 1.1}) {
      one.cost_ns = right * factor;
      const auto solved = solve_prices(equations);
      ASSERT_TRUE(solved.has_value());
      EXPECT_NEAR((*solved)[0], 5'000, 1'250) << one.name << factor;
      EXPECT_NEAR((*solved)[1], 0.1, 0.025) << one.name << factor;
    }
    one.cost_ns = right;
  }
}

TEST(SolvePrices, no_price_is_below_zero) {
  const std::vector<Equation> equations = {{.name = "a", .amounts = {1, 0}, .cost_ns = 100},
                                           {.name = "b", .amounts = {1, 10}, .cost_ns = 50}};
  const auto solved = solve_prices(equations);
  ASSERT_TRUE(solved.has_value());
  EXPECT_EQ((*solved)[1], 0);
  EXPECT_GT((*solved)[0], 0);
}

TEST(SolvePrices, what_is_no_measurement_is_refused) {
  const auto error = [](std::vector<Equation> equations) {
    const auto solved = solve_prices(equations);
    return solved ? std::string("none") : solved.error().detail;
  };
  EXPECT_EQ(error({}), "no measurements");
  EXPECT_NE(error({{.name = "a", .amounts = {1}, .cost_ns = 0}}), "none");
  EXPECT_NE(error({{.name = "a", .amounts = {1}, .cost_ns = -5}}), "none");
  EXPECT_NE(error({{.name = "a", .amounts = {1}, .cost_ns = NAN}}), "none");
  EXPECT_NE(error({{.name = "a", .amounts = {INFINITY}, .cost_ns = 1}}), "none");
  EXPECT_NE(error({{.name = "a", .amounts = {1}, .cost_ns = 1},
                   {.name = "b", .amounts = {1, 2}, .cost_ns = 1}}),
            "none");
  EXPECT_EQ(error({{.name = "a", .amounts = {1, 0}, .cost_ns = 1}}), "no load does work of kind 1");
}

sim::QuantileTable drawn_from(const scenarios::Latency& latency) {
  std::vector<sim::QuantileTable::Point> points;
  for (const auto& [share, value] : latency.points) points.push_back({share, value});
  return sim::QuantileTable(points);
}

// The sum of two draws and a constant.
Quantiles shown_by(const scenarios::Latency& latency, uint64_t seed) {
  constexpr size_t kDraws = 20'000;
  const sim::QuantileTable table = drawn_from(latency);
  Draws draws(seed, 1, 1);
  std::vector<int64_t> sums;
  for (size_t i = 0; i < kDraws; ++i) {
    const Duration there = table.draw(draws);
    const Duration back = table.draw(draws);
    sums.push_back(30'000 + there.ns + back.ns);
  }
  std::ranges::sort(sums);
  Quantiles quantiles;
  for (const uint32_t share : kShares)
    quantiles.push_back(sums[std::min(kDraws * share / 1'000'000, kDraws - 1)]);
  return quantiles;
}

TEST(FitLatency, finds_a_table_that_shows_what_was_measured) {
  scenarios::Latency truth;
  int64_t value = 10'000;
  for (const uint32_t share : kShares) {
    truth.points.push_back({share, Duration{value}});
    value = value * 3 / 2;
  }
  const Quantiles measured = shown_by(truth, 1);
  const auto fitted = fit_latency(measured, 2, [](const scenarios::Latency& candidate) {
    return Result<Quantiles>(shown_by(candidate, 2));
  });
  ASSERT_TRUE(fitted.has_value());
  const Quantiles shown = shown_by(*fitted, 3);
  for (size_t i = 0; i + 1 < shown.size(); ++i)
    EXPECT_NEAR(static_cast<double>(shown[i]), static_cast<double>(measured[i]),
                static_cast<double>(measured[i]) * 0.15)
        << kShares[i];
  // Other tables show nearly the same sums: the bound on the table itself is wider.
  EXPECT_NEAR(static_cast<double>(fitted->p50.ns), static_cast<double>(truth.points[3].value.ns),
              static_cast<double>(truth.points[3].value.ns) * 0.2);
}

TEST(FitLatency, quantiles_that_do_not_ascend_are_refused) {
  const auto none = [](const scenarios::Latency&) { return Result<Quantiles>(Quantiles(13, 0)); };
  EXPECT_FALSE(fit_latency({}, 1, none).has_value());
  EXPECT_FALSE(fit_latency({-1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 1, none).has_value());
  EXPECT_FALSE(fit_latency({1, 2, 3, 4, 5, 4, 6, 7, 8, 9, 10, 11, 12}, 1, none).has_value());
}

Duration value_at(const scenarios::Latency& table, uint32_t share) {
  return std::ranges::find(table.points, share, &scenarios::Quantile::per_million)->value;
}

scenarios::Latency spread(int64_t least_ns) {
  scenarios::Latency table;
  int64_t percent = 100;
  for (const uint32_t share : kShares) {
    table.points.push_back({share, Duration{least_ns * percent / 100}});
    percent += 40;
  }
  table.p50 = value_at(table, 500'000);
  table.p99 = value_at(table, 990'000);
  return table;
}

TEST(FitProfile, a_simulated_broker_gives_back_the_profile_under_which_it_ran) {
  Profile truth;
  truth.costs.request = 20'000'000;
  truth.costs.network_byte = 400;
  truth.costs.checksum_byte = 300;
  truth.costs.record = 200'000;
  truth.costs.log_append = 9'000'000;
  truth.costs.log_read = 4'000'000;
  truth.client_costs.resume = 1'500'000;
  truth.client_costs.record = 800'000;
  truth.network = spread(20'000);
  truth.write = spread(40'000);
  truth.fsync = spread(1'500'000);
  const std::vector<Load> loads = calibration_loads(seconds(6));
  const auto outcomes = play_simulated(truth, loads, 7);
  ASSERT_TRUE(outcomes.has_value()) << outcomes.error().to_string();
  const auto fitted = fit_profile(loads, *outcomes, 1, [](const std::string&) {});
  ASSERT_TRUE(fitted.has_value()) << fitted.error().to_string();
  const auto near = [](int64_t found, int64_t wanted, int64_t percent, const char* what) {
    EXPECT_NEAR(static_cast<double>(found), static_cast<double>(wanted),
                static_cast<double>(wanted * percent) / 100)
        << what;
  };
  near(fitted->costs.request, truth.costs.request, 10, "request");
  near(fitted->costs.network_byte, truth.costs.network_byte, 10, "network byte");
  near(fitted->costs.checksum_byte, truth.costs.checksum_byte, 15, "checksum byte");
  near(fitted->costs.record, truth.costs.record, 10, "record");
  near(fitted->costs.log_append, truth.costs.log_append, 15, "log append");
  near(fitted->costs.log_read, truth.costs.log_read, 25, "log read");
  near(fitted->client_costs.resume, truth.client_costs.resume, 10, "a client's task");
  near(fitted->client_costs.record, truth.client_costs.record, 10, "a client's record");
  for (const size_t i : {1u, 3u, 5u}) {
    near(fitted->network.points[i].value.ns, truth.network.points[i].value.ns, 20, "network");
    near(fitted->write.points[i].value.ns, truth.write.points[i].value.ns, 30, "write");
    near(fitted->fsync.points[i].value.ns, truth.fsync.points[i].value.ns, 20, "fsync");
  }
}

TEST(FitProfile, loads_of_which_nothing_was_seen_are_refused) {
  const std::vector<Load> loads = calibration_loads(seconds(6));
  const std::vector<Outcome> nothing(loads.size());
  EXPECT_FALSE(fit_profile(loads, nothing, 1, [](const std::string&) {}).has_value());
}

}  // namespace
}  // namespace faultline::calibrate
