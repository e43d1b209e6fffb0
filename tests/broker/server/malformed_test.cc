// SPDX-License-Identifier: Apache-2.0
// Goal: no bytes from a client end the broker or make it do the impossible. Method: 100,000 frames
// to a broker in memory: random requests of every API and version as they are, with flipped bits,
// cut, lengthened, or plain noise; it must still serve afterwards and after a restart.
#include "broker/wire/registry.h"
#include "tests/broker/server/requests.h"

namespace faultline::server {
namespace {

constexpr int kFrames = 100'000;

class Malformed : public BrokerTest {};

// A request with a body that decodes, mostly about things that do not exist.
Slice random_request(Draws& draws) {
  const auto apis = served_apis();
  const ServedApi& served = apis[draws.below(apis.size())];
  const auto version = static_cast<int16_t>(draws.between(served.api->min, served.version_max()));
  const wire::MessageInfo* message =
      wire::find_message(wire::MessageKind::kRequest, static_cast<int>(served.api->key));
  const Result<Slice> body = message->sample(version, draws);
  EXPECT_TRUE(body.has_value());
  wire::RequestHeader header;
  header.api_key = static_cast<int16_t>(served.api->key);
  header.api_version = version;
  header.client_id = "fuzz";
  ByteChain frame;
  wire::append_request_header(header, *served.api, frame);
  frame.splice(frame.written(), *body);
  return join(wire::finish_frame(std::move(frame)));
}

Slice noise(Draws& draws) {
  Buffer bytes(draws.below(64));
  for (size_t i = 0; i < bytes.size(); ++i) bytes.data()[i] = static_cast<uint8_t>(draws.next());
  return std::move(bytes).freeze();
}

Slice mangle(const Slice& frame, Draws& draws) {
  Buffer bytes;
  bytes.append(frame.view());
  switch (draws.below(4)) {
    case 0: break;
    case 1:
      for (uint64_t flips = 1 + draws.below(8); flips > 0; --flips)
        bytes.data()[draws.below(bytes.size())] ^= static_cast<uint8_t>(1 << draws.below(8));
      break;
    case 2: bytes.resize(draws.below(bytes.size())); break;
    default: bytes.append(noise(draws).view());
  }
  return std::move(bytes).freeze();
}

TEST_F(Malformed, frames_never_end_the_broker) {
  start();
  make_topic("kept-topic");
  put("kept-topic", make_batch({"kept"}));
  Draws draws(42, stream_id("malformed"), 0);
  std::unique_ptr<TestClient> fuzzer;
  int connections = 0;
  int answers = 0;
  for (int i = 0; i < kFrames; ++i) {
    if (!fuzzer || fuzzer->is_closed() || i % 16 == 0) {
      fuzzer = std::make_unique<TestClient>(machine_);
      ++connections;
    }
    const bool is_noise = draws.chance({1, 16});
    fuzzer->send_bytes(is_noise ? noise(draws) : mangle(random_request(draws), draws));
    while (fuzzer->receive()) ++answers;
    machine_.probe.events.clear();
  }
  EXPECT_GT(connections, kFrames / 16);
  EXPECT_GT(answers, kFrames / 16);
  fuzzer.reset();
  ASSERT_TRUE(machine_.is_listening());
  const Fetched kept = get("kept-topic", 0);
  ASSERT_EQ(kept.error_code, KafkaError::kNone);
  EXPECT_EQ(values_in(*kept.records).front(), "kept");
  client_.reset();
  machine_.stop();
  start();
  EXPECT_EQ(values_in(*get("kept-topic", 0).records).front(), "kept");
}

}  // namespace
}  // namespace faultline::server
