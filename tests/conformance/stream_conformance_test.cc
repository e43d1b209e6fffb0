// SPDX-License-Identifier: Apache-2.0
// Goal: a program cannot tell the simulated network from Linux on loopback. Method: the same
// scripts against both with one expected answer, then seeded random scripts whose every answer is
// compared. Where they differ, the simulator is wrong.
#include <gtest/gtest.h>

#include "broker/base/prng.h"
#include "broker/runtime/event_loop.h"
#include "broker/runtime/tcp_network.h"
#include "broker/runtime/worker_pool.h"
#include "tests/conformance/stream_bench.h"
#include "tests/sim/net/cluster.h"

namespace faultline::conformance {
namespace {

constexpr int kBacklog = 2;

class RealStreams final : public StreamBench {
 public:
  RealStreams() : StreamBench("127.0.0.1") {
    loop_ = std::move(*EventLoop::create());
    pool_ = std::move(*WorkerPool::create(*loop_, 1));
    TcpOptions options;
    options.backlog = kBacklog;
    network_ = std::make_unique<TcpNetwork>(*loop_, *pool_, options);
  }
  ~RealStreams() override { close_all(); }

 private:
  Network& network(End) override { return *network_; }
  // Patience begins anew while bytes move, so that a busy machine changes no answer.
  bool run(End, Task<void> task) override {
    bool has_ended = false;
    bool is_over = false;
    Scope scope(*loop_);
    scope.spawn(finish(std::move(task), &has_ended, &is_over));
    int64_t before = -1;
    while (!has_ended && before != bytes_moved()) {
      before = bytes_moved();
      is_over = false;
      Scope patience(*loop_);
      patience.spawn(wait(&loop_->timers(), loop_->clock().now() + milliseconds(20), &is_over));
      loop_->run_until(is_over);
    }
    return has_ended;
  }
  int64_t bytes_moved() const {
    return network_->counters().received_bytes + network_->counters().sent_bytes;
  }
  void settle() override {
    bool is_over = false;
    Scope scope(*loop_);
    scope.spawn(wait(&loop_->timers(), loop_->clock().now() + milliseconds(1), &is_over));
    loop_->run_until(is_over);
  }
  static Task<void> wait(TimerQueue* timers, Instant deadline, bool* is_over) {
    const Result<void> slept = co_await timers->sleep_until(deadline);
    if (slept) *is_over = true;
  }
  static Task<void> finish(Task<void> task, bool* has_ended, bool* is_over) {
    co_await std::move(task);
    *has_ended = *is_over = true;
  }

  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<TcpNetwork> network_;
};

class SimStreams final : public StreamBench {
 public:
  SimStreams() : StreamBench("node-0"), cluster_(options()) {}
  ~SimStreams() override { close_all(); }

 private:
  static sim::FabricOptions options() {
    sim::FabricOptions options;
    options.accept_backlog = kBacklog;
    return options;
  }
  sim::Machine& machine(End end) { return cluster_[end == End::kServer ? 0 : 1]; }
  Network& network(End end) override { return machine(end).network; }
  bool run(End end, Task<void> task) override {
    Scope scope(machine(end).processor);
    scope.spawn(std::move(task));
    for (int i = 0; i < 50 && !scope.is_idle(); ++i) cluster_.run_for(milliseconds(10));
    return scope.is_idle();
  }
  void settle() override { cluster_.run_for(milliseconds(50)); }

  sim::Cluster cluster_;
};

template <class Bench>
class StreamConformance : public ::testing::Test {
 protected:
  Bench net_;
};
using Benches = ::testing::Types<RealStreams, SimStreams>;
TYPED_TEST_SUITE(StreamConformance, Benches);

constexpr End kClient = End::kClient;
constexpr End kServer = End::kServer;

TYPED_TEST(StreamConformance, BytesArriveInOrderInWhateverParts) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  EXPECT_EQ(net.write(kClient, 3, 'a'), "ok");
  EXPECT_EQ(net.write(kClient, 2, 'b'), "ok");
  EXPECT_EQ(net.read(kServer, 4), "aaab ok");
  EXPECT_EQ(net.read(kServer, 4), "b waits");
  EXPECT_EQ(net.write(kServer, 1, 'c'), "ok");
  EXPECT_EQ(net.read(kClient, 1), "c ok");
}

TYPED_TEST(StreamConformance, NobodyListensIsRefused) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  const Endpoint address = net.server_address();
  net.stop_listening();
  EXPECT_EQ(net.connect(address), "connection refused");
  EXPECT_EQ(net.write(kClient, 1, 'a'), "ok");  // what is there goes on
  EXPECT_EQ(net.read(kServer, 1), "a ok");
}

TYPED_TEST(StreamConformance, APortHasOneListener) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  EXPECT_EQ(net.listen(net.server_address()), "exists already");
}

TYPED_TEST(StreamConformance, TheBacklogHoldsOneMoreThanItsNumber) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  for (int i = 0; i < kBacklog + 1; ++i) EXPECT_EQ(net.connect(net.server_address()), "ok") << i;
  EXPECT_EQ(net.connect(net.server_address()), "waits");
  for (int i = 0; i < kBacklog + 1; ++i) EXPECT_EQ(net.accept(), "ok") << i;
  EXPECT_EQ(net.connect(net.server_address()), "ok");
}

TYPED_TEST(StreamConformance, WhoWaitsInTheBacklogMayWriteAndIsResetWithTheListener) {
  auto& net = this->net_;
  ASSERT_EQ(net.listen({"", 0}), "ok");  // every address
  ASSERT_EQ(net.connect(net.server_address()), "ok");
  EXPECT_EQ(net.write(kClient, 5, 'a'), "ok");
  net.stop_listening();
  EXPECT_EQ(net.read(kClient, 1), " connection reset");
  EXPECT_EQ(net.write(kClient, 1, 'b'), "connection reset");
}

TYPED_TEST(StreamConformance, AHalfClosedConnectionStillCarriesTheOtherWay) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  EXPECT_EQ(net.write(kClient, 2, 'a'), "ok");
  net.shutdown(kClient);
  EXPECT_EQ(net.write(kClient, 1, 'b'), "closed");
  EXPECT_EQ(net.read(kServer, 5), "aa end");
  EXPECT_EQ(net.read(kServer, 5), " end");
  EXPECT_EQ(net.write(kServer, 3, 'c'), "ok");
  EXPECT_EQ(net.read(kClient, 3), "ccc ok");
  net.shutdown(kServer);
  EXPECT_EQ(net.read(kClient, 3), " end");
}

TYPED_TEST(StreamConformance, ClosingDeliversWhatWasWritten) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  EXPECT_EQ(net.write(kServer, 4, 'a'), "ok");
  net.close(kServer);
  EXPECT_EQ(net.read(kClient, 9), "aaaa end");
}

TYPED_TEST(StreamConformance, ClosingWithUnreadBytesResetsThePeer) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  EXPECT_EQ(net.write(kClient, 4, 'a'), "ok");
  net.close(kServer);
  EXPECT_EQ(net.read(kClient, 1), " connection reset");
  EXPECT_EQ(net.read(kClient, 1), " connection reset");
  EXPECT_EQ(net.write(kClient, 1, 'a'), "connection reset");
}

TYPED_TEST(StreamConformance, WhatArrivedBeforeAResetCanStillBeRead) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  EXPECT_EQ(net.write(kClient, 4, 'a'), "ok");
  EXPECT_EQ(net.write(kServer, 3, 'b'), "ok");
  net.close(kServer);
  EXPECT_EQ(net.read(kClient, 2), "bb ok");
  EXPECT_EQ(net.read(kClient, 2), "b connection reset");
}

TYPED_TEST(StreamConformance, TheFirstWriteToAClosedPeerIsTakenAndTheSecondFails) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  net.close(kServer);
  EXPECT_EQ(net.write(kClient, 1, 'a'), "ok");
  EXPECT_EQ(net.write(kClient, 1, 'a'), "connection reset");
}

TYPED_TEST(StreamConformance, AnEndThatCameBeforeTheResetIsStillAnEnd) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  EXPECT_EQ(net.write(kServer, 2, 'b'), "ok");
  net.close(kServer);
  EXPECT_EQ(net.write(kClient, 1, 'a'), "ok");  // answered with a reset
  EXPECT_EQ(net.read(kClient, 9), "bb end");
  EXPECT_EQ(net.read(kClient, 9), " end");
}

Task<void> write_until_done(Stream* stream, size_t parts, size_t* done) {
  for (; *done < parts; ++*done) {
    Slices bytes;
    bytes.push_back(Slice::copy_of(std::string(64 * 1024, 'x')));
    const Result<void> written = co_await stream->write(std::move(bytes));
    if (!written) co_return;
  }
}

TYPED_TEST(StreamConformance, AWriterWaitsForAReaderAndNothingIsLost) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  size_t done = 0;
  constexpr size_t kParts = 1'000;  // 64 MB: more than any buffer
  EXPECT_FALSE(net.run_task(kClient, write_until_done(net.stream(kClient), kParts, &done)));
  EXPECT_GT(done, 0u);
  EXPECT_LT(done, kParts);
  const std::string got = net.read(kServer, done * 64 * 1024);
  EXPECT_EQ(got.size(), done * 64 * 1024 + 3);
  EXPECT_EQ(got.find_first_not_of('x'), done * 64 * 1024);
  net.close(kClient);
  EXPECT_TRUE(net.read(kServer, 64 * 1024).ends_with(" end"));
}

TYPED_TEST(StreamConformance, AWriterThatWaitsLearnsOfTheReset) {
  auto& net = this->net_;
  ASSERT_EQ(net.open(), "ok");
  size_t done = 0;
  net.run_task(kClient, write_until_done(net.stream(kClient), 1'000, &done));
  net.close(kServer);
  EXPECT_EQ(net.write(kClient, 1, 'a'), "connection reset");
}

// One connection, both ends, random operations of few bytes; a closed end does nothing.
class RandomScript {
 public:
  explicit RandomScript(uint64_t seed) : draws_(seed, stream_id("conformance.streams"), 0) {}

  struct Answers {
    std::string operation;
    std::string real;
    std::string simulated;
  };
  Answers step(StreamBench& real, StreamBench& simulated) {
    const End end = draws_.chance({1, 2}) ? kClient : kServer;
    const std::string name = end == kClient ? "client " : "server ";
    const uint64_t kind = draws_.below(100);
    const size_t size = 1 + draws_.below(draws_.chance({1, 10}) ? 5000 : 20);
    const char fill = static_cast<char>('a' + draws_.below(26));
    if (!real.is_open(end)) return {name + "is closed", "", ""};
    if (kind < 45)
      return {name + "writes", real.write(end, size, fill), simulated.write(end, size, fill)};
    if (kind < 88) return {name + "reads", real.read(end, size), simulated.read(end, size)};
    const bool shuts_down = kind < 95;
    for (StreamBench* net : {&real, &simulated}) shuts_down ? net->shutdown(end) : net->close(end);
    return {name + (shuts_down ? "shuts down" : "closes"), "", ""};
  }

 private:
  Draws draws_;
};

TEST(StreamConformanceRandom, EveryAnswerOfARandomScriptIsTheSame) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    RealStreams real;
    SimStreams simulated;
    ASSERT_EQ(real.open(), "ok");
    ASSERT_EQ(simulated.open(), "ok");
    RandomScript script(seed);
    std::string story;
    for (int step = 0; step < 25; ++step) {
      const RandomScript::Answers answers = script.step(real, simulated);
      story += answers.operation + ": " + answers.real.substr(0, 60) + "\n";
      ASSERT_EQ(answers.real, answers.simulated) << "seed " << seed << "\n" << story;
    }
  }
}

}  // namespace
}  // namespace faultline::conformance
