// SPDX-License-Identifier: Apache-2.0
// From measurements to the numbers of a profile. Pure. What is fitted are prices, by least squares
// over loads of which each does a known amount of each kind of work; and tables of quantiles, by
// turning each quantile until the simulator shows the measured one. Floating point is fine here:
// the result is rounded to integers before any run sees it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "broker/base/result.h"
#include "scenarios/cluster.h"

namespace faultline::calibrate {

// The quantiles that are measured, per million.
inline constexpr uint32_t kShares[] = {0,       100'000, 250'000,  500'000, 750'000,
                                       900'000, 950'000, 980'000,  990'000, 995'000,
                                       997'500, 999'000, 1'000'000};
using Quantiles = std::vector<int64_t>;  // nanoseconds, one for each of kShares

// One load: so much of each kind of work took so long, both of one operation.
struct Equation {
  std::string name;
  std::vector<double> amounts;  // by kind of work
  double cost_ns = 0;
};

// A price for each kind of work, none below zero, with the least sum of squares of relative errors.
// Errors, kInvalidArgument: a cost or an amount that is no number of at least zero, a load that
// cost nothing, a kind of work that no load does.
Result<std::vector<double>> solve_prices(std::span<const Equation> equations);

// What a load shows whose network (or disk) draws from this table.
using Simulate = std::function<Result<Quantiles>(const scenarios::Latency&)>;

// The table that makes `simulate` show `measured`, where an operation draws from it `draws` times.
// Errors: kInvalidArgument (measured values that do not ascend or are negative), simulate's.
Result<scenarios::Latency> fit_latency(const Quantiles& measured, int draws,
                                       const Simulate& simulate);

}  // namespace faultline::calibrate
