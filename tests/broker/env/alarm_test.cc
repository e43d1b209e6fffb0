// SPDX-License-Identifier: Apache-2.0
// Goal: a sleep with an alarm ends at its time, at a ring, or with its task, and never twice.
// Method: timers whose clock the test moves.
#include "broker/env/alarm.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/env/local_executor.h"
#include "broker/env/scope.h"
#include "tests/support/manual_timers.h"

namespace faultline {
namespace {

using testing::HandClock;
using testing::ManualTimers;

class AlarmTest : public ::testing::Test {
 protected:
  Task<void> sleeper(Instant until) {
    const Result<void> slept = co_await alarm.sleep_until(until);
    woken.push_back(slept ? std::to_string(clock.now().ns - start.ns) : slept.error().to_string());
  }
  void sleep(int64_t ns) {
    scope->spawn(sleeper(start + Duration{ns}));
    executor.run_until_idle();
  }
  void advance(int64_t ns) {
    timers.advance_to(start + Duration{ns});
    executor.run_until_idle();
  }

  HandClock clock;
  const Instant start = clock.now();
  ManualTimers timers{clock};
  LocalExecutor executor;
  Alarm alarm{timers};
  std::unique_ptr<Scope> scope = std::make_unique<Scope>(executor);
  std::vector<std::string> woken;
};

using Woken = std::vector<std::string>;

TEST_F(AlarmTest, sleeps_until_the_deadline_when_nobody_rings) {
  sleep(100);
  EXPECT_TRUE(alarm.is_asleep());
  advance(99);
  EXPECT_EQ(woken, Woken{});
  advance(100);
  EXPECT_EQ(woken, Woken{"100"});
  EXPECT_FALSE(alarm.is_asleep());
}

TEST_F(AlarmTest, a_ring_ends_the_sleep_and_its_timer) {
  sleep(100);
  advance(40);
  alarm.ring();
  EXPECT_EQ(woken, Woken{});  // a ring makes ready and runs nothing
  alarm.ring();
  executor.run_until_idle();
  EXPECT_EQ(woken, Woken{"40"});
  EXPECT_EQ(timers.pending_count(), 0u);
}

TEST_F(AlarmTest, ring_by_brings_the_end_forward_and_never_puts_it_off) {
  sleep(100);
  alarm.ring_by(start + Duration{150});
  EXPECT_EQ(timers.next(), start + Duration{100});
  alarm.ring_by(start + Duration{60});
  EXPECT_EQ(timers.next(), start + Duration{60});
  advance(60);
  EXPECT_EQ(woken, Woken{"60"});
  sleep(100);
  advance(70);
  alarm.ring_by(start + Duration{50});  // passed already
  executor.run_until_idle();
  EXPECT_EQ(woken, (Woken{"60", "70"}));
}

TEST_F(AlarmTest, a_ring_that_meets_nobody_is_forgotten) {
  alarm.ring();
  alarm.ring_by(start);
  sleep(10);
  EXPECT_EQ(woken, Woken{});
  advance(10);
  EXPECT_EQ(woken, Woken{"10"});
}

TEST_F(AlarmTest, a_cancelled_task_hears_of_it_and_a_dead_one_leaves_the_alarm_usable) {
  sleep(100);
  scope->cancel();
  executor.run_until_idle();
  EXPECT_EQ(woken, Woken{"cancelled"});
  scope = std::make_unique<Scope>(executor);
  sleep(100);
  scope.reset();
  EXPECT_FALSE(alarm.is_asleep());
  alarm.ring();
  scope = std::make_unique<Scope>(executor);
  sleep(50);
  advance(50);
  EXPECT_EQ(woken, (Woken{"cancelled", "50"}));
}

}  // namespace
}  // namespace faultline
