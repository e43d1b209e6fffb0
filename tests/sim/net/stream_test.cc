// SPDX-License-Identifier: Apache-2.0
// Goal: connections that nobody disturbs behave as TCP's do. Method: two machines, one process
// each, and what they saw after a run.
#include <gtest/gtest.h>

#include "tests/sim/net/cluster.h"

namespace faultline::sim {
namespace {

constexpr uint16_t kPort = 9092;

class StreamTest : public testing::Test {
 protected:
  void connect(std::string text) {
    cluster[1].scope->spawn(serve_one(&cluster.kernel, &cluster[1], kPort, &server));
    cluster[0].scope->spawn(connect_and_write(&cluster.kernel, &cluster[0], {"node-1", kPort},
                                              std::move(text), &client));
  }
  Cluster cluster;
  Transcript server;
  Transcript client;
};

TEST_F(StreamTest, carries_bytes_from_the_client_to_the_server) {
  connect("hello, broker");
  cluster.run_for(seconds(1));
  EXPECT_TRUE(client.is_connected);
  EXPECT_EQ(client.writes_done, 1u);
  EXPECT_EQ(server.received, "hello, broker");
  EXPECT_FALSE(server.has_ended);
  client.stream.reset();
  cluster.run_for(seconds(1));
  EXPECT_TRUE(server.has_ended);
  EXPECT_FALSE(server.read_error.has_value());
  EXPECT_EQ(cluster.fabric.open_connections(), 1u);
  server.stream.reset();
  cluster.run_for(seconds(1));
  EXPECT_EQ(cluster.fabric.open_connections(), 0u);
}

}  // namespace
}  // namespace faultline::sim
