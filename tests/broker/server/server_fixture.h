// SPDX-License-Identifier: Apache-2.0
// A broker on ports in memory, and clients that speak real bytes to it. Everything runs on one
// LocalExecutor without time; advance() moves the clock.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "broker/env/local_executor.h"
#include "broker/server/broker.h"
#include "broker/wire/batch_builder.h"
#include "broker/wire/frame.h"
#include "tests/support/hand_ports.h"
#include "tests/support/manual_timers.h"
#include "tests/support/memory_disk.h"
#include "tests/support/memory_network.h"

namespace faultline::server {

class TestMachine {
 public:
  TestMachine();

  // Starts the broker and lets it run; false when start() failed, with the error in `failure`.
  bool boot();
  // The process dies where it is; the disk keeps what was written.
  void kill();
  // As kill, and what was not synced may be gone.
  void lose_power(uint64_t seed);
  void stop();
  // start() has succeeded.
  bool is_listening() const { return is_listening_ && !ended_; }
  bool is_running() const { return broker_ != nullptr && !ended_; }
  void run() { executor.run_until_idle(); }
  void advance(Duration by);

  BrokerConfig config;
  LocalExecutor executor;
  testing::HandClock clock;
  testing::ManualTimers timers{clock};
  testing::MemoryNetwork network;
  testing::MemoryDisk disk;
  testing::CountedRandom random;
  testing::FreeCpu cpu;
  testing::KeepingProbe probe;
  Env env{executor, clock, timers, network, disk, random, cpu, probe};
  std::optional<Error> failure;              // of start()
  std::optional<Result<void>> ended_result;  // of run()

 private:
  Task<void> life();

  bool ended_ = false;
  bool is_listening_ = false;
  std::unique_ptr<Broker> broker_;
  std::unique_ptr<Scope> scope_;
};

class TestClient {
 public:
  explicit TestClient(TestMachine& machine);

  void send_bytes(Slice bytes);
  void send(Slices frame) { send_bytes(join(frame)); }
  // The next answer that has arrived; nothing yet or never: nullopt.
  std::optional<Slice> receive();
  bool is_closed() const { return is_closed_; }

  // Sends and takes the answer, which must come without time passing.
  template <class Request>
  typename Request::Response call(int version, const Request& request) {
    post(version, request);
    return take<Request>(version);
  }
  template <class Request>
  void post(int version, const Request& request) {
    wire::RequestHeader header;
    header.api_version = static_cast<int16_t>(version);
    header.correlation_id = ++last_correlation_;
    header.client_id = "test";
    send(wire::encode_request(header, request));
  }
  template <class Request>
  typename Request::Response take(int version) {
    std::optional<Slice> frame = receive();
    EXPECT_TRUE(frame.has_value()) << "no answer to " << wire::api_of<Request>.name;
    if (!frame) return {};
    const auto response = wire::parse_response(*frame, wire::api_of<Request>, version);
    EXPECT_TRUE(response.has_value());
    EXPECT_EQ(response->correlation_id, last_correlation_);
    auto decoded = Codec<typename Request::Response>::decode(response->body, version);
    EXPECT_TRUE(decoded.has_value());
    return std::move(*decoded);
  }

 private:
  Task<void> read_all();
  Task<void> write(Slice bytes);

  TestMachine& machine_;
  std::unique_ptr<Stream> stream_;
  wire::FrameAssembler assembler_{1 << 30};
  std::deque<Slice> frames_;
  bool is_closed_ = false;
  int32_t last_correlation_ = 0;
  Scope scope_;
};

// A batch of these values, as a producer makes it.
Slice make_batch(const std::vector<std::string>& values, int64_t timestamp_ms = 1000,
                 wire::BatchOptions options = {});
// The values of all records in fetched bytes.
std::vector<std::string> values_in(const Slice& batches);

}  // namespace faultline::server
