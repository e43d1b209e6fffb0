// SPDX-License-Identifier: Apache-2.0
// Piecewise linear local time.
#include "sim/node/node_clock.h"

#include "broker/base/assert.h"

namespace faultline::sim {
namespace {

constexpr int64_t kBillion = 1'000'000'000;

}  // namespace

NodeClock::NodeClock(const ClockConfig& config)
    : rate_ppb_(kBillion + config.drift_ppb), wall_offset_ns_(config.wall_start.ns) {
  ASSERT_OP(rate_ppb_, >, 0);
}

Instant NodeClock::monotonic_at(Instant true_time) const {
  if (is_frozen_ || true_time <= true_base_) return local_base_;
  const __int128 elapsed = (true_time - true_base_).ns;
  return local_base_ + Duration{static_cast<int64_t>(elapsed * rate_ppb_ / kBillion)};
}

WallTime NodeClock::wall_at(Instant true_time) const {
  return WallTime{monotonic_at(true_time).ns + wall_offset_ns_};
}

Instant NodeClock::true_time_of(Instant local) const {
  if (local <= local_base_) return true_base_;
  if (is_frozen_) return Instant::far_future();
  const __int128 wanted = (local - local_base_).ns;
  const __int128 elapsed = (wanted * kBillion + rate_ppb_ - 1) / rate_ppb_;
  if (elapsed > INT64_MAX - true_base_.ns) return Instant::far_future();
  return true_base_ + Duration{static_cast<int64_t>(elapsed)};
}

void NodeClock::rebase(Instant true_time) {
  local_base_ = monotonic_at(true_time);
  true_base_ = true_time;
}

void NodeClock::set_drift(Instant true_time, int64_t drift_ppb) {
  rebase(true_time);
  rate_ppb_ = kBillion + drift_ppb;
  ASSERT_OP(rate_ppb_, >, 0);
}

void NodeClock::freeze(Instant true_time) {
  rebase(true_time);
  is_frozen_ = true;
}

void NodeClock::thaw(Instant true_time) {
  rebase(true_time);
  is_frozen_ = false;
}

}  // namespace faultline::sim
