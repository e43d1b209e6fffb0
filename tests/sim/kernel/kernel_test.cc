// SPDX-License-Identifier: Apache-2.0
// Goal: order of events and fibers, choosers and their log, causes, stopping. Method: small crowds
// of fibers that write down when they ran.
#include "sim/kernel/kernel.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "broker/env/sync.h"
#include "tests/sim/kernel/sleeper.h"

namespace faultline::sim {
namespace {

struct World {
  explicit World(std::unique_ptr<Chooser> chooser = std::make_unique<FifoChooser>(), int nodes = 2)
      : kernel(1, std::move(chooser), sink) {
    for (int i = 0; i < nodes; ++i) nodes_.push_back(std::make_unique<TestNode>(kernel, i));
  }
  TestNode& operator[](int node) { return *nodes_[static_cast<size_t>(node)]; }

  NullSink sink;
  Kernel kernel;
  std::string log;
  std::vector<std::unique_ptr<TestNode>> nodes_;
};

Task<void> note_at(World* world, int node, Instant time, std::string word) {
  const Result<void> slept = co_await world->operator[](node).sleep_until(time);
  if (slept) world->log += word;
}

// Takes `steps` turns at the same instant each time.
Task<void> take_turns(World* world, int node, char name, int steps) {
  for (int i = 0; i < steps; ++i) {
    const Instant next = world->kernel.now() + Duration{i % 3 == 0 ? 1 : 0};
    const Result<void> slept = co_await world->operator[](node).sleep_until(next);
    if (!slept) co_return;
    world->log += name;
  }
}

void crowd(World& world, int size) {
  for (int i = 0; i < size; ++i)
    world[i % 2].scope->spawn(take_turns(&world, i % 2, static_cast<char>('a' + i), 20));
}

TEST(Kernel, skips_idle_time_and_stands_at_the_limit) {
  World world;
  world[0].scope->spawn(note_at(&world, 0, Instant{} + seconds(1000), "x"));
  world.kernel.run_until(Instant{} + seconds(999));
  EXPECT_EQ(world.log, "");
  EXPECT_EQ(world.kernel.now(), Instant{} + seconds(999));
  world.kernel.run_until(Instant{} + seconds(1000));
  EXPECT_EQ(world.log, "x");
  EXPECT_EQ(world.kernel.pending_events(), 0u);
}

TEST(Kernel, runs_in_order_of_time_whatever_the_order_of_spawning) {
  World world;
  for (int64_t t : {5, 3, 9, 1, 7})
    world[0].scope->spawn(note_at(&world, 0, Instant{t}, std::to_string(t)));
  world.kernel.run_until(Instant{100});
  EXPECT_EQ(world.log, "13579");
}

TEST(Kernel, a_time_in_the_past_means_now) {
  World world;
  world.kernel.run_until(Instant{100});
  world[0].scope->spawn(note_at(&world, 0, Instant{3}, "late"));
  world.kernel.run_until(Instant{100});
  EXPECT_EQ(world.log, "late");
}

TEST(Kernel, fifo_runs_ties_in_the_order_in_which_they_became_ready) {
  World world;
  for (const char* word : {"a", "b", "c", "d"})
    world[0].scope->spawn(note_at(&world, 0, Instant{10}, word));
  world.kernel.run_until(Instant{100});
  EXPECT_EQ(world.log, "abcd");
}

TEST(Kernel, the_random_chooser_finds_different_orders_and_repeats_them) {
  std::set<std::string> orders;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    World first(std::make_unique<RandomChooser>(seed));
    crowd(first, 4);
    first.kernel.run_until(Instant{1000});
    World second(std::make_unique<RandomChooser>(seed));
    crowd(second, 4);
    second.kernel.run_until(Instant{1000});
    EXPECT_EQ(first.log, second.log);
    EXPECT_EQ(first.kernel.choice_log(), second.kernel.choice_log());
    EXPECT_EQ(first.log.size(), 80u);
    orders.insert(first.log);
  }
  EXPECT_GT(orders.size(), 45u);
}

TEST(Kernel, random_choices_reach_every_order_of_three_fibers) {
  std::set<std::string> orders;
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    World world(std::make_unique<RandomChooser>(seed));
    for (const char* word : {"a", "b", "c"})
      world[0].scope->spawn(note_at(&world, 0, Instant{10}, word));
    world.kernel.run_until(Instant{100});
    orders.insert(world.log);
  }
  EXPECT_EQ(orders.size(), 6u);
}

TEST(Kernel, choices_between_nodes_are_choices_too) {
  std::set<std::string> orders;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    World world(std::make_unique<RandomChooser>(seed));
    world[0].scope->spawn(note_at(&world, 0, Instant{10}, "a"));
    world[1].scope->spawn(note_at(&world, 1, Instant{10}, "b"));
    world.kernel.run_until(Instant{100});
    orders.insert(world.log);
  }
  EXPECT_EQ(orders.size(), 2u);
}

TEST(Kernel, replaying_the_log_of_a_random_run_gives_that_run) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    World original(std::make_unique<RandomChooser>(seed));
    crowd(original, 5);
    original.kernel.run_until(Instant{1000});
    World replayed(std::make_unique<ReplayChooser>(original.kernel.choice_log()));
    crowd(replayed, 5);
    replayed.kernel.run_until(Instant{1000});
    EXPECT_EQ(replayed.log, original.log);
    EXPECT_TRUE(replayed.kernel.is_replay_on_track());
    EXPECT_EQ(replayed.kernel.choice_log(), original.kernel.choice_log());
  }
}

TEST(Kernel, a_replay_that_does_not_fit_says_so_and_goes_on) {
  World original(std::make_unique<RandomChooser>(3));
  crowd(original, 5);
  original.kernel.run_until(Instant{1000});
  std::vector<uint64_t> log = original.kernel.choice_log();
  log[log.size() / 2] = 0xdead;
  World replayed(std::make_unique<ReplayChooser>(log));
  crowd(replayed, 5);
  replayed.kernel.run_until(Instant{1000});
  EXPECT_FALSE(replayed.kernel.is_replay_on_track());
  EXPECT_EQ(replayed.log.size(), original.log.size());
}

TEST(Kernel, a_replay_with_too_short_a_log_is_not_on_track) {
  World original(std::make_unique<RandomChooser>(3));
  crowd(original, 5);
  original.kernel.run_until(Instant{1000});
  std::vector<uint64_t> log = original.kernel.choice_log();
  log.pop_back();
  World replayed(std::make_unique<ReplayChooser>(log));
  crowd(replayed, 5);
  replayed.kernel.run_until(Instant{1000});
  EXPECT_FALSE(replayed.kernel.is_replay_on_track());
}

TEST(Kernel, logs_only_choices_between_two_or_more_by_the_fibers_identity) {
  World world;
  world[0].scope->spawn(note_at(&world, 0, Instant{1}, "alone"));
  world.kernel.run_until(Instant{2});
  EXPECT_TRUE(world.kernel.choice_log().empty());
  world[0].scope->spawn(note_at(&world, 0, Instant{10}, "a"));
  world[0].scope->spawn(note_at(&world, 0, Instant{10}, "b"));
  world.kernel.run_until(Instant{100});
  ASSERT_EQ(world.kernel.choice_log().size(), 2u) << "at spawning and at time 10";
  EXPECT_EQ(world.kernel.choice_log()[0] & 0xffffffff, 2u);
}

TEST(Kernel, stop_ends_the_run_and_keeps_the_first_reason) {
  World world;
  world[0].scope->spawn(note_at(&world, 0, Instant{5}, "x"));
  world.kernel.stop("enough");
  world.kernel.stop("later");
  world.kernel.run_until(Instant{10});
  EXPECT_EQ(world.log, "");
  EXPECT_EQ(world.kernel.stop_reason(), "enough");
  EXPECT_EQ(world.kernel.now(), Instant{});
}

class CauseSink final : public EventSink {
 public:
  EventId record(int64_t, int32_t, const EventType&, uint64_t entity, EventId cause,
                 const EventPayload&) override {
    causes.emplace_back(entity, cause);
    return causes.size();
  }
  bool wants_details() const override { return true; }
  std::vector<std::pair<uint64_t, EventId>> causes;
};

TEST(Kernel, a_cause_follows_a_fiber_to_those_whom_it_wakes) {
  static constexpr EventType kType{0x2001, "test", nullptr};
  CauseSink sink;
  Kernel kernel(1, std::make_unique<FifoChooser>(), sink);
  TestNode node(kernel, 0);
  Notifier notifier;
  struct Fibers {
    static Task<void> waker(Kernel* kernel, TestNode* node, Notifier* notifier) {
      const Result<void> slept = co_await node->sleep_until(Instant{5});
      EXPECT_TRUE(slept.has_value());
      kernel->emit(0, 5, kType, 1, {});
      kernel->emit(0, 5, kType, 2, {});
      notifier->notify_all();
      kernel->emit(0, 5, kType, 3, {});
    }
    static Task<void> woken(Kernel* kernel, Notifier* notifier) {
      const Result<void> waited = co_await notifier->wait();
      EXPECT_TRUE(waited.has_value());
      kernel->emit(0, 5, kType, 4, {});
    }
  };
  node.scope->spawn(Fibers::woken(&kernel, &notifier));
  node.scope->spawn(Fibers::waker(&kernel, &node, &notifier));
  kernel.run_until(Instant{10});
  using Expected = std::vector<std::pair<uint64_t, EventId>>;
  EXPECT_EQ(sink.causes, (Expected{{1, 0}, {2, 1}, {3, 2}, {4, 2}}));
  node.scope.reset();
}

}  // namespace
}  // namespace faultline::sim
