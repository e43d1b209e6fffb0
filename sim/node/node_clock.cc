// SPDX-License-Identifier: Apache-2.0
// Piecewise linear local time.
#include "sim/node/node_clock.h"

#include "broker/base/assert.h"

namespace faultline::sim {
namespace {

constexpr int64_t kBillion = 1'000'000'000;
// So that a remainder times a rate stays within 63 bits; 128-bit division is slow.
constexpr int64_t kRateMax = INT64_MAX / kBillion - 1;

// Rounded down, for divisor > 0.
int64_t divided(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

// elapsed * rate / 10^9, rounded down, for elapsed >= 0. Rates are near 10^9 and times short: then
// it is the time itself and a little that costs one division.
int64_t scaled(int64_t elapsed_ns, int64_t rate_ppb) {
  int64_t gained = 0;
  if (!__builtin_mul_overflow(elapsed_ns, rate_ppb - kBillion, &gained)) [[likely]]
    return elapsed_ns + divided(gained, kBillion);
  return elapsed_ns / kBillion * rate_ppb + elapsed_ns % kBillion * rate_ppb / kBillion;
}

}  // namespace

NodeClock::NodeClock(const ClockConfig& config)
    : rate_ppb_(kBillion + config.drift_ppb), wall_offset_ns_(config.wall_start.ns) {
  ASSERT(rate_ppb_ > 0 && rate_ppb_ <= kRateMax);
}

Instant NodeClock::monotonic_at(Instant true_time) const {
  if (is_frozen_ || true_time <= true_base_) return local_base_;
  const int64_t elapsed = (true_time - true_base_).ns;
  if (rate_ppb_ == kBillion) return local_base_ + Duration{elapsed};
  return local_base_ + Duration{scaled(elapsed, rate_ppb_)};
}

WallTime NodeClock::wall_at(Instant true_time) const {
  return WallTime{monotonic_at(true_time).ns + wall_offset_ns_};
}

Instant NodeClock::true_time_of(Instant local) const {
  if (local <= local_base_) return true_base_;
  if (is_frozen_) return Instant::far_future();
  const int64_t wanted = (local - local_base_).ns;
  const int64_t left = INT64_MAX - true_base_.ns;
  if (rate_ppb_ == kBillion)
    return wanted > left ? Instant::far_future() : true_base_ + Duration{wanted};
  // wanted * 10^9 / rate, rounded up; as in scaled() mostly with one division.
  int64_t gained = 0;
  if (!__builtin_mul_overflow(wanted, rate_ppb_ - kBillion, &gained)) [[likely]] {
    // The true time is `wanted` less this: of a clock that all but stands so far below zero that
    // the difference would run over, hence the comparison the other way round.
    const int64_t gained_in_true_ns = divided(gained, rate_ppb_);
    const bool is_beyond = gained_in_true_ns <= wanted - (left - kBillion);
    return is_beyond ? Instant::far_future() : true_base_ + Duration{wanted - gained_in_true_ns};
  }
  const int64_t whole = wanted / rate_ppb_;
  if (whole >= left / kBillion - 1) return Instant::far_future();
  const int64_t rest = (wanted % rate_ppb_ * kBillion + rate_ppb_ - 1) / rate_ppb_;
  return true_base_ + Duration{whole * kBillion + rest};
}

void NodeClock::rebase(Instant true_time) {
  local_base_ = monotonic_at(true_time);
  true_base_ = true_time;
}

void NodeClock::set_drift(Instant true_time, int64_t drift_ppb) {
  rebase(true_time);
  rate_ppb_ = kBillion + drift_ppb;
  ASSERT(rate_ppb_ > 0 && rate_ppb_ <= kRateMax);
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
