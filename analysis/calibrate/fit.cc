// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibrate/fit.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace faultline::calibrate {
namespace {

constexpr int kSweeps = 20'000;    // of the least squares; each is a few dozen multiplications
constexpr int kTurns = 10;         // of each quantile
constexpr int kDamping = 3;        // a quantile of a sum depends on its neighbours, too
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

// The largest error of a quantile, as a share of it; the maximum is left out.
double error_of(const Quantiles& shown, const Quantiles& measured) {
  double largest = 0;
  for (size_t i = 0; i + 1 < measured.size(); ++i) {
    const auto wanted = static_cast<double>(std::max(measured[i], kLeastNs));
    largest = std::max(largest, std::abs(static_cast<double>(shown[i]) - wanted) / wanted);
  }
  return largest;
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
  // What the load takes without the table; no finite run shows its maximum, so that is one draw's.
  TRY_ASSIGN(const Quantiles bare, simulate(table_of(Quantiles(measured.size(), 0))));
  Quantiles wanted;
  for (const int64_t value : measured) wanted.push_back((value - bare.front()) / draws);
  wanted.back() = measured.back() - bare.front();
  scenarios::Latency best;
  double least_error = 0;
  for (int turn = 0; turn < kTurns; ++turn) {
    for (size_t i = 0; i < wanted.size(); ++i)
      wanted[i] = std::max(wanted[i], i == 0 ? 0 : wanted[i - 1]);
    const scenarios::Latency table = table_of(wanted);
    TRY_ASSIGN(const Quantiles shown, simulate(table));
    const double error = error_of(shown, measured);
    if (turn == 0 || error < least_error) {
      least_error = error;
      best = table;
    }
    for (size_t i = 0; i + 1 < wanted.size(); ++i) wanted[i] += (measured[i] - shown[i]) / kDamping;
  }
  return best;
}

}  // namespace faultline::calibrate
