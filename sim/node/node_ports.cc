// SPDX-License-Identifier: Apache-2.0
// Timers on the kernel's wheel and keyed random streams.
#include "sim/node/node_ports.h"

#include <bit>

namespace faultline::sim {

SimTimers::~SimTimers() {
  for (const std::unique_ptr<Timer>& timer : timers_) processor_.kernel().cancel(*timer);
}

void SimTimers::submit(SleepUntil& op) {
  if (free_.empty()) {
    timers_.push_back(std::make_unique<Timer>(*this));
    free_.push_back(timers_.back().get());
  }
  Timer& timer = *free_.back();
  free_.pop_back();
  op.accept(*this);
  op.owner_token = std::bit_cast<uint64_t>(&timer);
  timer.op = &op;
  timer.deadline = op.deadline();
  timer.cause = processor_.kernel().cause();
  arm(timer);
}

void SimTimers::arm(Timer& timer) {
  const Instant true_time = clock_.true_time_of(timer.deadline);
  const Instant earliest = processor_.local_time();
  if (true_time == Instant::far_future()) return;  // frozen: rearm() comes when the clock goes on
  processor_.kernel().schedule(timer, true_time < earliest ? earliest : true_time);
}

void SimTimers::rearm() {
  for (const std::unique_ptr<Timer>& timer : timers_) {
    if (timer->op == nullptr) continue;
    processor_.kernel().cancel(*timer);
    arm(*timer);
  }
}

void SimTimers::expire(Timer& timer) {
  SleepUntil& op = *timer.op;
  processor_.kernel().set_cause(timer.cause);
  processor_.note_outside_completion();
  release(timer);
  op.complete({});
}

void SimTimers::release(Timer& timer) {
  timer.op = nullptr;
  free_.push_back(&timer);
}

void SimTimers::forget(OpBase& op) noexcept {
  Timer& timer = *std::bit_cast<Timer*>(op.owner_token);
  processor_.kernel().cancel(timer);
  release(timer);
}

uint64_t SimRandom::next(uint64_t stream) {
  const uint64_t entity = incarnation_ << 32 | static_cast<uint32_t>(node_);
  return mix(seed_, stream, entity, counters_[stream]++);
}

}  // namespace faultline::sim
