// SPDX-License-Identifier: Apache-2.0
// Framing, correlation and timeouts of a client connection.
#include "broker/client/connection.h"

#include <algorithm>

#include "broker/wire/error_codes.h"
#include "broker/wire/messages_api_versions.h"

namespace faultline::client {
namespace {

constexpr size_t kReadBytes = 64 << 10;
constexpr int kNegotiationVersion = 3;  // as librdkafka; the answer tells if the broker wants less

}  // namespace

Connection::Connection(Env& env, const ConnectionConfig& config, Endpoint endpoint)
    : env_(env),
      config_(config),
      endpoint_(std::move(endpoint)),
      received_(static_cast<size_t>(config.response_bytes_max)),
      scope_(env.executor) {}

Task<Result<void>> Connection::open() {
  ASSERT(stream_ == nullptr);
  const User user(*this);
  Result<std::unique_ptr<Stream>> stream = co_await env_.network.connect(endpoint_);
  if (!stream) co_return std::unexpected(stream.error());
  stream_ = std::move(*stream);
  scope_.spawn(run_reader());
  scope_.spawn(run_timeouts());
  Result<void> negotiated = co_await negotiate();
  if (!negotiated) close(negotiated.error());
  is_negotiated_ = negotiated.has_value();
  co_return negotiated;
}

Task<Result<void>> Connection::negotiate() {
  wire::ApiVersionsRequest request;
  request.client_software_name = "faultline";
  request.client_software_version = "1";
  Result<wire::ApiVersionsResponse> response = co_await call(request, kNegotiationVersion);
  if (!response) co_return std::unexpected(response.error());
  if (response->error_code == wire::KafkaError::kUnsupportedVersion) {
    const wire::ApiVersionsRequest oldest;
    response = co_await call(oldest, 0);  // KIP-511: the answer was of version 0
    if (!response) co_return std::unexpected(response.error());
  }
  if (response->error_code != wire::KafkaError::kNone)
    co_return fail(ErrorCode::kUnsupported, std::string(wire::to_string(response->error_code)));
  for (const auto& api : response->api_keys)
    broker_versions_.push_back({api.api_key, api.min_version, api.max_version});
  co_return Result<void>{};
}

int Connection::version_of(wire::ApiKey key, int cap) const {
  const wire::ApiInfo& ours = wire::api_info(key);
  for (const Range& theirs : broker_versions_) {
    if (theirs.key != static_cast<int16_t>(key)) continue;
    const int version = std::min({ours.max_stable, int{theirs.max}, cap});
    return version >= std::max(ours.min, int{theirs.min}) ? version : -1;
  }
  return -1;
}

void Connection::close(Error reason) {
  if (failure_) return;
  const bool is_malformed = reason.code == ErrorCode::kCorrupt ||
                            reason.code == ErrorCode::kTruncated ||
                            reason.code == ErrorCode::kTooLarge;
  if (is_malformed) reason = Error(ErrorCode::kConnectionReset, reason.to_string());
  failure_ = reason;
  for (Waiting* waiting : waiting_) {
    waiting->body.emplace(std::unexpected(reason));
    waiting->done.notify_all();
  }
  waiting_.clear();
  if (stream_ != nullptr) stream_->shutdown_write();
  scope_.cancel();
}

Connection::EncodedRequest Connection::begin_request(wire::ApiKey key, int version) {
  EncodedRequest request{
      .key = key, .version = version, .correlation_id = ++last_correlation_id_, .frame = {}};
  wire::append_request_header({.api_key = static_cast<int16_t>(key),
                               .api_version = static_cast<int16_t>(version),
                               .correlation_id = request.correlation_id,
                               .client_id = config_.client_id},
                              wire::api_info(key), request.frame);
  return request;
}

Task<Result<void>> Connection::write_only(ByteChain frame) {
  const User user(*this);
  Result<void> written = co_await write_frame(std::move(frame));
  co_return written;
}

Task<Result<void>> Connection::write_frame(ByteChain frame) {
  env_.cpu.charge(Work::kNetworkByte, static_cast<int64_t>(frame.size()));
  Result<Mutex::Guard> guard = co_await write_lock_.lock();
  if (!guard) co_return std::unexpected(guard.error());
  if (failure_) co_return std::unexpected(*failure_);
  Slices bytes = wire::finish_frame(std::move(frame));
  Result<void> written = co_await stream_->write(std::move(bytes));
  if (!written) close(written.error());
  co_return written;
}

Connection::Enrolled::Enrolled(Connection& connection, Waiting& waiting)
    : connection_(connection), waiting_(waiting) {
  connection_.waiting_.push_back(&waiting);
}

Connection::Enrolled::~Enrolled() {
  if (waiting_.body) return;  // answered, and so out of the queue
  if (std::erase(connection_.waiting_, &waiting_) > 0) connection_.is_abandoned_ = true;
}

Task<Result<Slice>> Connection::exchange(EncodedRequest request) {
  if (failure_) co_return std::unexpected(*failure_);
  Waiting waiting;
  waiting.correlation_id = request.correlation_id;
  waiting.api = &wire::api_info(request.key);
  waiting.version = request.version;
  waiting.deadline = env_.clock.now() + config_.request_timeout;
  const Enrolled enrolled(*this, waiting);
  sent_.notify_all();
  const Result<void> written = co_await write_frame(std::move(request.frame));
  while (written && !waiting.body) {
    const Result<void> woken = co_await waiting.done.wait();
    if (!woken) break;
  }
  if (waiting.body) co_return std::move(*waiting.body);
  if (!written) co_return std::unexpected(written.error());
  // Cancelled by the caller: the answer would arrive for nobody, so the stream is of no more use.
  close(Error(ErrorCode::kCancelled));
  co_return fail(ErrorCode::kCancelled);
}

Result<void> Connection::deliver(const Slice& frame) {
  if (waiting_.empty()) return fail(ErrorCode::kCorrupt, "response to no request");
  Waiting& waiting = *waiting_.front();
  TRY_ASSIGN(wire::ReceivedResponse response,
             wire::parse_response(frame, *waiting.api, waiting.version));
  if (response.correlation_id != waiting.correlation_id)
    return fail(ErrorCode::kCorrupt, "response out of order");
  waiting_.pop_front();
  waiting.body.emplace(std::move(response.body));
  waiting.done.notify_all();
  return {};
}

Result<void> Connection::receive(Slice bytes) {
  if (bytes.empty()) return fail(ErrorCode::kEndOfStream, endpoint_.to_string());
  env_.cpu.charge(Work::kNetworkByte, static_cast<int64_t>(bytes.size()));
  received_.feed(std::move(bytes));
  while (true) {
    TRY_ASSIGN(const std::optional<Slice> frame, received_.next());
    if (!frame) return {};
    TRY(deliver(*frame));
  }
}

Task<void> Connection::run_reader() {
  Result<void> received;
  while (received) {
    Result<Slice> bytes = co_await stream_->read(kReadBytes);
    received = bytes ? receive(std::move(*bytes)) : std::unexpected(bytes.error());
  }
  close(received.error());
}

// One timer for all requests: it follows the oldest.
Task<void> Connection::run_timeouts() {
  while (!failure_) {
    if (waiting_.empty()) {
      const Result<void> woken = co_await sent_.wait();
      if (!woken) co_return;
      continue;
    }
    const Instant deadline = waiting_.front()->deadline;
    if (deadline <= env_.clock.now()) {
      close(Error(ErrorCode::kTimedOut, "no response from " + endpoint_.to_string()));
      co_return;
    }
    const Result<void> slept = co_await env_.timers.sleep_until(deadline);
    if (!slept) co_return;
  }
}

}  // namespace faultline::client
