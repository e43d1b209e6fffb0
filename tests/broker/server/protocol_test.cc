// SPDX-License-Identifier: Apache-2.0
// Goal: what surrounds requests is as in Kafka: framing, versions, order, limits, ends of
// connections. Method: bytes made by hand against a broker in memory.
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

class Protocol : public BrokerTest {
 protected:
  void SetUp() override { start(); }
  // The reason that the broker gave for the last connection it ended.
  std::string last_reason() {
    const auto closed = machine_.probe.all<ConnectionClosed>();
    return closed.empty() ? "" : closed.back().reason;
  }
  static Slice frame(int16_t key, int16_t version, std::string_view body) {
    ByteWriter out;
    out.write<int32_t>(static_cast<int32_t>(10 + body.size()));
    out.write<int16_t>(key);
    out.write<int16_t>(version);
    out.write<int32_t>(77);
    out.write<int16_t>(-1);
    out.append(as_bytes(body));
    return std::move(out).finish();
  }
};

wire::ApiVersionsRequest hello() {
  wire::ApiVersionsRequest request;
  request.client_software_name = "faultline-test";
  request.client_software_version = "1.0";
  return request;
}

TEST_F(Protocol, advertises_what_it_serves_and_nothing_else) {
  const std::map<int, std::pair<int, int>> expected = {
      {0, {0, 13}}, {1, {4, 18}}, {2, {1, 10}}, {3, {0, 13}}, {8, {2, 9}},  {9, {1, 9}},
      {10, {0, 6}}, {11, {0, 9}}, {12, {0, 4}}, {13, {0, 5}}, {14, {0, 5}}, {15, {0, 6}},
      {16, {0, 5}}, {18, {0, 4}}, {19, {2, 7}}, {20, {1, 6}}, {21, {0, 2}}, {22, {0, 5}},
      {23, {2, 4}}, {32, {1, 4}}, {33, {0, 2}}, {35, {1, 4}}, {37, {0, 3}}, {42, {0, 2}},
      {44, {0, 1}}, {47, {0, 0}}, {60, {0, 2}}, {75, {0, 0}}};
  for (int version = 0; version <= 4; ++version) {
    const auto response = client_->call(version, hello());
    EXPECT_EQ(response.error_code, KafkaError::kNone);
    std::map<int, std::pair<int, int>> ranges;
    for (const auto& api : response.api_keys)
      ranges[api.api_key] = {api.min_version, api.max_version};
    EXPECT_EQ(ranges, expected) << version;
    if (version < 3) continue;
    ASSERT_EQ(response.finalized_features.size(), 1u);
    EXPECT_EQ(response.finalized_features[0].max_version_level, metadata::kMetadataVersion);
  }
}

TEST_F(Protocol, an_unknown_version_of_api_versions_is_answered_in_version_0) {
  client_->send_bytes(frame(18, 99, std::string_view("\0whatever", 9)));
  const std::optional<Slice> answer = client_->receive();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->text(), std::string_view("\0\0\0\x4d\0\x23\0\0\0\1\0\x12\0\0\0\4", 16));
  EXPECT_FALSE(client_->is_closed());
}

TEST_F(Protocol, a_client_without_a_proper_name_is_an_invalid_request) {
  wire::ApiVersionsRequest request = hello();
  for (const char* name : {"", "-a", "a-", "a b"}) {
    request.client_software_name = name;
    EXPECT_EQ(client_->call(3, request).error_code, KafkaError::kInvalidRequest) << name;
  }
}

TEST_F(Protocol, what_cannot_be_answered_ends_the_connection) {
  const std::vector<std::pair<Slice, std::string>> cases = {
      {frame(99, 0, ""), "not served: unknown API 99 version 0"},
      {frame(43, 0, ""), "not served: unknown API 43 version 0"},
      {frame(44, 2, std::string_view("\0", 1)), "not served: IncrementalAlterConfigs version 2"},
      {frame(0, 2, ""), "not served: Produce version 2"},
      {frame(3, 14, std::string_view("\0", 1)), "not served: Metadata version 14"},
      {frame(3, -1, ""), "not served: Metadata version -1"},
      {frame(3, 1, ""), "malformed request"},
      {Slice::copy_of(std::string_view("\0\0\0\1\0", 5)), "malformed header"},
      {Slice::copy_of(std::string_view("\xff\xff\xff\xff", 4)), ""},
      {Slice::copy_of(std::string_view("\x06\x40\x00\x01", 4)), "over a limit"}};
  for (const auto& [bytes, reason] : cases) {
    TestClient client(machine_);
    client.send_bytes(bytes);
    EXPECT_TRUE(client.is_closed()) << reason;
    EXPECT_FALSE(client.receive().has_value());
    EXPECT_NE(last_reason().find(reason), std::string::npos) << last_reason();
  }
  EXPECT_EQ(client_->call(4, hello()).error_code, KafkaError::kNone);
}

TEST_F(Protocol, a_frame_that_is_cut_off_only_ends_its_connection) {
  {
    TestClient client(machine_);
    client.send_bytes(frame(18, 0, "").subslice(0, 9));
  }
  machine_.run();
  EXPECT_NE(last_reason().find("cut off"), std::string::npos);
  EXPECT_EQ(client_->call(0, hello()).error_code, KafkaError::kNone);
}

TEST_F(Protocol, bytes_behind_a_request_are_ignored) {
  // librdkafka's "all topics" in Metadata 9 and later: a four-byte null for a one-byte one.
  client_->send_bytes(frame(3, 9, std::string_view("\0\0\0\0\0\1\0\0", 8)));
  EXPECT_TRUE(client_->receive().has_value());
  EXPECT_FALSE(client_->is_closed());
}

TEST_F(Protocol, requests_that_arrive_in_single_bytes_or_together_are_answered_in_order) {
  make_topic("t");
  Slices many;
  for (int i = 0; i < 5; ++i) {
    wire::RequestHeader header;
    header.api_version = 12;
    header.correlation_id = i;
    const Slices one = i % 2 == 0 ? wire::encode_request(header, fetch_request("t", 0, 100))
                                  : wire::encode_request(header, metadata_request("t"));
    many.insert(many.end(), one.begin(), one.end());
  }
  machine_.network.read_bytes_max = 1;
  client_->send(many);
  // The first waits, and all others behind it.
  EXPECT_FALSE(client_->receive().has_value());
  machine_.advance(milliseconds(300));
  for (int i = 0; i < 5; ++i) {
    const std::optional<Slice> answer = client_->receive();
    ASSERT_TRUE(answer.has_value()) << i;
    EXPECT_EQ((*answer)[3], i);
  }
}

TEST_F(Protocol, requests_that_arrive_slowly_share_a_bounded_memory) {
  client_.reset();
  machine_.stop();
  machine_.config.configs["queued.max.request.bytes"] = "1000";
  start();
  const Slice large = frame(18, 0, std::string(2000, 'x'));
  auto first = std::make_unique<TestClient>(machine_);
  first->send_bytes(large.subslice(0, 1500));  // beyond the limit, and let in
  TestClient second(machine_);
  second.send_bytes(large.subslice(0, 100));
  second.send_bytes(large.subslice(100));
  EXPECT_FALSE(second.receive().has_value()) << "nothing is read that has no place";
  EXPECT_EQ(client_->call(0, hello()).error_code, KafkaError::kNone) << "whole ones need none";
  first->send_bytes(large.subslice(1500));
  EXPECT_TRUE(first->receive().has_value());
  EXPECT_TRUE(second.receive().has_value());
  // A client that leaves gives its place back.
  first->send_bytes(large.subslice(0, 1500));
  second.send_bytes(large.subslice(0, 100));
  second.send_bytes(large.subslice(100));
  EXPECT_FALSE(second.receive().has_value());
  first.reset();
  machine_.run();
  EXPECT_TRUE(second.receive().has_value());
  // Nobody who waits keeps the broker from stopping.
  TestClient third(machine_);
  third.send_bytes(large.subslice(0, 1500));
  second.send_bytes(large.subslice(0, 100));
  second.send_bytes(large.subslice(100, 100));
  machine_.stop();
  EXPECT_FALSE(machine_.is_running());
}

TEST_F(Protocol, idle_connections_are_closed_and_busy_ones_are_not) {
  machine_.advance(seconds(400));
  TestClient busy(machine_);
  busy.call(0, hello());
  machine_.advance(seconds(199));
  EXPECT_FALSE(client_->is_closed());
  machine_.advance(seconds(2));
  EXPECT_TRUE(client_->is_closed());
  EXPECT_FALSE(busy.is_closed());
  machine_.advance(seconds(400));
  EXPECT_TRUE(busy.is_closed());
}

TEST_F(Protocol, connections_are_limited) {
  client_.reset();
  machine_.stop();
  machine_.config.configs["max.connections"] = "2";
  start();
  auto second = std::make_unique<TestClient>(machine_);
  TestClient third(machine_);
  third.post(0, hello());
  EXPECT_FALSE(third.receive().has_value());
  second.reset();
  machine_.run();
  EXPECT_TRUE(third.receive().has_value());
}

TEST_F(Protocol, connections_of_one_host_are_limited) {
  client_.reset();
  machine_.stop();
  machine_.config.configs["max.connections.per.ip"] = "1";
  start();
  TestClient second(machine_);
  EXPECT_TRUE(second.is_closed());
  EXPECT_EQ(client_->call(0, hello()).error_code, KafkaError::kNone);
}

}  // namespace
}  // namespace faultline::server
