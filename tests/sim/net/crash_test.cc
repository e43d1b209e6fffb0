// SPDX-License-Identifier: Apache-2.0
// Goal: what the peers of a machine see when its process is killed, when it loses power, and when a
// connection breaks in between. Method: two machines, a crash at a chosen moment, the transcript of
// the survivor; at the end nothing is left over.
#include <gtest/gtest.h>

#include "tests/sim/net/pair.h"

namespace faultline::sim {
namespace {

TEST(CrashTest, a_killed_process_ends_its_connections) {
  Pair pair;
  pair.connect("request");
  pair.cluster.run_for(seconds(1));
  pair.read_at_client();
  pair.cluster.run_for(seconds(1));
  pair.kill_server();
  pair.cluster.run_for(seconds(1));
  EXPECT_TRUE(pair.client.has_ended);
  EXPECT_FALSE(pair.client.read_error.has_value());
}

TEST(CrashTest, a_process_killed_with_unread_data_resets_its_connections) {
  Pair pair;
  pair.connect_without_reader("request");
  pair.cluster.run_for(seconds(1));
  pair.read_at_client();
  pair.cluster.run_for(seconds(1));
  pair.kill_server();
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset);
}

TEST(CrashTest, what_a_killed_process_had_written_still_arrives) {
  Pair pair;
  pair.connect("request");
  pair.cluster.run_for(seconds(1));
  pair.cluster[1].scope->spawn(write_text(&pair.cluster.kernel, &pair.server, "answer"));
  pair.cluster.run_for(Duration{});
  EXPECT_EQ(pair.server.writes_done, 1u);
  pair.kill_server();
  pair.read_at_client();
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.received, "answer");
  EXPECT_TRUE(pair.client.has_ended);
}

TEST(CrashTest, a_new_process_can_listen_on_the_old_port) {
  Pair pair;
  pair.connect("request");
  pair.cluster.run_for(seconds(1));
  pair.kill_server();
  pair.client = Transcript();
  pair.server = Transcript();
  pair.connect("again");
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.server.received, "again");
}

TEST(CrashTest, a_power_loss_leaves_the_peer_without_a_sign) {
  Pair pair;
  pair.connect("request");
  pair.cluster.run_for(seconds(1));
  pair.read_at_client();
  pair.lose_server_power();
  pair.cluster.run_for(seconds(7000));
  EXPECT_FALSE(pair.client.has_ended);
  EXPECT_FALSE(pair.client.read_error.has_value());
  pair.cluster.run_for(seconds(1000));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset) << "keepalive";
}

TEST(CrashTest, a_write_to_a_restarted_machine_is_answered_with_a_reset) {
  Pair pair;
  pair.connect("request");
  pair.cluster.run_for(seconds(1));
  pair.read_at_client();
  pair.lose_server_power();
  pair.cluster.run_for(seconds(10));
  pair.cluster.fabric.restarted(NodeId{1});
  pair.cluster.run_for(seconds(10));
  EXPECT_FALSE(pair.client.read_error.has_value());
  pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "hello?"));
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset);
}

TEST(CrashTest, a_write_to_a_machine_that_stays_off_is_given_up_in_the_end) {
  Pair pair;
  pair.connect("request");
  pair.cluster.run_for(seconds(1));
  pair.read_at_client();
  pair.lose_server_power();
  pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "hello?"));
  pair.cluster.run_for(seconds(900));
  EXPECT_FALSE(pair.client.read_error.has_value());
  pair.cluster.run_for(seconds(300));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset);
  EXPECT_EQ(pair.cluster.kernel.pending_events(), 0u);
}

TEST(CrashTest, a_retransmission_meets_the_restarted_machine) {
  Pair pair;
  pair.connect("request");
  pair.cluster.run_for(seconds(1));
  pair.read_at_client();
  pair.lose_server_power();
  pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "hello?"));
  pair.cluster.run_for(seconds(2));
  pair.cluster.fabric.restarted(NodeId{1});
  pair.cluster.run_for(seconds(3));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset);
}

TEST(CrashTest, what_was_on_the_wire_at_a_power_loss_arrives_and_the_rest_is_gone) {
  FabricOptions options;
  options.link = {QuantileTable::constant(milliseconds(10)), 0};
  options.receive_buffer_bytes = 1000;
  Pair pair(options);
  pair.connect_without_reader(numbers(5000));
  pair.cluster.run_for(milliseconds(200));
  EXPECT_EQ(pair.client.writes_done, 1u);
  pair.cluster.fabric.power_lost(NodeId{0});
  pair.cluster[0].restart_process();
  pair.cluster[1].scope->spawn(read_all(&pair.cluster.kernel, &pair.server));
  pair.cluster.run_for(seconds(100));
  EXPECT_EQ(pair.server.received, numbers(1000));
  EXPECT_FALSE(pair.server.has_ended);
}

TEST(CrashTest, a_reset_reaches_both_ends_and_takes_nothing_back) {
  Pair pair;
  pair.connect_without_reader("read after it");
  pair.cluster.run_for(seconds(1));
  pair.read_at_client();
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.cluster.fabric.reset_connections(NodeId{0}, NodeId{1}), 1u);
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset);
  pair.cluster[1].scope->spawn(read_all(&pair.cluster.kernel, &pair.server));
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.server.read_error, ErrorCode::kConnectionReset);
  EXPECT_EQ(pair.server.received, "read after it");
}

TEST(CrashTest, resets_only_the_connections_that_are_named) {
  Cluster cluster({}, 3);
  Transcript server;
  Transcript client;
  cluster[1].scope->spawn(serve_one(&cluster.kernel, &cluster[1], kPort, &server));
  cluster[0].scope->spawn(
      connect_and_write(&cluster.kernel, &cluster[0], {"node-1", kPort}, "x", &client));
  cluster.run_for(seconds(1));
  EXPECT_EQ(cluster.fabric.reset_connections(NodeId{2}, std::nullopt), 0u);
  EXPECT_EQ(cluster.fabric.reset_connections(NodeId{0}, NodeId{2}), 0u);
  EXPECT_EQ(cluster.fabric.reset_connections(NodeId{1}, std::nullopt), 1u);
  cluster.run_for(seconds(1));
  EXPECT_EQ(server.read_error, ErrorCode::kConnectionReset);
  cluster.end_processes();
}

TEST(CrashTest, a_lost_connection_is_half_open_until_the_peer_writes) {
  Pair pair;
  pair.connect("request");
  pair.cluster.run_for(seconds(1));
  pair.read_at_client();
  EXPECT_EQ(pair.cluster.fabric.lose_connections(NodeId{1}, NodeId{0}), 1u);
  pair.cluster.run_for(seconds(60));
  EXPECT_EQ(pair.server.read_error, ErrorCode::kConnectionReset);
  EXPECT_FALSE(pair.client.read_error.has_value());
  pair.cluster[0].scope->spawn(write_text(&pair.cluster.kernel, &pair.client, "hello?"));
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.read_error, ErrorCode::kConnectionReset);
}

TEST(CrashTest, a_program_that_dies_while_it_waits_takes_its_operations_with_it) {
  for (Duration when : {microseconds(10), microseconds(400), milliseconds(1), milliseconds(50)}) {
    for (const bool has_power : {true, false}) {
      FabricOptions options;
      options.receive_buffer_bytes = options.send_buffer_bytes = 1000;
      Pair pair(options);
      pair.connect_without_reader(numbers(100'000));
      pair.cluster.run_for(when);
      has_power ? pair.cluster[0].kill(pair.cluster.fabric)
                : pair.cluster[0].lose_power(pair.cluster.fabric);
      pair.client.stream.reset();
      pair.kill_server();
      pair.cluster.run_for(seconds(10'000));
      EXPECT_EQ(pair.cluster.fabric.open_connections(), 0u);
      EXPECT_EQ(pair.cluster.kernel.pending_events(), 0u);
    }
  }
}

}  // namespace
}  // namespace faultline::sim
