// SPDX-License-Identifier: Apache-2.0
// Binding and connecting.
#include "broker/runtime/tcp_network.h"

#include <algorithm>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "broker/runtime/socket_address.h"
#include "broker/runtime/system_error.h"
#include "broker/runtime/tcp_listener.h"
#include "broker/runtime/worker_pool.h"

namespace faultline {

// One Connect under way: addresses are tried in turn. Destroyed by TcpNetwork::finish.
class TcpNetwork::Connecting final : private FdWatcher, private OpOwner {
 public:
  Connecting(TcpNetwork& network, Connect& op) : network_(network), op_(&op) { op.accept(*this); }

  const Endpoint& to() const { return op_->to; }
  void set_resolving(bool is_resolving) { is_resolving_ = is_resolving; }
  void go_on(Result<std::vector<SocketAddress>> addresses);

 private:
  void on_ready(uint32_t events) override;
  void forget(OpBase& op) noexcept override;
  void try_next();
  void end(Result<std::unique_ptr<Stream>> result);

  TcpNetwork& network_;
  Connect* op_;
  bool is_resolving_ = false;
  std::vector<SocketAddress> addresses_;
  size_t next_ = 0;
  Error last_error_{ErrorCode::kNotFound};
  FileDescriptor socket_;
};

// A name is looked up on a thread.
class TcpNetwork::Resolving final : public WorkerPool::Job {
 public:
  explicit Resolving(Connecting& connecting) : connecting_(connecting), name_(connecting.to()) {}
  void work() override { found_ = resolve(name_); }
  void finish() override { connecting_.go_on(std::move(found_)); }

 private:
  Connecting& connecting_;
  const Endpoint name_;
  Result<std::vector<SocketAddress>> found_;
};

void TcpNetwork::Connecting::go_on(Result<std::vector<SocketAddress>> addresses) {
  is_resolving_ = false;
  if (op_ == nullptr) return network_.finish(*this);
  if (!addresses) return end(std::unexpected(addresses.error()));
  addresses_ = std::move(*addresses);
  try_next();
}

void TcpNetwork::Connecting::try_next() {
  while (next_ < addresses_.size()) {
    const SocketAddress& address = addresses_[next_++];
    const std::string action = "connect to " + op_->to.to_string();
    const int family = address.storage.ss_family;
    socket_ = FileDescriptor(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_.is_open()) return end(fail_errno(action));
    const int on = 1;
    ::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket_.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    if (::connect(socket_.number(), address.get(), address.size) != 0 && errno != EINPROGRESS) {
      last_error_ = fail_errno(action).error();
      continue;
    }
    const Result<void> watched = network_.loop_.watch(socket_, *this);
    if (!watched) return end(std::unexpected(watched.error()));
    return;  // on_ready() tells, also when it is there at once
  }
  end(std::unexpected(last_error_));
}

void TcpNetwork::Connecting::on_ready(uint32_t) {
  int error = 0;
  socklen_t size = sizeof error;
  ASSERT(::getsockopt(socket_.number(), SOL_SOCKET, SO_ERROR, &error, &size) == 0);
  SocketAddress peer;
  peer.size = sizeof peer.storage;
  if (error == 0 && ::getpeername(socket_.number(), peer.get(), &peer.size) != 0) {
    if (errno == ENOTCONN) return;  // not yet
    error = errno;
  }
  network_.loop_.unwatch(socket_);
  if (error != 0) {
    last_error_ = fail_errno("connect to " + op_->to.to_string(), error).error();
    return try_next();
  }
  end(TcpStream::create(network_.loop_, network_.counters_, std::move(socket_),
                        peer.to_endpoint()));
}

void TcpNetwork::Connecting::end(Result<std::unique_ptr<Stream>> result) {
  std::exchange(op_, nullptr)->complete(std::move(result));
  network_.finish(*this);
}

void TcpNetwork::Connecting::forget(OpBase&) noexcept {
  op_ = nullptr;
  if (!is_resolving_) network_.finish(*this);
}

TcpNetwork::TcpNetwork(EventLoop& loop, WorkerPool& pool, const TcpOptions& options)
    : loop_(loop), pool_(pool), options_(options) {}

TcpNetwork::~TcpNetwork() = default;

void TcpNetwork::finish(Connecting& connecting) {
  std::erase_if(connecting_, [&](const auto& each) { return each.get() == &connecting; });
}

void TcpNetwork::submit(Connect& op) {
  connecting_.push_back(std::make_unique<Connecting>(*this, op));
  Connecting& connecting = *connecting_.back();
  if (is_numeric_host(op.to.host)) return connecting.go_on(resolve(op.to));
  connecting.set_resolving(true);
  pool_.submit(std::make_unique<Resolving>(connecting));
}

Result<FileDescriptor> TcpNetwork::bind_socket(const Endpoint& at) const {
  TRY_ASSIGN(const std::vector<SocketAddress> addresses, resolve(at));
  const SocketAddress& address = addresses.front();
  const std::string action = "listen on " + at.to_string();
  const int family = address.storage.ss_family;
  FileDescriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return fail_errno(action);
  const int on = 1;  // a restart need not wait for the old connections to time out
  ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto set_size = [&](int name, int bytes) {
    if (bytes >= 0) ::setsockopt(socket.number(), SOL_SOCKET, name, &bytes, sizeof bytes);
  };
  set_size(SO_SNDBUF, options_.send_buffer_bytes);  // accepted sockets inherit both
  set_size(SO_RCVBUF, options_.receive_buffer_bytes);
  if (::bind(socket.number(), address.get(), address.size) != 0) return fail_errno(action);
  return socket;
}

Result<Endpoint> TcpNetwork::reserve(const Endpoint& at) {
  TRY_ASSIGN(FileDescriptor socket, bind_socket(at));
  Endpoint got{at.host, local_endpoint(socket).port};
  reserved_.emplace_back(got, std::move(socket));
  return got;
}

Result<std::unique_ptr<Listener>> TcpNetwork::listen(const Endpoint& at) {
  FileDescriptor socket;
  const auto found = std::find_if(reserved_.begin(), reserved_.end(),
                                  [&](const auto& each) { return each.first == at; });
  if (found != reserved_.end()) {
    socket = std::move(found->second);
    reserved_.erase(found);
  } else {
    TRY_ASSIGN(socket, bind_socket(at));
  }
  return TcpListener::create(loop_, counters_, std::move(socket), options_.backlog,
                             options_.descriptors_max);
}

}  // namespace faultline
