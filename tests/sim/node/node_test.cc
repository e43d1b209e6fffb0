// SPDX-License-Identifier: Apache-2.0
// Goal: a node's process sees its own time, dies without a trace and starts again; clocks drift,
// step and freeze as told. Method: a toy program that notes what it sees, driven through the
// kernel.
#include "sim/node/node.h"

#include <vector>

#include <gtest/gtest.h>

namespace faultline::sim {
namespace {

// Ports that no program of this file touches.
class NoNetwork final : public Network {
 public:
  Result<std::unique_ptr<Listener>> listen(const Endpoint&) override { UNREACHABLE(); }
  void submit(Connect&) override { UNREACHABLE(); }
};
class NoDisk final : public Disk {
 public:
  uint64_t free_bytes() override { UNREACHABLE(); }
  uint64_t total_bytes() override { UNREACHABLE(); }
  void submit(OpenFile&) override { UNREACHABLE(); }
  void submit(PathOp&) override { UNREACHABLE(); }
  void submit(ListDirectory&) override { UNREACHABLE(); }
};

class Ticker final : public Program {
 public:
  Ticker(Env& env, std::vector<int64_t>* ticks, int64_t work)
      : env_(env), ticks_(ticks), work_(work) {}
  Task<void> run() override {
    for (int i = 0; i < 3; ++i) {
      const Result<void> slept = co_await env_.sleep(milliseconds(10));
      if (!slept) co_return;
      env_.cpu.charge(Work::kRequest, work_);
      ticks_->push_back(env_.clock.now().ns / 1'000'000);
    }
  }

 private:
  Env& env_;
  std::vector<int64_t>* ticks_;
  int64_t work_;
};

class NodeTest : public testing::Test {
 protected:
  NodeTest() { node.attach(network, disk); }
  Node::ProgramFactory ticker(int64_t work = 0) {
    return [this, work](Env& env) { return std::make_unique<Ticker>(env, &ticks, work); };
  }

  NullSink sink;
  Kernel kernel{1, std::make_unique<FifoChooser>(), sink};
  NoNetwork network;
  NoDisk disk;
  Node node{kernel, {.id = {1}, .name = "n", .clock = {}, .costs = CostTable{.resume_ps = 0}}};
  std::vector<int64_t> ticks;
};

TEST_F(NodeTest, a_program_sleeps_in_virtual_time_and_exits) {
  node.start(ticker());
  kernel.run_until(Instant{} + seconds(1));
  EXPECT_EQ(ticks, (std::vector<int64_t>{10, 20, 30}));
  EXPECT_TRUE(node.has_exited());
  EXPECT_EQ(kernel.now(), Instant{} + seconds(1));
}

TEST_F(NodeTest, a_killed_program_stops_at_once_and_a_new_one_starts_afresh) {
  node.start(ticker());
  kernel.run_until(Instant{} + milliseconds(15));
  node.kill();
  kernel.run_until(Instant{} + milliseconds(100));
  EXPECT_EQ(ticks, std::vector<int64_t>{10});
  node.start(ticker());
  kernel.run_until(Instant{} + seconds(1));
  EXPECT_EQ(ticks, (std::vector<int64_t>{10, 110, 120, 130}));
}

TEST_F(NodeTest, charged_work_delays_what_follows) {
  node.start(ticker(1000));  // 1000 requests of 6 us: 6 ms
  kernel.run_until(Instant{} + seconds(1));
  EXPECT_EQ(ticks, (std::vector<int64_t>{16, 32, 48}));
}

TEST_F(NodeTest, a_fast_clock_wakes_early_in_true_time) {
  node.set_clock_drift(1'000'000'000);  // twice as fast
  node.start(ticker());
  kernel.run_until(Instant{} + milliseconds(14));
  EXPECT_EQ(ticks, (std::vector<int64_t>{10, 20}));
}

TEST_F(NodeTest, a_frozen_clock_holds_its_timers_until_it_thaws) {
  node.start(ticker());
  kernel.run_until(Instant{} + milliseconds(5));
  node.freeze_clock();
  kernel.run_until(Instant{} + milliseconds(500));
  EXPECT_TRUE(ticks.empty());
  node.thaw_clock();
  kernel.run_until(Instant{} + milliseconds(506));
  EXPECT_EQ(ticks, std::vector<int64_t>{10});
}

TEST(NodeClock, steps_move_the_wall_clock_only) {
  NodeClock clock({.wall_start = WallTime{1'000}, .drift_ppb = 0});
  clock.step_wall(seconds(-1));
  EXPECT_EQ(clock.wall_at(Instant{500}).ns, 1'500 - 1'000'000'000);
  EXPECT_EQ(clock.monotonic_at(Instant{500}).ns, 500);
}

TEST(NodeClock, maps_local_deadlines_back_to_true_time) {
  for (int64_t drift_ppb : {-900'000'000L, -20'000L, 0L, 333'333L, 5'000'000'000L}) {
    NodeClock clock({.wall_start = {}, .drift_ppb = drift_ppb});
    for (int64_t local : {1L, 999L, 1'000'000'007L, 86'400'000'000'000L}) {
      const Instant true_time = clock.true_time_of(Instant{local});
      EXPECT_GE(clock.monotonic_at(true_time).ns, local);
      EXPECT_LT(clock.monotonic_at(true_time - Duration{1}).ns, local);
    }
  }
}

}  // namespace
}  // namespace faultline::sim
