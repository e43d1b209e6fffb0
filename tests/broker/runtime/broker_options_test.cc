// SPDX-License-Identifier: Apache-2.0
// Goal: arguments and Kafka's property names mean what Kafka's documentation says, arguments win,
// and each mistake gets a sentence that names it. Method: examples.
#include "broker/runtime/broker_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace faultline {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Result<BrokerOptions> read(std::vector<const char*> arguments, std::string_view file = {}) {
  const Result<CommandLine> line = parse_command_line(arguments);
  if (!line) return std::unexpected(line.error());
  return broker_options(*line, file);
}

std::string refusal(std::vector<const char*> arguments, std::string_view file = {}) {
  const Result<BrokerOptions> options = read(std::move(arguments), file);
  return options ? "accepted" : options.error().detail;
}

TEST(BrokerOptions, DataAloneListensOnLoopback) {
  const Result<BrokerOptions> options = read({"--data", "/tmp/x"});
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->data, "/tmp/x");
  EXPECT_EQ(options->listen, (Endpoint{"127.0.0.1", 9092}));
  EXPECT_FALSE(options->metrics.has_value());
}

TEST(BrokerOptions, AServerPropertiesOfKafkaIsUnderstood) {
  constexpr std::string_view kFile = R"(
process.roles=broker,controller
node.id=7
controller.quorum.bootstrap.servers=localhost:9093
listeners=PLAINTEXT://:9092,CONTROLLER://:9093
inter.broker.listener.name=PLAINTEXT
advertised.listeners=PLAINTEXT://broker.example:19092,CONTROLLER://broker.example:9093
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
num.network.threads=3
num.io.threads=8
log.dirs=/var/lib/kafka
num.partitions=3
log.retention.hours=168
log.segment.bytes=1073741824
my.own.thing=1
)";
  const Result<BrokerOptions> options = read({}, kFile);
  ASSERT_TRUE(options.has_value()) << options.error().detail;
  EXPECT_EQ(options->data, "/var/lib/kafka");
  EXPECT_EQ(options->node_id, 7);
  EXPECT_EQ(options->listen, (Endpoint{"", 9092}));
  EXPECT_EQ(options->advertised, (Endpoint{"broker.example", 19092}));
  EXPECT_EQ(options->configs.at("num.partitions"), "3");
  EXPECT_THAT(options->warnings, ElementsAre("unknown configuration my.own.thing is ignored"));
}

TEST(BrokerOptions, ArgumentsWinOverTheFile) {
  const Result<BrokerOptions> options =
      read({"--config", "f", "--listen=[::1]:0", "--set", "num.partitions=4", "--metrics", "9100",
            "--verbose", "--node-id", "2"},
           "log.dir=d\nnum.partitions=9\nlisteners=PLAINTEXT://h:1\n");
  ASSERT_TRUE(options.has_value()) << options.error().detail;
  EXPECT_EQ(options->data, "d");
  EXPECT_EQ(options->listen, (Endpoint{"::1", 0}));
  EXPECT_EQ(options->configs.at("num.partitions"), "4");
  EXPECT_EQ(*options->metrics, (Endpoint{"", 9100}));
  EXPECT_TRUE(options->is_verbose);
  EXPECT_EQ(options->node_id, 2);
}

TEST(BrokerOptions, MistakesAreNamed) {
  EXPECT_THAT(refusal({}), HasSubstr("--data DIR"));
  EXPECT_THAT(refusal({"--dat", "x"}), HasSubstr("unknown argument `--dat`"));
  EXPECT_THAT(refusal({"--data"}), HasSubstr("--data needs a value"));
  EXPECT_THAT(refusal({"--data", "x", "--listen", "localhost:99999"}), HasSubstr("not HOST:PORT"));
  EXPECT_THAT(refusal({"--data", "x", "--listen", "::1:9092"}), HasSubstr("in brackets"));
  EXPECT_THAT(refusal({"--data", "x", "--node-id", "-1"}), HasSubstr("not a node id"));
  EXPECT_THAT(refusal({"--data", "x", "--set", "num.partitions"}), HasSubstr("unknown argument"));
  EXPECT_THAT(refusal({}, "log.dirs=a,b"), HasSubstr("line 1: log.dirs: one directory"));
  EXPECT_THAT(refusal({}, "\nnum.partitions=0"), HasSubstr("line 2: Invalid value 0"));
  EXPECT_THAT(refusal({}, "listeners=SSL://:9093"), HasSubstr("SSL is not supported yet"));
  EXPECT_THAT(refusal({}, "listeners=localhost:9092"), HasSubstr("not PROTOCOL://HOST:PORT"));
  EXPECT_THAT(refusal({}, "listeners=CONTROLLER://:9093"), HasSubstr("no listener for clients"));
  EXPECT_THAT(refusal({}, "advertised.listeners=PLAINTEXT://:1"), HasSubstr("needs a host"));
}

TEST(BrokerOptions, HelpAndVersionNeedNothingElse) {
  const std::vector<const char*> arguments{"--help", "--version"};
  const Result<CommandLine> line = parse_command_line(arguments);
  ASSERT_TRUE(line.has_value());
  EXPECT_TRUE(line->wants_help);
  EXPECT_TRUE(line->wants_version);
  EXPECT_THAT(std::string(broker_usage()), HasSubstr("--listen HOST:PORT"));
}

}  // namespace
}  // namespace faultline
