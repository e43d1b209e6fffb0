// SPDX-License-Identifier: Apache-2.0
// Reading frames, dispatching and answering.
#include "broker/server/connection.h"

#include "broker/server/handlers/handlers.h"
#include "broker/server/server_events.h"

namespace faultline::server {
namespace {

constexpr size_t kReadBytesMax = 1 << 20;

bool is_api_versions(const wire::ReceivedRequest& request) {
  return request.header.api_key == static_cast<int16_t>(wire::ApiKey::kApiVersions);
}

}  // namespace

Connection::Connection(BrokerContext& broker, std::unique_ptr<Stream> stream, uint64_t number)
    : broker_(broker),
      stream_(std::move(stream)),
      number_(number),
      peer_(stream_->peer()),
      frames_(broker.settings.request_bytes_max),
      last_active_(broker.env.clock.now()) {}

Task<void> Connection::run() {
  const std::string reason = co_await serve();
  if (reason.empty() && !broker_.env.probe.wants_details()) co_return;
  ConnectionClosed event;
  event.peer = peer_.to_string();
  event.reason = reason.empty() ? "closed by the client" : reason;
  event.requests = requests_;
  emit(broker_.env.probe, number_, event);
}

std::optional<Instant> Connection::idle_since() const {
  const bool waits_for_request = pending_read_ != nullptr && pending_read_->is_pending();
  const bool waits_for_reader = pending_write_ != nullptr && pending_write_->is_pending();
  if (!waits_for_request && !waits_for_reader) return std::nullopt;
  return last_active_;
}

void Connection::close_idle() { end_waiting(ErrorCode::kTimedOut); }

void Connection::stop() {
  end_waiting(ErrorCode::kClosed);
  broker_.request_memory.freed().notify_all();
}

void Connection::end_waiting(ErrorCode code) {
  if (pending_read_ != nullptr && pending_read_->is_pending()) pending_read_->cancel(code);
  if (pending_write_ != nullptr && pending_write_->is_pending()) pending_write_->cancel(code);
}

Task<std::string> Connection::serve() {
  while (!broker_.is_stopping) {
    Result<std::optional<Slice>> frame = co_await read_frame();
    if (!frame) co_return frame.error().to_string();
    const std::optional<Slice>& request = *frame;
    if (!request) co_return std::string();
    ++requests_;
    Reply reply;
    if (const ServedApi* served = begin_request(*request, reply)) {
      Task<Reply> answer = served->serve(broker_, info_of_request(), std::move(request_.body));
      reply = co_await std::move(answer);
    }
    if (reply.kind == Reply::Kind::kClose) co_return std::move(reply.reason);
    if (reply.kind == Reply::Kind::kSend) {
      broker_.env.cpu.charge(Work::kNetworkByte, static_cast<int64_t>(total_size(reply.frame)));
      StreamWrite write = stream_->write(std::move(reply.frame));
      pending_write_ = &write;
      last_active_ = broker_.env.clock.now();
      const Result<void> written = co_await write;
      pending_write_ = nullptr;
      if (!written) co_return written.error().to_string();
    }
    give_memory_back();
    last_active_ = broker_.env.clock.now();
  }
  co_return "the broker stops";
}

Task<Result<std::optional<Slice>>> Connection::read_frame() {
  while (true) {
    CO_TRY_ASSIGN(std::optional<Slice> frame, frames_.next());
    if (frame) co_return frame;
    const bool needs_memory = frames_.expected() > 0 && memory_ == 0;
    if (needs_memory) CO_TRY(co_await take_memory());
    StreamRead read = stream_->read(kReadBytesMax);
    pending_read_ = &read;
    Result<Slice> bytes = co_await read;
    pending_read_ = nullptr;
    if (!bytes) co_return std::unexpected(bytes.error());
    if (bytes->empty()) {
      if (frames_.buffered() > 0) co_return fail(ErrorCode::kTruncated, "request cut off");
      co_return std::nullopt;
    }
    broker_.env.cpu.charge(Work::kNetworkByte, static_cast<int64_t>(bytes->size()));
    frames_.feed(std::move(*bytes));
  }
}

Task<Result<void>> Connection::take_memory() {
  const size_t wanted = frames_.expected();
  while (!broker_.request_memory.try_take(wanted)) {
    if (broker_.is_stopping) co_return fail(ErrorCode::kClosed, "the broker stops");
    CO_TRY(co_await broker_.request_memory.freed().wait());
  }
  memory_ = wanted;
  co_return Result<void>{};
}

void Connection::give_memory_back() {
  broker_.request_memory.give_back(memory_);
  memory_ = 0;
}

const ServedApi* Connection::begin_request(const Slice& frame, Reply& reply) {
  broker_.env.cpu.charge(Work::kRequest, 1);
  Result<wire::ReceivedRequest> request = wire::parse_request(frame);
  if (!request) {
    reply = Reply::close("malformed header: " + request.error().to_string());
    return nullptr;
  }
  request_ = std::move(*request);
  note_request(frame.size());
  const wire::RequestHeader& header = request_.header;
  const ServedApi* served = find_served_api(header.api_key);
  if (served != nullptr && served->accepts(header.api_version)) return served;
  if (is_api_versions(request_)) {
    reply.frame = encode_unsupported_api_versions(header.correlation_id);
  } else {
    reply = Reply::close("not served: " + wire::api_name(header.api_key) + " version " +
                         std::to_string(header.api_version));
  }
  return nullptr;
}

RequestInfo Connection::info_of_request() const {
  const wire::RequestHeader& header = request_.header;
  RequestInfo info;
  info.version = header.api_version;
  info.correlation_id = header.correlation_id;
  if (header.client_id) info.client_id = *header.client_id;
  info.client_host = peer_.host;
  info.connection = number_;
  return info;
}

void Connection::note_request(size_t bytes) {
  if (!broker_.env.probe.wants_details()) return;
  const wire::RequestHeader& header = request_.header;
  RequestReceived event;
  event.api = wire::api_name(header.api_key);
  event.version = header.api_version;
  event.correlation_id = header.correlation_id;
  if (header.client_id) event.client_id = *header.client_id;
  event.bytes = static_cast<int32_t>(bytes);
  emit(broker_.env.probe, number_, event);
}

}  // namespace faultline::server
