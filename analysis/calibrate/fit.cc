// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibrate/fit.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace faultline::calibrate {
namespace {

constexpr int kSweeps = 20'000;    // of the least squares; each is a few dozen multiplications
constexpr int kTurns = 12;         // of each quantile
constexpr int64_t kLeastNs = 500;  // a network or disk of no time at all would hide every race

bool is_number(double value) { return std::isfinite(value) && value >= 0; }

Result<void> check(std::span<const Equation> equations) {
  if (equations.empty()) return fail(ErrorCode::kInvalidArgument, "no measurements");
  const size_t kinds = equations.front().amounts.size();
  std::vector<bool> is_done(kinds, false);
  for (const Equation& one : equations) {
    if (!is_number(one.cost_ns) || one.cost_ns == 0 || one.amounts.size() != kinds)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("{}: {} ns is no cost of an operation", one.name, one.cost_ns));
    for (size_t k = 0; k < kinds; ++k) {
      if (!is_number(one.amounts[k]))
        return fail(ErrorCode::kInvalidArgument, one.name + ": an amount of work is no number");
      is_done[k] = is_done[k] || one.amounts[k] > 0;
    }
  }
  for (size_t k = 0; k < kinds; ++k)
    if (!is_done[k])
      return fail(ErrorCode::kInvalidArgument, fmt::format("no load does work of kind {}", k));
  return {};
}

scenarios::Latency table_of(const Quantiles& values) {
  scenarios::Latency table;
  int64_t least = kLeastNs;
  for (size_t i = 0; i < values.size(); ++i) {
    least = std::max(least, values[i]);
    table.points.push_back({kShares[i], Duration{least}});
    if (kShares[i] == 500'000) table.p50 = Duration{least};
    if (kShares[i] == 990'000) table.p99 = Duration{least};
  }
  return table;
}

}  // namespace

// Coordinate descent: each price in turn takes the value that is best while the others stay.
Result<std::vector<double>> solve_prices(std::span<const Equation> equations) {
  TRY(check(equations));
  const size_t kinds = equations.front().amounts.size();
  std::vector<double> prices(kinds, 0);
  std::vector<double> missing(equations.size(), 1);  // of each cost, as a share of it
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (size_t k = 0; k < kinds; ++k) {
      double up = 0;
      double down = 0;
      for (size_t e = 0; e < equations.size(); ++e) {
        const double share = equations[e].amounts[k] / equations[e].cost_ns;
        up += share * (missing[e] + share * prices[k]);
        down += share * share;
      }
      const double best = std::max(0.0, up / down);
      for (size_t e = 0; e < equations.size(); ++e)
        missing[e] -= equations[e].amounts[k] / equations[e].cost_ns * (best - prices[k]);
      prices[k] = best;
    }
  }
  return prices;
}

Result<scenarios::Latency> fit_latency(const Quantiles& measured, int draws,
                                       const Simulate& simulate) {
  if (measured.size() != std::size(kShares) || measured.front() < 0 ||
      !std::ranges::is_sorted(measured))
    return fail(ErrorCode::kInvalidArgument, "measured quantiles do not ascend from zero");
  Quantiles wanted(measured.size(), 0);
  scenarios::Latency table = table_of(wanted);
  for (int turn = 0; turn < kTurns; ++turn) {
    TRY_ASSIGN(const Quantiles shown, simulate(table));
    const size_t last = wanted.size() - 1;
    // No finite run shows its maximum: that is what the worst measured one had over the rest.
    if (turn == 0) wanted[last] = std::max<int64_t>(measured[last] - shown[0], 0);
    for (size_t i = 0; i < last; ++i)
      wanted[i] = std::max<int64_t>(wanted[i] + (measured[i] - shown[i]) / draws, 0);
    std::ranges::sort(wanted);
    table = table_of(wanted);
  }
  return table;
}

}  // namespace faultline::calibrate
