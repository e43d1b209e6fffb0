// SPDX-License-Identifier: Apache-2.0
// Goal: the wheel is a queue ordered by (time, insertion), for any mix of near, far and equal
// times. Method: random operations against a std::multimap, which keeps equal keys in insertion
// order.
#include "sim/kernel/timing_wheel.h"

#include <map>
#include <memory>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "broker/base/prng.h"

namespace faultline::sim {
namespace {

struct Event final : TimedEvent {
  explicit Event(int number) : number(number) {}
  void fire() override {}
  const int number;
};

// A wheel and its oracle in step.
class Twins {
 public:
  ~Twins() {
    for (const auto& event : events_) wheel_.cancel(*event);
  }

  Instant now() const { return wheel_.now(); }
  bool empty() const { return oracle_.empty(); }

  void insert(Instant time) {
    events_.push_back(std::make_unique<Event>(static_cast<int>(events_.size())));
    insert_again(*events_.back(), time);
  }
  void cancel(size_t choice) {
    auto victim = oracle_.begin();
    std::advance(victim, static_cast<ptrdiff_t>(choice % oracle_.size()));
    wheel_.cancel(*victim->second);
    free_.push_back(victim->second);
    oracle_.erase(victim);
  }
  void insert_cancelled_again(Instant time) {
    if (free_.empty()) return insert(time);
    Event& event = *free_.back();
    free_.pop_back();
    insert_again(event, time);
  }
  void pop(Instant limit) {
    TimedEvent* const event = wheel_.pop(limit);
    if (oracle_.empty() || oracle_.begin()->first > limit) {
      ASSERT_EQ(event, nullptr);
      return;
    }
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(static_cast<Event*>(event)->number, oracle_.begin()->second->number);
    EXPECT_EQ(event->time(), oracle_.begin()->first);
    EXPECT_EQ(wheel_.now(), event->time());
    EXPECT_FALSE(event->is_scheduled());
    free_.push_back(oracle_.begin()->second);
    oracle_.erase(oracle_.begin());
  }
  // As far as nothing is due before.
  void advance_to(Instant time) {
    if (!oracle_.empty() && oracle_.begin()->first < time) time = oracle_.begin()->first;
    if (time < now()) return;
    wheel_.advance_to(time);
    EXPECT_EQ(wheel_.now(), time);
    const bool is_due = !oracle_.empty() && oracle_.begin()->first == time;
    EXPECT_EQ(wheel_.has_due(), is_due);
  }
  void check() const {
    EXPECT_EQ(wheel_.size(), oracle_.size());
    EXPECT_EQ(wheel_.empty(), oracle_.empty());
  }

 private:
  void insert_again(Event& event, Instant time) {
    wheel_.insert(event, time);
    oracle_.emplace(time, &event);
  }

  TimingWheel wheel_;
  std::multimap<Instant, Event*> oracle_;
  std::vector<std::unique_ptr<Event>> events_;
  std::vector<Event*> free_;
};

// Distances of all magnitudes, zero and equal ones included.
Duration random_distance(Draws& draws) {
  const uint64_t bits = draws.below(46);
  const uint64_t distance = draws.below(uint64_t{1} << bits);
  return Duration{
      static_cast<int64_t>(draws.chance({1, 3}) ? distance & ~uint64_t{0xfff} : distance)};
}

TEST(TimingWheel, pops_what_a_multimap_pops) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Draws draws(seed, stream_id("wheel"), 0);
    Twins twins;
    for (int step = 0; step < 1000; ++step) {
      switch (draws.below(8)) {
        case 0:
        case 1: twins.insert(twins.now() + random_distance(draws)); break;
        case 2: twins.insert_cancelled_again(twins.now() + random_distance(draws)); break;
        case 3:
          if (!twins.empty()) twins.cancel(draws.next());
          break;
        case 4: twins.pop(twins.now() + random_distance(draws)); break;
        case 5: twins.advance_to(twins.now() + random_distance(draws)); break;
        default: twins.pop(Instant::far_future()); break;
      }
      twins.check();
      if (testing::Test::HasFailure()) FAIL() << "seed " << seed << " step " << step;
    }
    while (!twins.empty()) twins.pop(Instant::far_future());
  }
}

RC_GTEST_PROP(TimingWheel, sorts_any_times_stably, (const std::vector<uint32_t>& times)) {
  TimingWheel wheel;
  std::multimap<int64_t, int> oracle;
  std::vector<std::unique_ptr<Event>> events;
  for (const uint32_t draw : times) {
    const int64_t time = static_cast<int64_t>(mix64(draw % 16) >> (1 + draw % 60));
    events.push_back(std::make_unique<Event>(static_cast<int>(events.size())));
    wheel.insert(*events.back(), Instant{time});
    oracle.emplace(time, events.back()->number);
  }
  for (const auto& [time, number] : oracle) {
    TimedEvent* const event = wheel.pop(Instant::far_future());
    RC_ASSERT(event != nullptr);
    RC_ASSERT(event->time().ns == time);
    RC_ASSERT(static_cast<Event*>(event)->number == number);
  }
  RC_ASSERT(wheel.empty());
}

TEST(TimingWheel, keeps_the_order_of_ties_that_entered_at_different_levels) {
  TimingWheel wheel;
  const Instant time{(int64_t{1} << 30) + 5};
  Event far(0);
  Event nearer(1);
  Event at_hand(2);
  Event step_one(10);
  Event step_two(11);
  wheel.insert(far, time);
  wheel.insert(step_one, Instant{int64_t{1} << 29});
  EXPECT_EQ(wheel.pop(time), &step_one);
  wheel.insert(nearer, time);
  wheel.insert(step_two, Instant{(int64_t{1} << 30) + 1});
  EXPECT_EQ(wheel.pop(time), &step_two);
  wheel.insert(at_hand, time);
  EXPECT_EQ(wheel.pop(time), &far);
  EXPECT_EQ(wheel.pop(time), &nearer);
  EXPECT_EQ(wheel.pop(time), &at_hand);
}

TEST(TimingWheel, reaches_the_end_of_time) {
  TimingWheel wheel;
  Event last(0);
  Event first(1);
  wheel.insert(last, Instant::far_future());
  wheel.insert(first, Instant{1});
  EXPECT_EQ(wheel.pop(Instant::far_future()), &first);
  EXPECT_EQ(wheel.pop(Instant{INT64_MAX - 1}), nullptr);
  EXPECT_EQ(wheel.pop(Instant::far_future()), &last);
}

TEST(TimingWheel, a_pop_that_finds_nothing_does_not_move_time_past_its_limit) {
  TimingWheel wheel;
  Event event(0);
  wheel.insert(event, Instant{1'000'000});
  EXPECT_EQ(wheel.pop(Instant{999'999}), nullptr);
  EXPECT_LE(wheel.now().ns, 999'999);
  Event earlier(1);
  wheel.insert(earlier, Instant{999'999});
  EXPECT_EQ(wheel.pop(Instant{1'000'000}), &earlier);
  EXPECT_EQ(wheel.pop(Instant{1'000'000}), &event);
}

TEST(TimingWheel, cancelling_twice_or_nothing_is_harmless) {
  TimingWheel wheel;
  Event event(0);
  wheel.cancel(event);
  wheel.insert(event, Instant{7});
  wheel.cancel(event);
  wheel.cancel(event);
  EXPECT_TRUE(wheel.empty());
  EXPECT_EQ(wheel.pop(Instant::far_future()), nullptr);
}

}  // namespace
}  // namespace faultline::sim
