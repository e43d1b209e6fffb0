// SPDX-License-Identifier: Apache-2.0
// Goal: every way in which connecting can fail, and what listeners do. Method: one client and one
// server machine, looking at error codes and the times at which they came.
#include <gtest/gtest.h>

#include "tests/sim/net/pair.h"

namespace faultline::sim {
namespace {

TEST(ConnectTest, is_refused_after_a_round_trip_where_nobody_listens) {
  Pair pair(constant_latency(milliseconds(5)));
  pair.cluster[0].scope->spawn(
      connect_to(&pair.cluster.kernel, &pair.cluster[0], {"node-1", kPort}, &pair.client));
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.connect_error, ErrorCode::kConnectionRefused);
  EXPECT_EQ(pair.client.last_progress, Instant{} + milliseconds(10));
}

TEST(ConnectTest, an_unknown_host_is_not_found_and_takes_time) {
  Pair pair;
  pair.cluster[0].scope->spawn(
      connect_to(&pair.cluster.kernel, &pair.cluster[0], {"node-7", kPort}, &pair.client));
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.connect_error, ErrorCode::kNotFound);
  EXPECT_GT(pair.client.last_progress, Instant{});
}

TEST(ConnectTest, hangs_until_the_timeout_of_the_system_when_the_machine_is_off) {
  Pair pair;
  pair.cluster[1].lose_power(pair.cluster.fabric);
  pair.connect_only();
  pair.cluster.run_for(seconds(126));
  EXPECT_FALSE(pair.client.connect_error.has_value());
  pair.cluster.run_for(seconds(2));
  EXPECT_EQ(pair.client.connect_error, ErrorCode::kTimedOut);
  EXPECT_EQ(pair.client.last_progress, Instant{} + seconds(127));
}

TEST(ConnectTest, is_asked_again_until_the_machine_is_on) {
  Pair pair;
  pair.cluster[1].lose_power(pair.cluster.fabric);
  pair.connect_only();
  pair.cluster.run_for(seconds(5));
  pair.cluster.fabric.restarted(NodeId{1});
  pair.cluster[1].scope->spawn(accept_one(&pair.cluster[1], kPort, &pair.server));
  pair.cluster.run_for(seconds(5));
  EXPECT_TRUE(pair.client.is_connected);
  EXPECT_TRUE(pair.server.is_connected);
}

TEST(ConnectTest, a_port_is_listened_on_once_and_free_again_after_closing) {
  Cluster cluster;
  HostNetwork& network = cluster[0].network;
  auto first = network.listen({"node-0", kPort});
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ((*first)->local(), (Endpoint{"node-0", kPort}));
  EXPECT_EQ(network.listen({"", kPort}).error().code, ErrorCode::kExists);
  EXPECT_EQ(network.listen({"node-1", 1}).error().code, ErrorCode::kInvalidArgument);
  first->reset();
  EXPECT_TRUE(network.listen({"", kPort}).has_value());
}

TEST(ConnectTest, port_zero_picks_a_free_port) {
  Cluster cluster;
  const auto first = cluster[0].network.listen({"", 0});
  const auto second = cluster[0].network.listen({"", 0});
  ASSERT_TRUE(first.has_value() && second.has_value());
  EXPECT_NE((*first)->local().port, 0);
  EXPECT_NE((*first)->local().port, (*second)->local().port);
}

TEST(ConnectTest, both_sides_know_their_peer) {
  Pair pair;
  pair.connect_without_reader("");
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.stream->peer(), (Endpoint{"node-1", kPort}));
  EXPECT_EQ(pair.server.stream->peer().host, "node-0");
  EXPECT_NE(pair.server.stream->peer().port, 0);
}

// The listener is there but its program accepts nothing.
struct Crowd {
  explicit Crowd(FabricOptions options, size_t size) : cluster(std::move(options)), clients(size) {
    listener = *cluster[1].network.listen({"", kPort});
    for (Transcript& client : clients)
      cluster[0].scope->spawn(connect_to(&cluster.kernel, &cluster[0], {"node-1", kPort}, &client));
  }
  ~Crowd() { cluster.end_processes(); }
  size_t connected() const {
    return static_cast<size_t>(
        std::count_if(clients.begin(), clients.end(),
                      [](const Transcript& client) { return client.is_connected; }));
  }
  Cluster cluster;
  std::unique_ptr<Listener> listener;
  std::vector<Transcript> clients;
};

TEST(ConnectTest, a_full_backlog_lets_the_others_hang_until_there_is_room) {
  FabricOptions options = constant_latency(milliseconds(1));
  options.accept_backlog = 2;
  Crowd crowd(options, 6);
  crowd.cluster.run_for(seconds(20));
  // All six asked at once, before any was queued: those beyond the backlog think themselves
  // connected, as on Linux, but the server does not know them.
  EXPECT_EQ(crowd.connected(), 6u);
  Crowd late(options, 3);  // one more than the backlog's number may wait
  late.cluster.run_for(seconds(1));
  Transcript third;
  late.cluster[0].scope->spawn(
      connect_to(&late.cluster.kernel, &late.cluster[0], {"node-1", kPort}, &third));
  late.cluster.run_for(seconds(100));
  EXPECT_FALSE(third.is_connected);
  Transcript accepted;
  struct Acceptor {
    static Task<void> run(Listener* listener, Transcript* out) {
      Result<std::unique_ptr<Stream>> stream = co_await listener->accept();
      if (stream) out->stream = std::move(*stream);
    }
  };
  late.cluster[1].scope->spawn(Acceptor::run(late.listener.get(), &accepted));
  late.cluster.run_for(seconds(27));
  EXPECT_TRUE(third.is_connected || third.connect_error == ErrorCode::kTimedOut);
  EXPECT_NE(accepted.stream, nullptr);
  late.cluster.end_processes();
}

TEST(ConnectTest, closing_a_listener_resets_who_waits_in_its_backlog) {
  Crowd crowd({}, 3);
  crowd.cluster.run_for(seconds(1));
  EXPECT_EQ(crowd.connected(), 3u);
  for (Transcript& client : crowd.clients)
    crowd.cluster[0].scope->spawn(read_all(&crowd.cluster.kernel, &client));
  crowd.cluster.run_for(seconds(1));
  crowd.listener.reset();
  crowd.cluster.run_for(seconds(1));
  for (const Transcript& client : crowd.clients)
    EXPECT_EQ(client.read_error, ErrorCode::kConnectionReset);
}

TEST(ConnectTest, a_pending_accept_is_told_when_its_process_is_killed) {
  Pair pair;
  pair.cluster[1].scope->spawn(accept_one(&pair.cluster[1], kPort, &pair.server));
  pair.cluster.run_for(seconds(1));
  pair.cluster.fabric.process_killed(NodeId{1});
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.server.connect_error, ErrorCode::kClosed);
}

TEST(ConnectTest, a_connect_that_is_cancelled_leaves_nothing_behind) {
  Pair pair;
  pair.cluster[1].scope->spawn(accept_one(&pair.cluster[1], kPort, &pair.server));
  auto scope = std::make_unique<Scope>(pair.cluster[0].processor);
  scope->spawn(connect_to(&pair.cluster.kernel, &pair.cluster[0], {"node-1", kPort}, &pair.client));
  pair.cluster.run_for(microseconds(100));
  scope->cancel();
  pair.cluster.run_for(seconds(1));
  EXPECT_EQ(pair.client.connect_error, ErrorCode::kCancelled);
  EXPECT_FALSE(pair.server.is_connected);
  EXPECT_EQ(pair.cluster.kernel.pending_events(), 0u);
  EXPECT_EQ(pair.cluster.fabric.open_connections(), 0u);
}

}  // namespace
}  // namespace faultline::sim
