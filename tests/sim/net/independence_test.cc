// SPDX-License-Identifier: Apache-2.0
// Goal: design decision D5 for the network. Method: 1,000 random plans of rules over four machines
// that all talk to each other; each plan is run whole and with each rule taken out, and everything
// that happened between machines that the rule does not match must be equal to the nanosecond.
#include <gtest/gtest.h>

#include "broker/base/hash.h"
#include "sim/node/node_ports.h"
#include "tests/sim/net/pair.h"
#include "tests/sim/support/one_fault_less.h"

namespace faultline::sim {
namespace {

constexpr int32_t kMachines = 4;
constexpr int kMessages = 8;
constexpr int kPlans = 1000;

// Everybody talks to everybody on a fixed timetable, and connects again when something broke.
class ChattyCluster {
 public:
  ChattyCluster(uint64_t seed, const std::vector<Rule>& plan)
      : seed_(seed), cluster_({}, kMachines, seed, CostTable::free(), &sink_) {
    for (const Rule& rule : plan) cluster_.fabric.add_rule(rule);
    for (int32_t i = 0; i < kMachines; ++i) {
      timers_.push_back(std::make_unique<SimTimers>(cluster_[i].processor, clock_));
      cluster_[i].scope->spawn(serve(this, i));
    }
    for (int32_t i = 0; i < kMachines; ++i)
      for (int32_t j = 0; j < kMachines; ++j)
        if (i != j) cluster_[i].scope->spawn(talk(this, i, j));
  }
  ~ChattyCluster() { cluster_.end_processes(); }

  Histories run() {
    cluster_.run_for(seconds(30));
    Histories histories;
    for (const RecordingSink::Event& event : sink_.events) {
      if (event.kind == NetRuleEffect::kType.id) continue;
      std::vector<uint64_t>& history = histories[name(event.entity)];
      history.push_back(static_cast<uint64_t>(event.time_ns));
      history.push_back(event.kind);
      history.push_back(hash64(as_bytes(event.payload), event.entity));
    }
    return histories;
  }

 private:
  static std::string name(uint64_t connection) {
    return std::to_string(connection >> 48) + std::to_string(connection >> 32 & 0xffff);
  }

  static Task<void> serve(ChattyCluster* self, int32_t node) {
    auto listener = *self->cluster_[node].network.listen({"", kPort});
    while (true) {
      Result<std::unique_ptr<Stream>> stream = co_await listener->accept();
      if (!stream) co_return;
      self->cluster_[node].scope->spawn(drain(std::move(*stream)));
    }
  }
  static Task<void> drain(std::unique_ptr<Stream> stream) {
    while (true) {
      const Result<Slice> bytes = co_await stream->read(1 << 20);
      if (!bytes || bytes->empty()) co_return;
    }
  }
  static Task<void> talk(ChattyCluster* self, int32_t from, int32_t to) {
    Draws script(self->seed_, stream_id("script"), static_cast<uint64_t>(from * kMachines + to));
    const Endpoint endpoint{"node-" + std::to_string(to), kPort};
    std::unique_ptr<Stream> stream;
    Instant next{};
    for (int i = 0; i < kMessages; ++i) {
      next = next + Duration{script.between(0, 2'000'000'000)};
      const uint64_t size = 1 + script.below(2000);
      const Result<void> slept = co_await self->timers_[from]->sleep_until(next);
      if (!slept) co_return;
      if (stream == nullptr) {
        Result<std::unique_ptr<Stream>> connected =
            co_await self->cluster_[from].network.connect(endpoint);
        if (!connected) continue;
        stream = std::move(*connected);
      }
      Slices message{Slice::copy_of(numbers(size))};
      const Result<void> written = co_await stream->write(std::move(message));
      if (!written) stream.reset();
    }
  }

  const uint64_t seed_;
  const NodeClock clock_{ClockConfig{}};
  RecordingSink sink_;
  Cluster cluster_;
  std::vector<std::unique_ptr<SimTimers>> timers_;
};

Rule random_rule(Draws& draws, uint64_t id) {
  constexpr RuleAction kActions[] = {RuleAction::kDeliver, RuleAction::kDrop,   RuleAction::kHold,
                                     RuleAction::kReset,   RuleAction::kRefuse, RuleAction::kHang};
  Rule rule;
  rule.id = id;
  rule.action = kActions[draws.below(std::size(kActions))];
  rule.from = {NodeId{static_cast<int32_t>(draws.below(kMachines))}};
  rule.to = {NodeId{static_cast<int32_t>(draws.below(kMachines))}};
  rule.both_ways = draws.chance({1, 2});
  rule.begin = Instant{draws.between(0, 10'000'000'000)};
  rule.end = rule.begin + Duration{draws.between(0, 10'000'000'000)};
  rule.probability = draws.chance({1, 2}) ? Ratio{1, 1} : Ratio{1, 4};
  if (rule.action == RuleAction::kDeliver)
    rule.delay = QuantileTable::latency(milliseconds(10), seconds(1));
  return rule;
}

TEST(Independence, taking_one_rule_out_leaves_all_other_links_as_they_were) {
  OneFaultLess totals;
  for (uint64_t seed = 1; seed <= kPlans; ++seed) {
    Draws draws(seed, stream_id("plan"), 0);
    std::vector<Rule> plan;
    const uint64_t size = 1 + draws.below(4);
    for (uint64_t id = 1; id <= size; ++id) plan.push_back(random_rule(draws, id));
    const auto run = [seed](const std::vector<Rule>& rules) {
      return ChattyCluster(seed, rules).run();
    };
    // Acknowledgements go the other way, so a rule touches both directions of a connection.
    const auto touches = [](const Rule& rule, const std::string& link) {
      const NodeId a{link[0] - '0'};
      const NodeId b{link[1] - '0'};
      return (rule.from[0] == a && rule.to[0] == b) || (rule.from[0] == b && rule.to[0] == a);
    };
    ASSERT_TRUE(holds_with_one_fault_less(plan, run, touches, totals)) << "seed " << seed;
  }
  EXPECT_GT(totals.entities_compared, 20'000u);
  EXPECT_GT(totals.faults_that_mattered, 500u);
}

TEST(Independence, the_same_plan_twice_gives_the_same_history) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Draws draws(seed, stream_id("plan"), 0);
    const std::vector<Rule> plan{random_rule(draws, 1), random_rule(draws, 2)};
    EXPECT_EQ(ChattyCluster(seed, plan).run(), ChattyCluster(seed, plan).run());
  }
}

}  // namespace
}  // namespace faultline::sim
