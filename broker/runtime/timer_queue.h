// SPDX-License-Identifier: Apache-2.0
// The real Clock, and TimerQueue: the real Timers port. Deadlines are of CLOCK_MONOTONIC; equal
// ones expire in the order in which they were set. The event loop asks for the next deadline and
// expires what is due.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "broker/env/clock.h"

namespace faultline {

class RealClock final : public Clock {
 public:
  Instant now() override;
  WallTime wall_now() override;
};

class TimerQueue final : public Timers, private OpOwner {
 public:
  void submit(SleepUntil& op) override;

  bool empty() const { return order_.empty(); }
  Instant next_deadline() const { return order_.begin()->first; }  // requires !empty()
  // Completes every timer whose deadline is not after `now`.
  void expire(Instant now);

 private:
  using Order = std::multimap<Instant, uint64_t>;  // the value is a slot
  struct Slot {
    SleepUntil* op = nullptr;
    Order::iterator place;
  };

  void forget(OpBase& op) noexcept override;
  SleepUntil& release(uint64_t slot);

  Order order_;
  std::vector<Slot> slots_;
  std::vector<uint64_t> free_;
};

}  // namespace faultline
