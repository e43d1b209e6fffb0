// SPDX-License-Identifier: Apache-2.0
// Goal: each rule does to connects and segments what it says, inside its window, on its link, and
// counts it. Method: a client that writes to a server under one rule.
#include <gtest/gtest.h>

#include "tests/sim/net/pair.h"

namespace faultline::sim {
namespace {

Rule rule(RuleAction action, RuleScope scope = RuleScope::kAll) {
  Rule made;
  made.id = 7;
  made.scope = scope;
  made.action = action;
  if (action == RuleAction::kDeliver) made.delay = QuantileTable::constant(milliseconds(300));
  return made;
}

Rule one_way(RuleAction action, int32_t from, int32_t to) {
  Rule made = rule(action, RuleScope::kSegments);
  made.from = {NodeId{from}};
  made.to = {NodeId{to}};
  return made;
}

// A connection that stands, with readers on both sides; latency 1 ms, at second 1.
struct Standing : Pair {
  explicit Standing(FabricOptions options = constant_latency(milliseconds(1)))
      : Pair(std::move(options)) {
    connect("");
    cluster.run_for(seconds(1));
    read_at_client();
    cluster.run_for(Duration{});
  }
  void write(std::string text) {
    cluster[0].scope->spawn(write_text(&cluster.kernel, &client, std::move(text)));
    cluster.run_for(Duration{});
  }
  Fabric& fabric() { return cluster.fabric; }
};

TEST(RuleTest, deliver_adds_a_delay_and_counts_each_segment) {
  Standing pair;
  pair.fabric().add_rule(rule(RuleAction::kDeliver));
  pair.write("slow");
  pair.cluster.run_for(milliseconds(300));
  EXPECT_EQ(pair.server.received, "");
  pair.cluster.run_for(milliseconds(1));
  EXPECT_EQ(pair.server.received, "slow");
  EXPECT_EQ(pair.fabric().effects(7), 1u);
  EXPECT_TRUE(pair.fabric().remove_rule(7));
  EXPECT_FALSE(pair.fabric().remove_rule(7));
  EXPECT_EQ(pair.fabric().effects(7), 1u) << "counted after the removal too";
}

TEST(RuleTest, delays_of_several_rules_add_up_and_keep_the_order) {
  Standing pair;
  pair.fabric().add_rule(rule(RuleAction::kDeliver));
  Rule second = rule(RuleAction::kDeliver);
  second.id = 8;
  pair.fabric().add_rule(second);
  pair.write("first,");
  pair.fabric().remove_rule(7);
  pair.fabric().remove_rule(8);
  pair.write("second");
  pair.cluster.run_for(milliseconds(600));
  EXPECT_EQ(pair.server.received, "");
  pair.cluster.run_for(milliseconds(1));
  EXPECT_EQ(pair.server.received, "first,second");
}

TEST(RuleTest, pass_exempts_from_the_rules_after_it) {
  Standing pair;
  Rule pass = rule(RuleAction::kPass);
  pass.to = {NodeId{1}};
  pair.fabric().add_rule(pass);
  Rule drop = rule(RuleAction::kDrop);
  drop.id = 8;
  pair.fabric().add_rule(drop);
  pair.write("through");
  pair.cluster.run_for(milliseconds(1));
  EXPECT_EQ(pair.server.received, "through");
  EXPECT_EQ(pair.fabric().effects(8), 0u);
}

TEST(RuleTest, a_lost_segment_comes_after_its_retransmission) {
  Standing pair;
  pair.fabric().add_rule(one_way(RuleAction::kDrop, 0, 1));
  pair.write("once lost");
  pair.cluster.run_for(milliseconds(100));
  pair.fabric().remove_rule(7);
  pair.cluster.run_for(milliseconds(100));
  EXPECT_EQ(pair.server.received, "");
  pair.cluster.run_for(milliseconds(1));
  EXPECT_EQ(pair.server.received, "once lost");
}

TEST(RuleTest, retransmissions_back_off) {
  Standing pair;
  pair.fabric().add_rule(one_way(RuleAction::kDrop, 0, 1));
  pair.write("lost");
  pair.cluster.run_for(milliseconds(3050));  // tried at 0, 200, 600, 1400, 3000 ms
  EXPECT_EQ(pair.fabric().effects(7), 5u);
}

TEST(RuleTest, later_segments_wait_for_a_lost_one) {
  Standing pair;
  pair.fabric().add_rule(one_way(RuleAction::kDrop, 0, 1));
  pair.write("first,");
  pair.fabric().remove_rule(7);
  pair.write("second");
  pair.cluster.run_for(milliseconds(150));
  EXPECT_EQ(pair.server.received, "");
  pair.cluster.run_for(milliseconds(100));
  EXPECT_EQ(pair.server.received, "first,second");
}

TEST(RuleTest, a_connection_over_a_dead_link_is_given_up) {
  FabricOptions options = constant_latency(milliseconds(1));
  options.give_up_after = seconds(20);
  Standing pair(options);
  pair.fabric().add_rule(one_way(RuleAction::kDrop, 0, 1));
  pair.write("lost");
  pair.cluster.run_for(seconds(19));
  EXPECT_FALSE(pair.client.read_error.has_value());
  pair.cluster.run_for(seconds(20));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset);
  EXPECT_FALSE(pair.server.read_error.has_value()) << "half-open";
}

TEST(RuleTest, hold_stops_one_direction_until_it_is_removed) {
  Standing pair;
  pair.fabric().add_rule(one_way(RuleAction::kHold, 0, 1));
  for (char c : std::string("abcdef")) pair.write(std::string(1, c));
  pair.cluster[1].scope->spawn(write_text(&pair.cluster.kernel, &pair.server, "other way"));
  pair.cluster.run_for(seconds(100));
  EXPECT_EQ(pair.server.received, "");
  EXPECT_EQ(pair.client.received, "other way");
  EXPECT_EQ(pair.cluster.kernel.pending_events(), 0u) << "holding must not poll";
  pair.fabric().remove_rule(7);
  pair.cluster.run_for(milliseconds(1));
  EXPECT_EQ(pair.server.received, "abcdef");
  EXPECT_EQ(pair.fabric().effects(7), 6u);
}

TEST(RuleTest, hold_ends_with_its_window) {
  Standing pair;
  Rule hold = one_way(RuleAction::kHold, 0, 1);
  hold.begin = Instant{} + seconds(2);
  hold.end = Instant{} + seconds(3);
  pair.fabric().add_rule(hold);
  pair.write("before,");
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.server.received, "before,");
  pair.write("during");
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.server.received, "before,");
  pair.cluster.run_for(milliseconds(1));
  EXPECT_EQ(pair.server.received, "before,during");
}

TEST(RuleTest, what_two_holds_keep_waits_for_both) {
  Standing pair;
  pair.fabric().add_rule(one_way(RuleAction::kHold, 0, 1));
  Rule second = one_way(RuleAction::kHold, 0, 1);
  second.id = 8;
  pair.fabric().add_rule(second);
  pair.write("held");
  pair.fabric().remove_rule(7);
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.server.received, "");
  pair.fabric().remove_rule(8);
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.server.received, "held");
}

TEST(RuleTest, acknowledgements_that_are_held_stall_a_full_sender) {
  FabricOptions options = constant_latency(milliseconds(1));
  options.receive_buffer_bytes = 1000;
  options.send_buffer_bytes = 1000;
  for (RuleAction action : {RuleAction::kHold, RuleAction::kDrop}) {
    Standing pair(options);
    pair.fabric().add_rule(one_way(action, 1, 0));
    pair.write(numbers(10'000));
    pair.cluster.run_for(seconds(5));
    EXPECT_EQ(pair.server.received, numbers(1000));
    pair.fabric().remove_rule(7);
    pair.cluster.run_for(seconds(5));
    EXPECT_EQ(pair.server.received, numbers(10'000));
  }
}

TEST(RuleTest, reset_breaks_both_ends) {
  Standing pair;
  pair.fabric().add_rule(one_way(RuleAction::kReset, 0, 1));
  EXPECT_FALSE(pair.client.read_error.has_value()) << "a silent connection is not touched";
  pair.write("dropped");
  pair.cluster.run_for(milliseconds(1));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset);
  EXPECT_EQ(pair.server.read_error, ErrorCode::kConnectionReset);
  EXPECT_EQ(pair.server.received, "");
  EXPECT_EQ(pair.fabric().effects(7), 1u);
}

TEST(RuleTest, a_lost_reset_leaves_the_peer_half_open) {
  Standing pair;
  pair.fabric().add_rule(one_way(RuleAction::kDrop, 1, 0));
  EXPECT_EQ(pair.fabric().reset_connections(NodeId{0}, NodeId{1}), 1u);
  pair.cluster.run_for(seconds(10));
  EXPECT_EQ(pair.server.read_error, ErrorCode::kConnectionReset);
  EXPECT_FALSE(pair.client.read_error.has_value());
  pair.cluster.run_for(seconds(8000));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset) << "keepalive";
}

TEST(RuleTest, refuse_and_reset_refuse_a_connection_attempt) {
  for (RuleAction action : {RuleAction::kRefuse, RuleAction::kReset}) {
    Pair pair;
    pair.cluster.fabric.add_rule(rule(action, RuleScope::kConnects));
    pair.connect_without_reader("");
    pair.cluster.run_for(seconds(1));
    EXPECT_EQ(pair.client.connect_error, ErrorCode::kConnectionRefused);
    EXPECT_EQ(pair.cluster.fabric.effects(7), 1u);
  }
}

TEST(RuleTest, hang_and_drop_leave_a_connection_attempt_without_answer) {
  for (RuleAction action : {RuleAction::kHang, RuleAction::kDrop, RuleAction::kHold}) {
    Pair pair;
    pair.cluster.fabric.add_rule(rule(action, RuleScope::kConnects));
    pair.connect_without_reader("");
    pair.cluster.run_for(seconds(128));
    EXPECT_EQ(pair.client.connect_error, ErrorCode::kTimedOut);
  }
}

TEST(RuleTest, a_connection_attempt_that_hung_goes_on_after_the_rule) {
  for (RuleAction action : {RuleAction::kHang, RuleAction::kDrop, RuleAction::kHold}) {
    Pair pair;
    pair.cluster.fabric.add_rule(rule(action, RuleScope::kConnects));
    pair.connect_without_reader("late");
    pair.cluster.run_for(seconds(2));
    EXPECT_FALSE(pair.client.is_connected);
    pair.cluster.fabric.remove_rule(7);
    pair.cluster.run_for(seconds(5));
    EXPECT_TRUE(pair.client.is_connected);
    EXPECT_TRUE(pair.server.is_connected);
  }
}

TEST(RuleTest, a_lost_answer_makes_connecting_wait_too) {
  Pair pair(constant_latency(milliseconds(1)));
  Rule drop = rule(RuleAction::kDrop, RuleScope::kConnects);
  drop.from = {NodeId{1}};
  drop.end = Instant{} + milliseconds(500);
  pair.cluster.fabric.add_rule(drop);
  pair.connect_without_reader("");
  pair.cluster.run_for(seconds(5));
  EXPECT_EQ(pair.client.last_progress, Instant{} + milliseconds(1003));
}

TEST(RuleTest, refuse_does_not_touch_standing_connections) {
  Standing pair;
  pair.fabric().add_rule(rule(RuleAction::kRefuse));
  pair.write("still there");
  pair.cluster.run_for(milliseconds(1));
  EXPECT_EQ(pair.server.received, "still there");
}

TEST(RuleTest, matches_links_directions_windows_and_scopes) {
  Rule made = one_way(RuleAction::kDrop, 1, 2);
  made.begin = Instant{10};
  made.end = Instant{20};
  EXPECT_TRUE(made.matches(NodeId{1}, NodeId{2}, false, Instant{10}));
  EXPECT_FALSE(made.matches(NodeId{1}, NodeId{2}, false, Instant{9}));
  EXPECT_FALSE(made.matches(NodeId{1}, NodeId{2}, false, Instant{20}));
  EXPECT_FALSE(made.matches(NodeId{2}, NodeId{1}, false, Instant{10}));
  EXPECT_FALSE(made.matches(NodeId{1}, NodeId{3}, false, Instant{10}));
  EXPECT_FALSE(made.matches(NodeId{1}, NodeId{2}, true, Instant{10}));
  made.both_ways = true;
  EXPECT_TRUE(made.matches(NodeId{2}, NodeId{1}, false, Instant{10}));
  made.to.clear();
  EXPECT_TRUE(made.matches(NodeId{1}, NodeId{3}, false, Instant{10}));
  EXPECT_TRUE(made.matches(NodeId{3}, NodeId{1}, false, Instant{10}));
  EXPECT_FALSE(made.matches(NodeId{3}, NodeId{2}, false, Instant{10}));
  made.scope = RuleScope::kConnects;
  EXPECT_TRUE(made.matches(NodeId{1}, NodeId{3}, true, Instant{10}));
  EXPECT_FALSE(made.matches(NodeId{1}, NodeId{3}, false, Instant{10}));
}

TEST(RuleTest, a_chance_hits_its_share_of_segments) {
  FabricOptions options = constant_latency(milliseconds(1));
  options.split_segment = Ratio{0, 1};
  Standing pair(options);
  Rule third = one_way(RuleAction::kDeliver, 0, 1);
  third.delay = QuantileTable::constant(microseconds(1));
  third.probability = Ratio{1, 3};
  pair.fabric().add_rule(third);
  for (int i = 0; i < 3000; ++i) pair.write("x");
  EXPECT_GT(pair.fabric().effects(7), 900u);
  EXPECT_LT(pair.fabric().effects(7), 1100u);
}

TEST(RuleTest, its_effects_are_events_in_the_chain_of_causes) {
  RecordingSink sink;
  Pair pair(constant_latency(milliseconds(1)), 1, CostTable::free(), &sink);
  pair.connect("");
  pair.cluster.run_for(seconds(1));
  pair.cluster.fabric.add_rule(one_way(RuleAction::kHold, 0, 1));
  static constexpr EventType kSent{0x2001, "test.sent", nullptr};
  struct Sender {
    static Task<void> run(Pair* pair) {
      pair->cluster.kernel.emit(0, 0, kSent, 0, {});
      co_await write_text(&pair->cluster.kernel, &pair->client, "x");
    }
  };
  pair.cluster[0].scope->spawn(Sender::run(&pair));
  pair.cluster.run_for(seconds(1));
  pair.cluster.fabric.remove_rule(7);
  pair.cluster.run_for(seconds(1));
  ASSERT_EQ(pair.server.received, "x");
  const RecordingSink::Event& delivered = sink.last(NetDelivered::kType);
  EXPECT_EQ(delivered.node, 1);
  const RecordingSink::Event& effect = sink.at(delivered.cause);
  EXPECT_EQ(effect.kind, NetRuleEffect::kType.id);
  EXPECT_EQ(effect.entity, 7u);
  EXPECT_EQ(effect.node, 0);
  EXPECT_EQ(sink.at(effect.cause).kind, kSent.id);
}

}  // namespace
}  // namespace faultline::sim
