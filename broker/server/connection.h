// SPDX-License-Identifier: Apache-2.0
// Connection: one client's byte stream. Requests are handled one after the other and answered in
// order, as Kafka does: a waiting Fetch delays what comes behind it. What cannot be answered ends
// the connection: a frame or header that does not parse, an API or version that is not served
// (ApiVersions excepted), a body that does not parse.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "broker/env/network.h"
#include "broker/server/api_registry.h"
#include "broker/server/broker_context.h"
#include "broker/wire/frame.h"

namespace faultline::server {

class Connection {
 public:
  Connection(BrokerContext& broker, std::unique_ptr<Stream> stream, uint64_t number);
  ~Connection() { give_memory_back(); }

  // Serves until either side closes, then tells why.
  Task<void> run();
  // Since when it has been waiting for its client, to send or to read; nothing while it works.
  std::optional<Instant> idle_since() const;
  // Ends it when it is idle.
  void close_idle();
  // Ends it as soon as the request in hand is done.
  void stop();

  uint64_t number() const { return number_; }
  const Endpoint& peer() const { return peer_; }

 private:
  // The next frame; nothing when the client has closed.
  Task<Result<std::optional<Slice>>> read_frame();
  // For the frame that is arriving; waits while others have too much of it.
  Task<Result<void>> take_memory();
  void give_memory_back();
  void end_waiting(ErrorCode code);
  // Makes `frame` the request in hand. Its handler; null: `reply` is the answer already.
  const ServedApi* begin_request(const Slice& frame, Reply& reply);
  RequestInfo info_of_request() const;
  void note_request(size_t bytes);
  // Why it ended; empty when the client simply closed.
  Task<std::string> serve();

  BrokerContext& broker_;
  std::unique_ptr<Stream> stream_;
  const uint64_t number_;
  const Endpoint peer_;
  wire::FrameAssembler frames_;
  wire::ReceivedRequest request_;  // in hand
  StreamRead* pending_read_ = nullptr;
  StreamWrite* pending_write_ = nullptr;
  Instant last_active_;  // when the last answer was begun or done
  int64_t requests_ = 0;
  size_t memory_ = 0;  // taken for the frame that is arriving or in hand
};

}  // namespace faultline::server
