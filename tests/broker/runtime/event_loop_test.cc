// SPDX-License-Identifier: Apache-2.0
// Goal: the real loop keeps what programs rely on in the simulated one: timers in order of their
// deadlines and none too early, completions that only make ready, cancelled waits that nobody
// completes later, work on threads that comes back to the loop. Method: small programs on RealEnv;
// the only waits are for timers of a few milliseconds.
#include "broker/runtime/event_loop.h"

#include <gtest/gtest.h>

#include "broker/runtime/real_env.h"

namespace faultline {
namespace {

class NullProbe final : public Probe {
 public:
  EventId emit(const EventType&, uint64_t, const EventPayload&) override { return 1; }
  bool wants_details() const override { return false; }
};

class EventLoopTest : public ::testing::Test {
 protected:
  EventLoopTest() {
    RealEnvOptions options;
    options.disk_root = ::testing::TempDir();
    real_ = std::move(*RealEnv::create(options, probe_));
  }
  Env& env() { return real_->env(); }
  template <class T>
  T run(Task<T> task) {
    return real_->loop().run(std::move(task));
  }

  NullProbe probe_;
  std::unique_ptr<RealEnv> real_;
};

Task<void> note_after(Env* env, Duration delay, int number, std::vector<int>* order) {
  const Instant deadline = env->clock.now() + delay;
  const Result<void> slept = co_await env->timers.sleep_until(deadline);
  if (!slept) co_return;
  EXPECT_GE(env->clock.now(), deadline);
  order->push_back(number);
}

Task<bool> wait_for_all(Scope* scope) {
  const Result<void> joined = co_await scope->join();
  co_return joined.has_value();
}

TEST_F(EventLoopTest, TimersExpireInOrderAndNeverEarly) {
  std::vector<int> order;
  Scope scope(env().executor);
  scope.spawn(note_after(&env(), milliseconds(6), 3, &order));
  scope.spawn(note_after(&env(), milliseconds(2), 1, &order));
  scope.spawn(note_after(&env(), milliseconds(4), 2, &order));
  scope.spawn(note_after(&env(), milliseconds(-1), 0, &order));
  EXPECT_TRUE(run(wait_for_all(&scope)));
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

TEST_F(EventLoopTest, ACancelledTimerIsForgotten) {
  std::vector<int> order;
  {
    Scope dies(env().executor);
    // Long enough for the machine to pause, short enough to wait it out.
    dies.spawn(note_after(&env(), milliseconds(200), 1, &order));
    Scope scope(env().executor);
    scope.spawn(note_after(&env(), Duration{}, 0, &order));
    EXPECT_TRUE(run(wait_for_all(&scope)));
  }
  Scope scope(env().executor);
  scope.spawn(note_after(&env(), milliseconds(210), 2, &order));
  EXPECT_TRUE(run(wait_for_all(&scope)));
  EXPECT_EQ(order, (std::vector<int>{0, 2}));
  EXPECT_TRUE(real_->loop().timers().empty());
}

Task<Result<void>> sync_many(Env* env, int count) {
  CO_TRY_ASSIGN(std::unique_ptr<File> file, co_await env->disk.open("loop", OpenMode::kCreate));
  for (int i = 0; i < count; ++i) {
    Slices bytes;
    bytes.push_back(Slice::of_static("x"));
    CO_TRY(co_await file->append(std::move(bytes)));
    CO_TRY(co_await file->sync());
  }
  CO_TRY(co_await env->disk.remove("loop"));
  co_return Result<void>{};
}

TEST_F(EventLoopTest, WorkOnThreadsComesBack) {
  const Result<void> done = run(sync_many(&env(), 50));
  EXPECT_TRUE(done.has_value()) << done.error().to_string();
  EXPECT_EQ(real_->disk().counters().syncs, 50);
}

Task<void> sync_forever(Env* env, std::string name, int* syncs) {
  Result<std::unique_ptr<File>> file = co_await env->disk.open(name, OpenMode::kCreate);
  while (file) {
    const Result<void> synced = co_await (*file)->sync();
    if (!synced) co_return;
    ++*syncs;
  }
}

TEST_F(EventLoopTest, FramesMayDieWhileAThreadWorksForThem) {
  int syncs = 0;
  for (int round = 0; round < 20; ++round) {
    Scope dies(env().executor);
    for (int i = 0; i < 8; ++i) dies.spawn(sync_forever(&env(), "dies", &syncs));
    std::vector<int> order;
    Scope scope(env().executor);
    scope.spawn(note_after(&env(), milliseconds(1), 0, &order));
    EXPECT_TRUE(run(wait_for_all(&scope)));
  }
  EXPECT_GT(syncs, 0);
}

// A fiber that is always ready must not starve those that wait for the outside.
Task<void> spin(Env* env, const bool* stop) {
  while (!*stop) {
    const Result<void> slept = co_await env->timers.sleep_until(Instant{});
    if (!slept) co_return;
  }
}
Task<void> stop_after_sync(Env* env, bool* stop) {
  const Result<void> synced = co_await sync_many(env, 3);
  EXPECT_TRUE(synced.has_value());
  *stop = true;
}

TEST_F(EventLoopTest, ABusyFiberStarvesNobody) {
  bool stop = false;
  Scope scope(env().executor);
  scope.spawn(spin(&env(), &stop));
  scope.spawn(stop_after_sync(&env(), &stop));
  EXPECT_TRUE(run(wait_for_all(&scope)));
}

TEST(SystemRandomTest, DrawsDiffer) {
  SystemRandom random;
  EXPECT_NE(random.next(1), random.next(1));
}

}  // namespace
}  // namespace faultline
