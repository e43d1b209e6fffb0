// SPDX-License-Identifier: Apache-2.0
// Blocking sockets.
#include "tests/kafka/load_connection.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "broker/base/byte_io.h"

namespace faultline::load {

void die(const std::string& message) {
  std::fprintf(stderr, "kafka_load: %s\n", message.c_str());
  std::exit(1);
}

std::optional<LoadConnection> LoadConnection::open(uint16_t port) {
  LoadConnection connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(connection.fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return std::nullopt;
  const timeval patience{40, 0};
  ::setsockopt(connection.fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const int one = 1;
  ::setsockopt(connection.fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return connection;
}

LoadConnection::~LoadConnection() {
  if (fd_ >= 0) ::close(fd_);
}

bool LoadConnection::send(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
  return true;
}

bool LoadConnection::receive_exactly(uint8_t* to, size_t size) {
  while (size > 0) {
    const ssize_t got = ::recv(fd_, to, size, MSG_WAITALL);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

std::optional<Slice> LoadConnection::receive() {
  uint8_t length[4];
  if (!receive_exactly(length, sizeof length)) return std::nullopt;
  Buffer frame;
  const auto size = static_cast<size_t>(load_big_endian<int32_t>(length));
  if (!receive_exactly(frame.extend(size), size)) return std::nullopt;
  return std::move(frame).freeze();
}

LoadConnection connect_or_die(uint16_t port) {
  std::optional<LoadConnection> connection = LoadConnection::open(port);
  if (!connection) die("nobody listens on port " + std::to_string(port));
  return std::move(*connection);
}

}  // namespace faultline::load
