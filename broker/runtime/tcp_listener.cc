// SPDX-License-Identifier: Apache-2.0
// Accepting, and what to do when nothing more can be accepted.
#include "broker/runtime/tcp_listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "broker/runtime/socket_address.h"
#include "broker/runtime/system_error.h"

namespace faultline {
namespace {

FileDescriptor open_spare() { return FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

Result<std::unique_ptr<Listener>> TcpListener::create(EventLoop& loop, NetworkCounters& counters,
                                                      FileDescriptor socket, int backlog,
                                                      int descriptors_max) {
  if (::listen(socket.number(), backlog) != 0)
    return fail_errno("listen on " + local_endpoint(socket).to_string());
  std::unique_ptr<TcpListener> listener(
      new TcpListener(loop, counters, std::move(socket), descriptors_max));
  TRY(loop.watch(listener->socket_, *listener));
  return listener;
}

TcpListener::TcpListener(EventLoop& loop, NetworkCounters& counters, FileDescriptor socket,
                         int descriptors_max)
    : loop_(loop),
      counters_(counters),
      socket_(std::move(socket)),
      spare_(open_spare()),
      local_(local_endpoint(socket_)),
      descriptors_max_(descriptors_max) {}

TcpListener::~TcpListener() { ASSERT(op_ == nullptr); }

void TcpListener::submit(Accept& op) {
  ASSERT(op_ == nullptr);
  op.accept(*this);
  op_ = &op;
  if (may_accept_) continue_accept();
}

void TcpListener::on_ready(uint32_t) {
  may_accept_ = true;
  if (op_ != nullptr) continue_accept();
}

void TcpListener::continue_accept() {
  while (true) {
    SocketAddress peer;
    peer.size = sizeof peer.storage;
    FileDescriptor socket(uninterrupted([&] {
      return ::accept4(socket_.number(), peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    }));
    if (!socket.is_open() && (errno == EMFILE || errno == ENFILE) && spare_.is_open()) {
      // The kernel wants a free descriptor before it looks whether anybody waits.
      may_accept_ = refuse_one();
      if (may_accept_) continue;
      return;
    }
    // Otherwise the network's own trouble of one connection, which is gone.
    if (!socket.is_open() && (errno == ECONNABORTED || errno == EPROTO)) continue;
    if (!socket.is_open()) {  // nobody waits, or no memory: the next arrival tries again
      may_accept_ = false;
      return;
    }
    if (socket.number() >= descriptors_max_) {
      ++counters_.refused;
      continue;
    }
    const int on = 1;
    ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    Result<std::unique_ptr<Stream>> stream =
        TcpStream::create(loop_, counters_, std::move(socket), peer.to_endpoint());
    if (!stream) continue;
    ++counters_.accepted;
    std::exchange(op_, nullptr)->complete(std::move(*stream));
    return;
  }
}

bool TcpListener::refuse_one() {
  spare_.close();
  FileDescriptor refused(
      uninterrupted([&] { return ::accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC); }));
  const bool was_refused = refused.is_open();
  if (was_refused) ++counters_.refused;
  refused.close();
  spare_ = open_spare();
  return was_refused;
}

void TcpListener::forget(OpBase&) noexcept { op_ = nullptr; }

}  // namespace faultline
