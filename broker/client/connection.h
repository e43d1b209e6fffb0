// SPDX-License-Identifier: Apache-2.0
// Connection: one stream to one broker with version negotiation and pipelined requests. Answers
// come in the order of the requests; anything else, a malformed frame or a request without answer
// within request.timeout.ms closes it, and every call that waits then fails with the reason. A
// closed connection stays closed: make a new one. Must outlive the calls made on it.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/byte_chain.h"
#include "broker/client/client_config.h"
#include "broker/env/env.h"
#include "broker/env/scope.h"
#include "broker/env/sync.h"
#include "broker/wire/api.h"
#include "broker/wire/frame.h"

namespace faultline::client {

class Connection {
 public:
  // `config` outlives the connection.
  Connection(Env& env, const ConnectionConfig& config, Endpoint endpoint);

  // Connects and asks for the broker's versions. Errors: of the network; kUnsupported when the
  // broker speaks no version of ApiVersions that this client knows.
  Task<Result<void>> open();
  // True between a successful open() and whatever closes it.
  bool is_usable() const { return is_negotiated_ && !failure_ && !is_abandoned_; }
  // Malformed bytes become kConnectionReset: kCorrupt is only said of records.
  void close(Error reason);
  const Endpoint& endpoint() const { return endpoint_; }
  // Coroutines that are inside open() or a call: the connection must stay until there are none.
  int users() const { return users_; }

  // The highest version that both sides speak and that is at most `cap`; -1 when there is none.
  int version_of(wire::ApiKey key, int cap = INT16_MAX) const;

  // Takes the request's bytes before it returns: the request need not outlive the call.
  template <wire::ApiRequest Request>
  Task<Result<typename Request::Response>> call(const Request& request, int version) {
    return await_answer<typename Request::Response>(encode(request, version));
  }
  // For acks=0: done when the bytes are on their way.
  template <wire::ApiRequest Request>
  Task<Result<void>> send_only(const Request& request, int version) {
    return write_only(encode(request, version).frame);
  }

 private:
  struct EncodedRequest {
    wire::ApiKey key;
    int version = 0;
    int32_t correlation_id = 0;
    ByteChain frame;
  };
  // Counts a coroutine in while it is inside.
  class User {
   public:
    explicit User(Connection& connection) : connection_(connection) { ++connection_.users_; }
    User(const User&) = delete;
    ~User() { --connection_.users_; }

   private:
    Connection& connection_;
  };

  struct Waiting {
    int32_t correlation_id = 0;
    const wire::ApiInfo* api = nullptr;
    int version = 0;
    Instant deadline;
    std::optional<Result<Slice>> body;
    Notifier done;
  };
  // Takes a request that nobody waits for any more out of the queue; its answer, and so every later
  // one, can no longer be told, which makes the connection useless for new calls.
  class Enrolled {
   public:
    Enrolled(Connection& connection, Waiting& waiting);
    Enrolled(const Enrolled&) = delete;
    ~Enrolled();

   private:
    Connection& connection_;
    Waiting& waiting_;
  };

  template <wire::ApiRequest Request>
  EncodedRequest encode(const Request& request, int version) {
    EncodedRequest encoded = begin_request(Request::kKey, version);
    Codec<Request>::append(request, version, encoded.frame);
    return encoded;
  }
  template <class Response>
  Task<Result<Response>> await_answer(EncodedRequest request) {
    const User user(*this);
    const int version = request.version;
    Result<Slice> body = co_await exchange(std::move(request));
    if (!body) co_return std::unexpected(body.error());
    Result<Response> response = Codec<Response>::decode(*body, version);
    if (!response) close(response.error());
    co_return response;
  }
  EncodedRequest begin_request(wire::ApiKey key, int version);
  Task<Result<void>> write_only(ByteChain frame);
  Task<Result<void>> write_frame(ByteChain frame);
  Task<Result<Slice>> exchange(EncodedRequest request);
  Task<Result<void>> negotiate();
  // Takes in what arrived, and delivers the frames that are whole with it.
  Result<void> receive(Slice bytes);
  Result<void> deliver(const Slice& frame);
  Task<void> run_reader();
  Task<void> run_timeouts();

  struct Range {
    int16_t key = 0;
    int16_t min = 0;
    int16_t max = 0;
  };

  Env& env_;
  const ConnectionConfig& config_;
  const Endpoint endpoint_;
  std::unique_ptr<Stream> stream_;
  bool is_negotiated_ = false;
  std::optional<Error> failure_;
  bool is_abandoned_ = false;  // a caller was destroyed in the middle of a call
  int users_ = 0;
  int32_t last_correlation_id_ = 0;
  std::vector<Range> broker_versions_;
  std::deque<Waiting*> waiting_;  // in the order of their requests; they live in exchange() frames
  wire::FrameAssembler received_;
  Mutex write_lock_;
  Notifier sent_;
  Scope scope_;
};

}  // namespace faultline::client
