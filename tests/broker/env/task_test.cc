// SPDX-License-Identifier: Apache-2.0
// Goal: tasks, scopes, ops and the sync primitives keep their contracts, including death in any
// state. Method: small stories on LocalExecutor with a hand-held op that the test completes.
#include "broker/env/task.h"

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "broker/env/deadline.h"
#include "broker/env/local_executor.h"

namespace faultline {
namespace {

// A port with one request: the test decides when it completes.
class Hand final : private OpOwner {
 public:
  class Wait final : public Op<int> {
   public:
    explicit Wait(Hand& hand) : hand_(hand) {}

   private:
    void start() override {
      accept(hand_);
      hand_.pending.push_back(this);
    }
    Hand& hand_;
  };
  Wait wait() { return Wait(*this); }
  void release_oldest() {
    Wait* oldest = pending.front();
    pending.erase(pending.begin());
    oldest->complete(0);
  }
  std::vector<Wait*> pending;
  int forgotten = 0;

 private:
  void forget(OpBase& op) noexcept override {
    ++forgotten;
    std::erase_if(pending, [&](Wait* wait) { return wait == &op; });
  }
};

Task<int> add_one(Hand* hand) {
  const Result<int> value = co_await hand->wait();
  co_return value ? *value + 1 : -1;
}

Task<void> record(Hand* hand, std::vector<int>* out) {
  const int value = co_await add_one(hand);
  out->push_back(value);
}

struct CountsItsDeath {
  explicit CountsItsDeath(int* count) : count(count) {}
  ~CountsItsDeath() { ++*count; }
  int* count;
};

Task<int> nest(int depth, Hand* hand, int* deaths) {
  CountsItsDeath local(deaths);
  if (depth == 0) {
    const Result<int> value = co_await hand->wait();
    co_return value.value_or(-1);
  }
  const int below = co_await nest(depth - 1, hand, deaths);
  co_return below + 1;
}

Task<void> run_nest(int depth, Hand* hand, int* deaths) { co_await nest(depth, hand, deaths); }

Task<int> sum_of_ready_children(int count) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    const int one = co_await []() -> Task<int> { co_return 1; }();
    sum += one;
  }
  co_return sum;
}

TEST(Task, returns_through_children_when_the_op_completes) {
  LocalExecutor executor;
  Hand hand;
  std::vector<int> out;
  Scope scope(executor);
  scope.spawn(record(&hand, &out));
  executor.run_until_idle();
  ASSERT_EQ(hand.pending.size(), 1u);
  hand.pending[0]->complete(41);
  EXPECT_TRUE(out.empty()) << "a completion must not resume inline";
  executor.run_until_idle();
  EXPECT_EQ(out, std::vector<int>{42});
  EXPECT_TRUE(scope.is_idle());
}

TEST(Task, a_million_ready_children_do_not_grow_the_stack) {
  LocalExecutor executor;
  EXPECT_EQ(run_to_completion(executor, sum_of_ready_children(1'000'000)), 1'000'000);
}

Task<Result<void>> lock_then_wait(Mutex* mutex, Hand* hand, bool waits) {
  CO_TRY_ASSIGN(const Mutex::Guard guard, co_await mutex->lock());
  if (waits) CO_TRY(co_await hand->wait());
  co_return Result<void>{};
}

Task<void> count_locks(Mutex* mutex, Hand* hand, int count, int* done) {
  for (int i = 0; i < count; ++i) {
    const Result<void> locked = co_await lock_then_wait(mutex, hand, i == 0);
    *done += locked ? 1 : 0;
  }
}

TEST(Task, goes_on_at_once_after_an_op_that_was_done_at_once) {
  LocalExecutor executor;
  Hand hand;
  Mutex mutex;
  int done = 0;
  Scope scope(executor);
  scope.spawn(count_locks(&mutex, &hand, 1'000'000, &done));
  executor.run_until_idle();
  EXPECT_EQ(done, 0);
  EXPECT_TRUE(mutex.is_locked());
  ASSERT_EQ(hand.pending.size(), 1u);
  hand.release_oldest();
  executor.run_until_idle();
  EXPECT_EQ(done, 1'000'000);
  EXPECT_FALSE(mutex.is_locked());
  EXPECT_TRUE(scope.is_idle());
}

Task<void> note(std::vector<int>* out, int number) {
  out->push_back(number);
  co_return;
}

Task<void> in_order(Hand* hand, std::vector<int>* out) {
  co_await note(out, 1);
  const int value = co_await add_one(hand);
  co_await note(out, value);
  co_await note(out, 3);
}

TEST(Task, a_child_runs_when_it_is_awaited_whether_one_before_it_waited_or_not) {
  LocalExecutor executor;
  Hand hand;
  std::vector<int> out;
  Scope scope(executor);
  scope.spawn(in_order(&hand, &out));
  executor.run_until_idle();
  EXPECT_EQ(out, std::vector<int>{1});
  hand.pending[0]->complete(1);
  executor.run_until_idle();
  EXPECT_EQ(out, (std::vector<int>{1, 2, 3}));
}

TEST(Scope, destruction_unwinds_every_nested_frame_and_forgets_the_op) {
  LocalExecutor executor;
  Hand hand;
  int deaths = 0;
  {
    Scope scope(executor);
    for (int i = 0; i < 10; ++i) scope.spawn(run_nest(20, &hand, &deaths));
    executor.run_until_idle();
    EXPECT_EQ(hand.pending.size(), 10u);
  }
  EXPECT_EQ(deaths, 10 * 21);
  EXPECT_EQ(hand.forgotten, 10);
  EXPECT_TRUE(hand.pending.empty());
}

TEST(Scope, a_ready_fiber_dies_with_its_scope) {
  LocalExecutor executor;
  Hand hand;
  int deaths = 0;
  {
    Scope scope(executor);
    scope.spawn(run_nest(3, &hand, &deaths));
    executor.run_until_idle();
    hand.pending[0]->complete(1);
  }
  executor.run_until_idle();
  EXPECT_EQ(deaths, 4);
}

TEST(Scope, cancel_completes_waits_and_join_returns) {
  LocalExecutor executor;
  Hand hand;
  std::vector<int> out;
  Scope scope(executor);
  Scope outer(executor);
  scope.spawn(record(&hand, &out));
  executor.run_until_idle();
  bool joined = false;
  auto wait_for_end = [](Scope* inner, bool* done) -> Task<void> {
    const Result<void> end = co_await inner->join();
    *done = end.has_value();
  };
  outer.spawn(wait_for_end(&scope, &joined));
  executor.run_until_idle();
  EXPECT_FALSE(joined);
  scope.cancel();
  executor.run_until_idle();
  EXPECT_TRUE(joined);
  EXPECT_EQ(out, std::vector<int>{-1});
}

TEST(Scope, an_op_started_after_cancel_fails_at_once) {
  LocalExecutor executor;
  Hand hand;
  std::vector<int> out;
  Scope scope(executor);
  scope.cancel();
  scope.spawn(record(&hand, &out));
  executor.run_until_idle();
  EXPECT_EQ(out, std::vector<int>{-1});
  EXPECT_TRUE(hand.pending.empty());
}

Task<void> produce(Channel<int>* channel, int count) {
  for (int i = 0; i < count; ++i) {
    const Result<void> sent = co_await channel->send(i);
    if (!sent) co_return;
  }
  channel->close();
}

Task<std::vector<int>> consume(Channel<int>* channel) {
  std::vector<int> seen;
  while (true) {
    Result<int> item = co_await channel->receive();
    if (!item) break;
    seen.push_back(*item);
  }
  co_return seen;
}

TEST(Channel, delivers_in_order_through_a_small_buffer_and_ends_on_close) {
  LocalExecutor executor;
  Channel<int> channel(2);
  Scope scope(executor);
  scope.spawn(produce(&channel, 100));
  const std::vector<int> seen = run_to_completion(executor, consume(&channel));
  ASSERT_EQ(seen.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[i], i);
}

Task<void> hold_lock(Mutex* mutex, Hand* hand, std::vector<int>* order, int me) {
  Result<Mutex::Guard> guard = co_await mutex->lock();
  if (!guard) co_return;
  order->push_back(me);
  const Result<int> released = co_await hand->wait();
  (void)released;
}

TEST(Mutex, is_granted_in_order_of_arrival_and_survives_a_dead_waiter) {
  LocalExecutor executor;
  Mutex mutex;
  Hand hand;
  std::vector<int> order;
  Scope scope(executor);
  auto doomed = std::make_unique<Scope>(executor);
  scope.spawn(hold_lock(&mutex, &hand, &order, 1));
  executor.run_until_idle();
  doomed->spawn(hold_lock(&mutex, &hand, &order, 2));
  executor.run_until_idle();
  scope.spawn(hold_lock(&mutex, &hand, &order, 3));
  executor.run_until_idle();
  doomed.reset();
  hand.release_oldest();
  executor.run_until_idle();
  EXPECT_EQ(order, (std::vector<int>{1, 3}));
  hand.release_oldest();
  executor.run_until_idle();
  EXPECT_FALSE(mutex.is_locked());
}

// Timers whose time the test sets.
class HandTimers final : public Timers, private OpOwner {
 public:
  void submit(SleepUntil& op) override {
    op.accept(*this);
    waiting_.push_back(op);
  }
  void expire_all() {
    while (!waiting_.empty()) static_cast<SleepUntil&>(waiting_.pop_front()).complete({});
  }

 private:
  void forget(OpBase& op) noexcept override { op.unlink(); }
  IntrusiveList<OpBase> waiting_;
};

Task<Result<int>> wait_for(Hand* hand) {
  Result<int> value = co_await hand->wait();
  co_return value;
}

Task<void> bounded(LocalExecutor* executor, HandTimers* timers, Hand* hand,
                   std::vector<std::string>* out) {
  Result<int> value = co_await with_deadline(*executor, *timers, Instant{5}, wait_for(hand));
  out->push_back(value ? std::to_string(*value) : value.error().to_string());
}

TEST(Deadline, gives_the_value_when_in_time_and_timed_out_when_late) {
  LocalExecutor executor;
  HandTimers timers;
  Hand hand;
  std::vector<std::string> out;
  Scope scope(executor);
  scope.spawn(bounded(&executor, &timers, &hand, &out));
  executor.run_until_idle();
  hand.pending[0]->complete(7);
  hand.pending.clear();
  executor.run_until_idle();
  scope.spawn(bounded(&executor, &timers, &hand, &out));
  executor.run_until_idle();
  timers.expire_all();
  executor.run_until_idle();
  EXPECT_EQ(out, (std::vector<std::string>{"7", "timed out"}));
  EXPECT_TRUE(scope.is_idle());
}

}  // namespace
}  // namespace faultline
