// SPDX-License-Identifier: Apache-2.0
// Time as the kernel tells it.
#include "broker/runtime/timer_queue.h"

#include <time.h>  // NOLINT(modernize-deprecated-headers): clock_gettime is not in <ctime>

namespace faultline {
namespace {

int64_t read_clock(clockid_t clock) {
  timespec time{};
  ASSERT(::clock_gettime(clock, &time) == 0);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Instant RealClock::now() { return Instant{read_clock(CLOCK_MONOTONIC)}; }

WallTime RealClock::wall_now() { return WallTime{read_clock(CLOCK_REALTIME)}; }

void TimerQueue::submit(SleepUntil& op) {
  if (free_.empty()) {
    free_.push_back(slots_.size());
    slots_.emplace_back();
  }
  const uint64_t slot = free_.back();
  free_.pop_back();
  op.accept(*this);
  op.owner_token = slot;
  slots_[slot] = {&op, order_.emplace(op.deadline(), slot)};
}

void TimerQueue::expire(Instant now) {
  while (!order_.empty() && order_.begin()->first <= now)
    release(order_.begin()->second).complete({});
}

void TimerQueue::forget(OpBase& op) noexcept { release(op.owner_token); }

SleepUntil& TimerQueue::release(uint64_t slot) {
  order_.erase(slots_[slot].place);
  free_.push_back(slot);
  return *slots_[slot].op;
}

}  // namespace faultline
