// SPDX-License-Identifier: Apache-2.0
// Goal: a node's CPU is a queue: work takes time, delays what follows and what waits, can be
// paused, and a node that spins is found out. Method: fibers that charge and note their local time.
#include "sim/kernel/processor.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "broker/env/sync.h"
#include "tests/sim/kernel/sleeper.h"

namespace faultline::sim {
namespace {

CostTable millisecond_requests() {
  CostTable costs = CostTable::free();
  costs.work_ps[static_cast<size_t>(Work::kRequest)] = 1'000'000'000;
  costs.work_ps[static_cast<size_t>(Work::kNetworkByte)] = 300;
  return costs;
}

struct Workshop {
  explicit Workshop(const CostTable& costs = millisecond_requests(), int nodes = 1)
      : kernel(1, std::make_unique<FifoChooser>(), sink) {
    for (int i = 0; i < nodes; ++i)
      this->nodes.push_back(std::make_unique<TestNode>(kernel, i, costs));
  }
  TestNode& node(size_t index = 0) { return *nodes[index]; }

  NullSink sink;
  Kernel kernel;
  std::vector<std::unique_ptr<TestNode>> nodes;
  std::vector<Instant> times;
};

Task<void> work(Workshop* shop, size_t node, Instant start, int64_t requests) {
  const Result<void> slept = co_await shop->node(node).sleep_until(start);
  if (!slept) co_return;
  shop->node(node).processor.charge(Work::kRequest, requests);
  shop->times.push_back(shop->node(node).processor.local_time());
}

Instant ms(int64_t count) { return Instant{} + milliseconds(count); }

TEST(Processor, charged_work_moves_the_local_time_and_not_the_kernels) {
  Workshop shop;
  shop.node().scope->spawn(work(&shop, 0, ms(10), 3));
  shop.kernel.run_until(ms(10));
  EXPECT_EQ(shop.times, (std::vector<Instant>{ms(13)}));
  EXPECT_EQ(shop.kernel.now(), ms(10));
  EXPECT_EQ(shop.node().processor.busy_time(), milliseconds(3));
}

TEST(Processor, fibers_queue_for_a_busy_processor) {
  Workshop shop;
  for (int i = 0; i < 3; ++i) shop.node().scope->spawn(work(&shop, 0, ms(10), 2));
  shop.kernel.run_until(ms(100));
  EXPECT_EQ(shop.times, (std::vector<Instant>{ms(12), ms(14), ms(16)}));
}

TEST(Processor, other_nodes_do_not_wait) {
  Workshop shop(millisecond_requests(), 2);
  shop.node(0).scope->spawn(work(&shop, 0, ms(10), 50));
  shop.node(1).scope->spawn(work(&shop, 1, ms(11), 1));
  shop.kernel.run_until(ms(100));
  EXPECT_EQ(shop.times, (std::vector<Instant>{ms(60), ms(12)}));
}

TEST(Processor, carries_fractions_of_a_nanosecond) {
  Workshop shop;
  for (int i = 0; i < 10; ++i) shop.node().processor.charge(Work::kNetworkByte, 1);
  EXPECT_EQ(shop.node().processor.local_time(), Instant{3});
}

TEST(Processor, a_slow_machine_pays_more) {
  Workshop shop;
  shop.node().processor.set_speed_percent(250);
  shop.node().processor.charge(Work::kRequest, 2);
  EXPECT_EQ(shop.node().processor.local_time(), ms(5));
}

TEST(Processor, charging_does_not_overflow_for_large_amounts) {
  Workshop shop(CostTable{});
  shop.node().processor.charge(Work::kCompressByte, int64_t{1} << 40);
  EXPECT_EQ(shop.node().processor.local_time(), Instant{(int64_t{1} << 40) * 4});
}

TEST(Processor, a_resume_costs_too) {
  CostTable costs = CostTable::free();
  costs.resume_ps = 500'000;
  Workshop shop(costs);
  shop.node().scope->spawn(work(&shop, 0, ms(10), 0));
  shop.kernel.run_until(ms(20));
  EXPECT_EQ(shop.times, (std::vector<Instant>{ms(10) + Duration{500}}));
}

TEST(Processor, nothing_runs_while_paused_and_all_afterwards) {
  Workshop shop;
  for (int i = 0; i < 2; ++i) shop.node().scope->spawn(work(&shop, 0, ms(10), 1));
  shop.kernel.run_until(ms(5));
  shop.node().processor.set_paused(true);
  shop.kernel.run_until(ms(50));
  EXPECT_TRUE(shop.times.empty());
  shop.node().processor.set_paused(false);
  shop.kernel.run_until(ms(100));
  EXPECT_EQ(shop.times, (std::vector<Instant>{ms(51), ms(52)}));
}

TEST(Processor, pausing_in_the_middle_of_work_keeps_its_end) {
  Workshop shop;
  for (int i = 0; i < 2; ++i) shop.node().scope->spawn(work(&shop, 0, ms(10), 20));
  shop.kernel.run_until(ms(15));
  shop.node().processor.set_paused(true);
  shop.node().processor.set_paused(false);
  shop.kernel.run_until(ms(100));
  EXPECT_EQ(shop.times, (std::vector<Instant>{ms(30), ms(50)}));
}

TEST(Processor, a_fiber_that_dies_while_it_is_ready_is_never_run) {
  Workshop shop;
  shop.node().scope->spawn(work(&shop, 0, ms(10), 5));
  shop.node().scope->spawn(work(&shop, 0, ms(11), 1));
  shop.kernel.run_until(ms(12));  // the second is ready and waits for the processor
  EXPECT_EQ(shop.times.size(), 1u);
  shop.node().scope.reset();
  shop.node().processor.restart();
  shop.kernel.run_until(ms(100));
  EXPECT_EQ(shop.times.size(), 1u);
}

TEST(Processor, a_processor_whose_ready_fibers_died_does_not_stop_the_others) {
  Workshop shop(millisecond_requests(), 2);
  shop.node(0).scope->spawn(work(&shop, 0, Instant{}, 0));
  shop.node(1).scope->spawn(work(&shop, 1, Instant{}, 0));
  shop.node(0).scope.reset();
  shop.kernel.run_until(ms(1));
  EXPECT_EQ(shop.times.size(), 1u);
}

TEST(Processor, fiber_ids_name_node_incarnation_and_spawn) {
  Workshop shop(millisecond_requests(), 2);
  std::set<uint64_t> ids;
  for (int incarnation = 0; incarnation < 3; ++incarnation) {
    for (size_t node : {0u, 1u}) {
      for (int i = 0; i < 3; ++i) ids.insert(shop.node(node).processor.next_fiber_id());
      shop.node(node).processor.restart();
    }
  }
  EXPECT_EQ(ids.size(), 18u);
  EXPECT_TRUE(ids.contains(uint64_t{1} << 48 | uint64_t{2} << 32 | 3));
}

TEST(Processor, restarting_forgets_the_work_of_the_old_process) {
  Workshop shop;
  shop.node().scope->spawn(work(&shop, 0, ms(10), 1000));
  shop.kernel.run_until(ms(20));
  shop.node().scope.reset();
  shop.node().processor.restart();
  EXPECT_EQ(shop.node().processor.local_time(), ms(20));
}

// Two fibers that wake each other and let no time pass.
Task<void> ping(Notifier* own, Notifier* other) {
  while (true) {
    other->notify_all();
    const Result<void> woken = co_await own->wait();
    if (!woken) co_return;
  }
}

TEST(Processor, fibers_that_spin_in_one_instant_are_a_livelock) {
  Workshop shop(CostTable::free());
  Notifier a;
  Notifier b;
  shop.node().scope->spawn(ping(&a, &b));
  shop.node().scope->spawn(ping(&b, &a));
  shop.kernel.run_until(ms(1));
  EXPECT_TRUE(shop.kernel.is_stopped());
  EXPECT_NE(shop.kernel.stop_reason().find("livelock: node 0"), std::string::npos);
  EXPECT_NE(shop.kernel.stop_reason().find("one simulated millisecond"), std::string::npos);
  shop.node().scope.reset();
}

TEST(Processor, fibers_that_only_occupy_each_other_are_a_livelock_even_if_time_passes) {
  CostTable costs = CostTable::free();
  costs.resume_ps = 10'000'000;  // 100 resumes a millisecond
  Workshop shop(costs);
  Notifier a;
  Notifier b;
  shop.node().scope->spawn(ping(&a, &b));
  shop.node().scope->spawn(ping(&b, &a));
  shop.kernel.run_until(Instant{} + seconds(100));
  EXPECT_TRUE(shop.kernel.is_stopped());
  EXPECT_NE(shop.kernel.stop_reason().find("from outside"), std::string::npos);
  EXPECT_GT(shop.kernel.now(), Instant{} + seconds(9));
  shop.node().scope.reset();
}

Task<void> sleep_often(Workshop* shop, int times) {
  for (int i = 0; i < times; ++i) {
    const Instant next = shop->kernel.now() + microseconds(10);
    const Result<void> slept = co_await shop->node().sleep_until(next);
    if (!slept) co_return;
  }
}

TEST(Processor, a_node_whose_timers_expire_is_not_a_livelock) {
  Workshop shop(CostTable::free());
  shop.node().scope->spawn(sleep_often(&shop, 1'500'000));
  shop.kernel.run_until(Instant{} + seconds(100));
  EXPECT_FALSE(shop.kernel.is_stopped());
  EXPECT_GT(shop.kernel.resumes(), 1'500'000u);
}

}  // namespace
}  // namespace faultline::sim
