// SPDX-License-Identifier: Apache-2.0
// NodeClock: what one machine believes of time. The monotonic clock runs at its own rate and may
// freeze; the wall clock follows it at an offset that may step. Integer arithmetic only; rates
// change piecewise.
#pragma once

#include "broker/base/time.h"

namespace faultline::sim {

struct ClockConfig {
  WallTime wall_start{};  // the wall clock at true time 0
  int64_t drift_ppb = 0;  // parts per billion fast (+) or slow (-); more than -1,000,000,000
};

class NodeClock {
 public:
  explicit NodeClock(const ClockConfig& config);

  Instant monotonic_at(Instant true_time) const;
  WallTime wall_at(Instant true_time) const;
  // The earliest true time at which the monotonic clock shows `local`; far_future() while frozen.
  Instant true_time_of(Instant local) const;

  // Each takes effect at `true_time`, not before any earlier change. Timers must be armed again.
  void set_drift(Instant true_time, int64_t drift_ppb);
  void step_wall(Duration by) { wall_offset_ns_ += by.ns; }
  void set_wall_start(WallTime start) { wall_offset_ns_ = start.ns; }
  void freeze(Instant true_time);
  void thaw(Instant true_time);
  bool is_frozen() const { return is_frozen_; }

 private:
  void rebase(Instant true_time);

  Instant true_base_{};
  Instant local_base_{};
  int64_t rate_ppb_;  // local nanoseconds per 10^9 true ones
  int64_t wall_offset_ns_;
  bool is_frozen_ = false;
};

}  // namespace faultline::sim
