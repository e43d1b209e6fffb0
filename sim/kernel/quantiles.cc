// SPDX-License-Identifier: Apache-2.0
// Integer interpolation in a table of quantiles.
#include "sim/kernel/quantiles.h"

#include <utility>

#include "broker/base/assert.h"

namespace faultline::sim {
namespace {

constexpr uint32_t kMillion = 1'000'000;
constexpr int64_t kBillion = 1'000'000'000;

}  // namespace

QuantileTable::QuantileTable(std::vector<Point> points) : points_(std::move(points)) {
  ASSERT_OP(points_.size(), >=, 2u);
  ASSERT_OP(points_.front().per_million, ==, 0u);
  ASSERT_OP(points_.back().per_million, ==, kMillion);
  for (size_t i = 1; i < points_.size(); ++i) {
    ASSERT_OP(points_[i - 1].per_million, <, points_[i].per_million);
    ASSERT_OP(points_[i - 1].value.ns, <=, points_[i].value.ns);
  }
}

QuantileTable QuantileTable::constant(Duration value) {
  return QuantileTable({{0, value}, {kMillion, value}});
}

QuantileTable QuantileTable::latency(Duration p50, Duration p99) {
  if (p99 < p50) p99 = p50;
  return QuantileTable(
      {{0, p50 / 2}, {500'000, p50}, {990'000, p99}, {999'000, p99 * 3}, {kMillion, p99 * 10}});
}

Duration QuantileTable::at(uint64_t draw) const {
  const auto per_billion =
      static_cast<int64_t>(static_cast<unsigned __int128>(draw) * 1'000'000'000 >> 64);
  size_t upper = 1;
  while (per_billion >= int64_t{points_[upper].per_million} * 1000) ++upper;
  const Point& low = points_[upper - 1];
  const Point& high = points_[upper];
  const int64_t width = int64_t{high.per_million - low.per_million} * 1000;
  const int64_t into = per_billion - int64_t{low.per_million} * 1000;
  const int64_t height = high.value.ns - low.value.ns;
  if (height <= INT64_MAX / kBillion) [[likely]]  // 128 bits divide slowly
    return Duration{low.value.ns + height * into / width};
  return Duration{low.value.ns +
                  static_cast<int64_t>(static_cast<__int128>(height) * into / width)};
}

}  // namespace faultline::sim
