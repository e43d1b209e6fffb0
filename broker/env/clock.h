// SPDX-License-Identifier: Apache-2.0
// Clock and Timers: what time a node believes it is, and waiting for it. Both clocks are the node's
// own: the monotonic one may drift or freeze, the wall clock may also step either way. Safety must
// never depend on the wall clock.
#pragma once

#include <utility>

#include "broker/base/time.h"
#include "broker/env/op.h"

namespace faultline {

class Clock {
 public:
  virtual Instant now() = 0;        // monotonic; never goes back
  virtual WallTime wall_now() = 0;  // may jump

 protected:
  ~Clock() = default;
};

class Timers;

// Completes at or after `deadline` of the node's monotonic clock: `co_await timers.sleep_until(t)`.
class SleepUntil final : public Op<void> {
 public:
  SleepUntil(Timers& timers, Instant deadline) : deadline_(deadline), timers_(timers) {}
  Instant deadline() const { return deadline_; }

  // Completes it before its time. Requires is_pending().
  void end_early() {
    owner_->forget(*this);
    complete({});
  }
  // Has it complete at another time. Requires is_pending().
  void move_to(Instant deadline);

 private:
  void start() override;
  Instant deadline_;
  Timers& timers_;
};

class Timers {
 public:
  SleepUntil sleep_until(Instant deadline) { return SleepUntil(*this, deadline); }
  virtual void submit(SleepUntil& op) = 0;

 protected:
  ~Timers() = default;
};

inline void SleepUntil::start() { timers_.submit(*this); }

inline void SleepUntil::move_to(Instant deadline) {
  std::exchange(owner_, nullptr)->forget(*this);
  deadline_ = deadline;
  timers_.submit(*this);
}

}  // namespace faultline
