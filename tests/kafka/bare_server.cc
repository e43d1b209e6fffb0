// SPDX-License-Identifier: Apache-2.0
// The yardstick, one connection at a time: receive, CRC, write; or sendfile. It reads no more of a
// request than its length and its API key.
#include <cstdio>
#include <cstring>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "broker/base/byte_io.h"
#include "broker/base/crc32c.h"
#include "tests/kafka/load.h"
#include "tests/kafka/load_connection.h"

namespace faultline::load {
namespace {

constexpr int16_t kFetchKey = 1;
// What an answer of a broker holds with batches of 256 KiB: three of each of six partitions.
constexpr size_t kAnswerParts = 6;
constexpr size_t kPartBytes = 3 * (258 << 10);

bool receive_exactly(int fd, uint8_t* to, size_t size) {
  while (size > 0) {
    const ssize_t got = ::recv(fd, to, size, 0);
    if (got <= 0) return false;
    to += got;
    size -= static_cast<size_t>(got);
  }
  return true;
}

bool send_exactly(int fd, const uint8_t* from, size_t size, int flags) {
  while (size > 0) {
    const ssize_t put = ::send(fd, from, size, flags | MSG_NOSIGNAL);
    if (put <= 0) return false;
    from += put;
    size -= static_cast<size_t>(put);
  }
  return true;
}

class BareConnection {
 public:
  BareConnection(int socket, int file) : socket_(socket), file_(file) {
    file_size_ = ::lseek(file_, 0, SEEK_END);
  }
  void serve() {
    while (true) {
      uint8_t length[4];
      if (!receive_exactly(socket_, length, sizeof length)) return;
      request_.resize(static_cast<size_t>(load_big_endian<int32_t>(length)));
      if (!receive_exactly(socket_, request_.data(), request_.size())) return;
      const bool is_fetch = load_big_endian<int16_t>(request_.data()) == kFetchKey;
      if (is_fetch ? !answer_fetch() : !answer_produce()) return;
    }
  }

 private:
  bool answer_produce() {
    const Bytes all(request_.data(), request_.size());
    sum_ ^= crc32c(all);
    if (::write(file_, request_.data(), request_.size()) != static_cast<ssize_t>(request_.size()))
      die("cannot write");
    uint8_t answer[64] = {0, 0, 0, 60};
    return send_exactly(socket_, answer, sizeof answer, 0);
  }
  bool answer_fetch() {
    if (position_ + static_cast<off_t>(kAnswerParts * kPartBytes) > file_size_) position_ = 0;
    uint8_t length[4];
    store_big_endian(length, static_cast<int32_t>(kAnswerParts * kPartBytes));
    if (!send_exactly(socket_, length, sizeof length, MSG_MORE)) return false;
    for (size_t part = 0; part < kAnswerParts; ++part) {
      size_t left = kPartBytes;
      while (left > 0) {
        const ssize_t put = ::sendfile(socket_, file_, &position_, left);
        if (put <= 0) return false;
        left -= static_cast<size_t>(put);
      }
    }
    return true;
  }

  const int socket_;
  const int file_;
  off_t file_size_ = 0;
  off_t position_ = 0;
  uint32_t sum_ = 0;  // so that the CRC cannot be left out
  std::vector<uint8_t> request_;
};

}  // namespace

void serve_bare(const LoadOptions& options) {
  const int file = ::open(options.file.c_str(), O_RDWR | O_CREAT | O_APPEND, 0644);
  if (file < 0) die("cannot open " + options.file);
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  const int one = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(options.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, 4) != 0)
    die("cannot listen on port " + std::to_string(options.port));
  while (true) {
    const int socket = ::accept(listener, nullptr, nullptr);
    if (socket < 0) die("cannot accept");
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    BareConnection(socket, file).serve();
    ::close(socket);
  }
}

}  // namespace faultline::load
