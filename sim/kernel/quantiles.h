// SPDX-License-Identifier: Apache-2.0
// QuantileTable: a distribution of durations as integers, so that every build draws the same values
// (determinism rule 2). Between two given quantiles it interpolates linearly.
#pragma once

#include <cstdint>
#include <vector>

#include "broker/base/prng.h"
#include "broker/base/time.h"

namespace faultline::sim {

class QuantileTable {
 public:
  struct Point {
    uint32_t per_million;  // share of draws at or below `value`
    Duration value;
  };
  // Points ascend in both members; the first has per_million 0 and the last 1,000,000.
  explicit QuantileTable(std::vector<Point> points);
  // Always `value`.
  static QuantileTable constant(Duration value);
  // The usual shape of a latency: from p50 / 2 over p50 and p99 to a heavy tail of 10 * p99 at the
  // end.
  static QuantileTable latency(Duration p50, Duration p99);

  Duration at(uint64_t draw) const;  // draw: all 64 bits of a random number
  Duration draw(Draws& draws) const { return at(draws.next()); }
  Duration median() const { return at(uint64_t{1} << 63); }

 private:
  std::vector<Point> points_;
};

}  // namespace faultline::sim
