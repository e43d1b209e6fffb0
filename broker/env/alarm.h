// SPDX-License-Identifier: Apache-2.0
// Alarm: a sleep that others may end early, for a task that waits until something changes or a time
// has come. One task sleeps at a time. A ring that meets nobody asleep is forgotten, so look at
// what may have changed before sleeping, in a loop. Cheaper than with_deadline(), which runs two
// tasks beside the one that waits.
#pragma once

#include "broker/env/clock.h"

namespace faultline {

class Alarm {
 public:
  explicit Alarm(Timers& timers) : timers_(timers) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // What `co_await alarm.sleep_until(deadline)` waits for; it must not outlive the alarm.
  class Sleep {
   public:
    Sleep(Alarm& alarm, Instant deadline)
        : alarm_(alarm), until_(alarm.timers_.sleep_until(deadline)) {}
    Sleep(const Sleep&) = delete;
    Sleep& operator=(const Sleep&) = delete;
    ~Sleep() {
      if (alarm_.until_ == &until_) alarm_.until_ = nullptr;
    }

    bool await_ready() const noexcept { return until_.await_ready(); }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> handle) {
      ASSERT(alarm_.until_ == nullptr);
      alarm_.until_ = &until_;
      return until_.await_suspend(handle);
    }
    [[nodiscard]] Result<void> await_resume() { return until_.await_resume(); }

   private:
    Alarm& alarm_;
    SleepUntil until_;
  };

  // Completes at `deadline` or at the next ring(), whichever is first. kCancelled as every wait.
  Sleep sleep_until(Instant deadline) { return Sleep(*this, deadline); }

  void ring() {
    if (is_asleep()) until_->end_early();
  }
  // Has the sleeper wake at `time`, if not before.
  void ring_by(Instant time) {
    if (is_asleep() && until_->deadline() > time) until_->move_to(time);
  }
  bool is_asleep() const { return until_ != nullptr && until_->is_pending(); }

 private:
  Timers& timers_;
  SleepUntil* until_ = nullptr;
};

}  // namespace faultline
