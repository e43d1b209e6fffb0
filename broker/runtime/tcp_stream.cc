// SPDX-License-Identifier: Apache-2.0
// Receiving and sending.
#include "broker/runtime/tcp_stream.h"

#include <algorithm>
#include <cstring>

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "broker/runtime/socket_send.h"
#include "broker/runtime/system_error.h"

namespace faultline {
namespace {

// Most requests fit; what is larger gets a block of its own size.
constexpr size_t kFirstReadBytes = 64 * 1024;
// What one read takes at most: what a client that is not answered can make this process hold.
constexpr size_t kReadBytesMax = 256 * 1024;
// A stream's share of one turn of the loop: so many operations, or so many bytes, or a mixture.
constexpr size_t kOpsPerTurn = 8;
constexpr size_t kBytesPerOp = 8 * 1024;

std::unexpected<Error> fail_stream(const char* action, const Endpoint& peer) {
  std::unexpected<Error> error = fail_errno(std::string(action) + " " + peer.to_string());
  // Whatever ended it, the connection is gone.
  error.error().code = ErrorCode::kConnectionReset;
  return error;
}

}  // namespace

Result<std::unique_ptr<Stream>> TcpStream::create(EventLoop& loop, NetworkCounters& counters,
                                                  FileDescriptor socket, Endpoint peer) {
  std::unique_ptr<TcpStream> stream(
      new TcpStream(loop, counters, std::move(socket), std::move(peer)));
  TRY(loop.watch(stream->socket_, *stream));
  return stream;
}

TcpStream::TcpStream(EventLoop& loop, NetworkCounters& counters, FileDescriptor socket,
                     Endpoint peer)
    : loop_(loop), counters_(counters), socket_(std::move(socket)), peer_(std::move(peer)) {
  ++counters_.open;
}

// Closing the last descriptor takes it out of epoll.
TcpStream::~TcpStream() {
  ASSERT(reader_ == nullptr && writer_ == nullptr);
  --counters_.open;
}

void TcpStream::shutdown_write() {
  is_shut_ = true;
  ::shutdown(socket_.number(), SHUT_WR);  // fails when the peer has gone, which a read will tell
  if (writer_ != nullptr) std::exchange(writer_, nullptr)->complete_error({ErrorCode::kClosed});
}

void TcpStream::submit(StreamRead& op) {
  ASSERT(reader_ == nullptr && op.size_max > 0);
  op.accept(*this);
  reader_ = &op;
  if (may_read_ && may_go_on()) continue_read();
}

void TcpStream::submit(StreamWrite& op) {
  ASSERT(writer_ == nullptr);
  op.accept(*this);
  writer_ = &op;
  written_ = 0;
  if (may_write_ && may_go_on()) continue_write();
}

bool TcpStream::may_go_on() {
  if (turn_ != loop_.turn()) {
    turn_ = loop_.turn();
    spent_ = 0;
  }
  if (spent_ < kOpsPerTurn) return true;
  loop_.call_next_turn(*this);
  return false;
}

void TcpStream::spend(size_t bytes) { spent_ += 1 + bytes / kBytesPerOp; }

void TcpStream::on_ready(uint32_t events) {
  if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) has_hung_up_ = true;
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) may_read_ = true;
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) may_write_ = true;
  if (may_read_ && reader_ != nullptr) continue_read();
  if (may_write_ && writer_ != nullptr) continue_write();
}

void TcpStream::continue_read() {
  std::optional<Result<Slice>> result = try_read(std::min(reader_->size_max, kReadBytesMax));
  if (result) std::exchange(reader_, nullptr)->complete(std::move(*result));
}

std::optional<Result<Slice>> TcpStream::try_read(size_t size_max) {
  uint8_t begin[kFirstReadBytes];
  const size_t wanted = std::min(size_max, sizeof begin);
  const ssize_t got =
      uninterrupted([&] { return ::recv(socket_.number(), begin, wanted, MSG_DONTWAIT); });
  if (got < 0 && errno == EAGAIN) {
    may_read_ = false;
    return std::nullopt;
  }
  if (got < 0) {
    is_reset_ = true;
    return fail_stream("read from", peer_);
  }
  // The kernel tells of a reset once; then it reads as an end.
  if (got == 0 && is_reset_)
    return fail(ErrorCode::kConnectionReset, "read from " + peer_.to_string());
  const auto size = static_cast<size_t>(got);
  counters_.received_bytes += got;
  spend(size);
  // The buffer is empty now, and the loop will say when it is not.
  if (size < wanted && !has_hung_up_) may_read_ = false;
  if (size < sizeof begin || size == size_max) return Slice::copy_of(Bytes(begin, size));
  return read_large(Bytes(begin, size), size_max);
}

// One block for what lies in the kernel's buffer, `begin` first.
Result<Slice> TcpStream::read_large(Bytes begin, size_t size_max) {
  int waiting = 0;
  if (::ioctl(socket_.number(), FIONREAD, &waiting) != 0 || waiting <= 0)
    return Slice::copy_of(begin);
  const size_t more = std::min(size_max - begin.size(), static_cast<size_t>(waiting));
  Buffer buffer;
  std::memcpy(buffer.extend(begin.size() + more), begin.data(), begin.size());
  uint8_t* to = buffer.data() + begin.size();
  const ssize_t got =
      uninterrupted([&] { return ::recv(socket_.number(), to, more, MSG_DONTWAIT); });
  // An error here is told again by the next read.
  const size_t size = begin.size() + (got < 0 ? 0 : static_cast<size_t>(got));
  counters_.received_bytes += static_cast<int64_t>(size - begin.size());
  spend(size - begin.size());
  return std::move(buffer).freeze().subslice(0, size);
}

void TcpStream::continue_write() {
  Result<bool> written = try_write(writer_->bytes);
  if (written && !*written) return;
  StreamWrite& op = *std::exchange(writer_, nullptr);
  if (written) {
    op.complete({});
  } else {
    op.complete_error(std::move(written).error());
  }
}

Result<bool> TcpStream::try_write(const Slices& bytes) {
  if (is_shut_) return fail(ErrorCode::kClosed, "write to " + peer_.to_string());
  const size_t total = total_size(bytes);
  while (written_ < total) {
    const ssize_t put = posix::send_some(socket_.number(), bytes, written_);
    if (put < 0 && errno == EAGAIN) {
      may_write_ = false;
      return false;
    }
    if (put < 0) {
      // EPIPE alone tells nothing new: the peer had ended before.
      is_reset_ |= errno != EPIPE;
      return fail_stream("write to", peer_);
    }
    // What was promised cannot be sent any more, and half of it is on its way.
    if (put == 0)
      return fail(ErrorCode::kConnectionReset, "write to " + peer_.to_string() + ": file was cut");
    written_ += static_cast<size_t>(put);
    spend(static_cast<size_t>(put));
    counters_.sent_bytes += put;
  }
  return true;
}

void TcpStream::forget(OpBase& op) noexcept {
  if (static_cast<OpBase*>(reader_) == &op) reader_ = nullptr;
  if (static_cast<OpBase*>(writer_) == &op) writer_ = nullptr;
}

}  // namespace faultline
