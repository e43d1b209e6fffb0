// SPDX-License-Identifier: Apache-2.0
// Pipes between streams of one process.
#include "tests/support/memory_network.h"

#include <algorithm>

namespace faultline::testing {

MemoryStream::~MemoryStream() {
  mine().is_open = false;
  mine().has_shut_writes = true;
  serve(other(), mine());
}

void MemoryStream::shutdown_write() {
  mine().has_shut_writes = true;
  serve(other(), mine());
}

void MemoryStream::submit(StreamRead& op) {
  ASSERT(mine().reader == nullptr);
  op.accept(*this);
  mine().reader = &op;
  serve(mine(), other());
}

void MemoryStream::submit(StreamWrite& op) {
  if (mine().has_shut_writes) return op.complete(fail(ErrorCode::kClosed));
  if (!other().is_open) return op.complete(fail(ErrorCode::kConnectionReset));
  for (const Slice& slice : op.bytes)
    if (!slice.empty()) other().inbox.push_back(slice);
  serve(other(), mine());
  op.complete({});
}

void MemoryStream::serve(MemoryPipe::Side& side, const MemoryPipe::Side& sender) {
  if (side.reader == nullptr) return;
  if (side.inbox.empty() && !sender.has_shut_writes) return;
  StreamRead& op = *std::exchange(side.reader, nullptr);
  if (side.inbox.empty()) return op.complete(Slice());
  Slice& first = side.inbox.front();
  const size_t size = std::min({first.size(), op.size_max, network_.read_bytes_max});
  Slice bytes = first.subslice(0, size);
  if (size == first.size())
    side.inbox.pop_front();
  else
    first = first.subslice(size);
  op.complete(std::move(bytes));
}

MemoryListener::~MemoryListener() { network_.stop_listening(at_); }

void MemoryListener::submit(Accept& op) {
  ASSERT(acceptor_ == nullptr);
  if (backlog_.empty()) {
    op.accept(*this);
    acceptor_ = &op;
    return;
  }
  std::unique_ptr<Stream> stream = std::move(backlog_.front());
  backlog_.pop_front();
  op.complete(std::move(stream));
}

void MemoryListener::offer(std::unique_ptr<Stream> stream) {
  if (acceptor_ == nullptr)
    backlog_.push_back(std::move(stream));
  else
    std::exchange(acceptor_, nullptr)->complete(std::move(stream));
}

Result<std::unique_ptr<Listener>> MemoryNetwork::listen(const Endpoint& at) {
  Endpoint bound = at;
  if (bound.port == 0) bound.port = next_port_++;
  if (listeners_.contains(bound.port)) return fail(ErrorCode::kExists, bound.to_string());
  auto listener = std::make_unique<MemoryListener>(*this, bound);
  listeners_[bound.port] = listener.get();
  return listener;
}

void MemoryNetwork::submit(Connect& op) {
  const auto found = listeners_.find(op.to.port);
  if (found == listeners_.end()) return op.complete(fail(ErrorCode::kConnectionRefused));
  MemoryPipe& pipe = *pipes_.emplace_back(std::make_unique<MemoryPipe>());
  pipe.sides[0].peer = op.to;
  pipe.sides[1].peer = Endpoint{"client", next_port_++};
  found->second->offer(std::make_unique<MemoryStream>(*this, pipe, 1));
  op.complete(std::make_unique<MemoryStream>(*this, pipe, 0));
}

}  // namespace faultline::testing
