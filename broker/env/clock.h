// SPDX-License-Identifier: Apache-2.0
// Clock and Timers: what time a node believes it is, and waiting for it. Both clocks are the node's
// own: the monotonic one may drift or freeze, the wall clock may also step either way. Safety must
// never depend on the wall clock.
#pragma once

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
  SleepUntil(Timers& timers, Instant deadline) : deadline(deadline), timers_(timers) {}
  const Instant deadline;

 private:
  void start() override;
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

}  // namespace faultline
