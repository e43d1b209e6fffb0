// SPDX-License-Identifier: Apache-2.0
// Goal: whatever happens to machines and links, a reader sees a prefix of what was written and
// nothing leaks. Method: random kills, power losses, resets, lost connections and rules under
// traffic in both directions; each connection carries a known sequence; then everybody dies.
#include <gtest/gtest.h>

#include "sim/node/node_ports.h"
#include "tests/sim/net/pair.h"

namespace faultline::sim {
namespace {

constexpr int32_t kMachines = 3;

struct Totals {
  uint64_t connections = 0;
  uint64_t bytes = 0;
  uint64_t resets = 0;
  uint64_t ends = 0;
  uint64_t failed_connects = 0;
};

// Byte n of every stream is n mod 251.
Slice pattern(uint64_t from, size_t size) {
  Buffer buffer(size);
  for (size_t i = 0; i < size; ++i) buffer.data()[i] = static_cast<uint8_t>((from + i) % 251);
  return std::move(buffer).freeze();
}

class Chaos {
 public:
  explicit Chaos(uint64_t seed, Totals& totals)
      : draws_(seed, stream_id("chaos"), 0),
        totals_(totals),
        cluster_(options(seed), kMachines, seed) {
    for (int32_t i = 0; i < kMachines; ++i) {
      timers_.push_back(std::make_unique<SimTimers>(cluster_[i].processor, clock_));
      is_on_.push_back(true);
      start(i);
    }
  }
  ~Chaos() { cluster_.end_processes(); }

  void run() {
    for (int step = 0; step < 40; ++step) {
      cluster_.run_for(Duration{draws_.between(0, 500'000'000)});
      disturb();
    }
    for (int32_t i = 0; i < kMachines; ++i) is_on_[i] ? kill(i) : power_on(i);
    for (uint64_t id : rules_) cluster_.fabric.remove_rule(id);
    for (int32_t i = 0; i < kMachines; ++i) cluster_[i].kill(cluster_.fabric);
    EXPECT_EQ(cluster_.fabric.open_connections(), 0u);
    EXPECT_EQ(cluster_.kernel.pending_events(), 0u);
  }

 private:
  static FabricOptions options(uint64_t seed) {
    FabricOptions options;
    Draws draws(seed, stream_id("options"), 0);
    options.send_buffer_bytes = 20 + draws.below(5000);
    options.receive_buffer_bytes = 20 + draws.below(5000);
    options.segment_bytes_max = 20 + draws.below(3000);
    options.give_up_after = seconds(5);
    options.keepalive_after = seconds(10);
    options.connect_timeout = seconds(3);
    options.accept_backlog = 1 + draws.below(4);
    return options;
  }

  void start(int32_t node) {
    cluster_[node].scope->spawn(serve(this, node));
    for (int32_t to = 0; to < kMachines; ++to)
      for (int k = 0; k < 2; ++k) cluster_[node].scope->spawn(talk(this, node, to));
  }
  void kill(int32_t node) {
    if (draws_.chance({1, 2})) {
      cluster_[node].kill(cluster_.fabric);
    } else {
      cluster_[node].restart_process();  // the frames first: streams close themselves
      cluster_.fabric.process_killed(NodeId{node});
    }
    start(node);
  }
  void power_on(int32_t node) {
    cluster_.fabric.restarted(NodeId{node});
    is_on_[node] = true;
    start(node);
  }

  void disturb() {
    const auto node = static_cast<int32_t>(draws_.below(kMachines));
    const auto peer = static_cast<int32_t>(draws_.below(kMachines));
    switch (draws_.below(7)) {
      case 0:
        if (is_on_[node]) kill(node);
        return;
      case 1:
        if (!is_on_[node]) return power_on(node);
        cluster_[node].lose_power(cluster_.fabric);
        is_on_[node] = false;
        return;
      case 2: cluster_.fabric.reset_connections(NodeId{node}, NodeId{peer}); return;
      case 3: cluster_.fabric.lose_connections(NodeId{node}, std::nullopt); return;
      case 4:
      case 5: return add_rule(node, peer);
      default:
        if (rules_.empty()) return;
        const size_t victim = draws_.below(rules_.size());
        cluster_.fabric.remove_rule(rules_[victim]);
        rules_.erase(rules_.begin() + static_cast<ptrdiff_t>(victim));
    }
  }
  void add_rule(int32_t from, int32_t to) {
    Rule rule;
    rule.id = ++last_rule_;
    rule.action = static_cast<RuleAction>(draws_.below(7));
    rule.from = {NodeId{from}};
    if (draws_.chance({1, 2})) rule.to = {NodeId{to}};
    rule.both_ways = draws_.chance({1, 2});
    rule.probability = Ratio{1 + draws_.below(10), 10};
    rule.delay = QuantileTable::latency(milliseconds(1), milliseconds(300));
    if (draws_.chance({1, 2}))
      rule.end = cluster_.kernel.now() + Duration{draws_.between(0, 3'000'000'000)};
    rules_.push_back(rule.id);
    cluster_.fabric.add_rule(rule);
  }

  static Task<void> serve(Chaos* self, int32_t node) {
    auto listener = *self->cluster_[node].network.listen({"", kPort});
    while (true) {
      Result<std::unique_ptr<Stream>> stream = co_await listener->accept();
      if (!stream) co_return;
      self->cluster_[node].scope->spawn(echo(self, std::move(*stream)));
    }
  }
  // Checks the sequence and writes it back; sometimes closes early.
  static Task<void> echo(Chaos* self, std::unique_ptr<Stream> stream) {
    uint64_t position = 0;
    const uint64_t stop_at = self->draws_.below(16'000);
    while (position < stop_at) {
      const Result<Slice> bytes = co_await stream->read(1 + self->draws_.below(5000));
      if (!bytes) {
        ++self->totals_.resets;
        co_return;
      }
      if (bytes->empty()) {
        ++self->totals_.ends;
        co_return;
      }
      self->expect_pattern(*bytes, position);
      position += bytes->size();
      Slices back{*bytes};
      const Result<void> written = co_await stream->write(std::move(back));
      if (!written) co_return;
    }
  }
  static Task<void> read_back(Chaos* self, Stream* stream, uint64_t* position) {
    while (true) {
      const Result<Slice> bytes = co_await stream->read(2000);
      if (!bytes || bytes->empty()) co_return;
      self->expect_pattern(*bytes, *position);
      *position += bytes->size();
    }
  }
  static Task<void> talk(Chaos* self, int32_t node, int32_t to) {
    Machine& machine = self->cluster_[node];
    Timers* timers = self->timers_[node].get();
    const Endpoint endpoint{"node-" + std::to_string(to), kPort};
    while (true) {
      const Instant wake =
          self->cluster_.kernel.now() + Duration{self->draws_.between(0, 300'000'000)};
      const Result<void> slept = co_await timers->sleep_until(wake);
      if (!slept) co_return;
      Result<std::unique_ptr<Stream>> stream = co_await machine.network.connect(endpoint);
      if (!stream) {
        ++self->totals_.failed_connects;
        continue;
      }
      ++self->totals_.connections;
      uint64_t received = 0;
      Scope reader(machine.processor);
      reader.spawn(read_back(self, stream->get(), &received));
      uint64_t position = 0;
      while (position < 8'000) {
        Slices bytes{pattern(position, 1 + self->draws_.below(6000))};
        position += bytes[0].size();
        const Result<void> written = co_await (*stream)->write(std::move(bytes));
        if (!written) break;
      }
      (*stream)->shutdown_write();
      const Result<void> joined = co_await reader.join();
      if (!joined) co_return;
    }
  }

  void expect_pattern(const Slice& bytes, uint64_t position) {
    totals_.bytes += bytes.size();
    ASSERT_EQ(bytes, pattern(position, bytes.size()));
  }

  Draws draws_;
  Totals& totals_;
  const NodeClock clock_{ClockConfig{}};
  Cluster cluster_;
  std::vector<std::unique_ptr<SimTimers>> timers_;
  std::vector<bool> is_on_;
  std::vector<uint64_t> rules_;
  uint64_t last_rule_ = 0;
};

TEST(Chaos, readers_see_prefixes_and_nothing_leaks) {
  Totals totals;
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    Chaos(seed, totals).run();
    if (HasFailure()) FAIL() << "seed " << seed;
  }
  EXPECT_GT(totals.connections, 1000u);
  EXPECT_GT(totals.bytes, 1'000'000u);
  EXPECT_GT(totals.resets, 100u);
  EXPECT_GT(totals.ends, 100u);
  EXPECT_GT(totals.failed_connects, 100u);
  RecordProperty("bytes", std::to_string(totals.bytes));
}

}  // namespace
}  // namespace faultline::sim
