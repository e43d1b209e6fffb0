// SPDX-License-Identifier: Apache-2.0
// Network: byte streams as TCP gives them. Bytes cross this port, never objects, so framing,
// partial reads and resets are part of what is tested. Listener and Stream objects close when
// destroyed: what was written is still delivered, then the peer sees the end (or a reset, when
// unread data was dropped). They must outlive the Ops started on them and be used from one loop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "broker/base/bytes.h"
#include "broker/env/op.h"

namespace faultline {

struct Endpoint {
  std::string host;
  uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
  std::string to_string() const { return host + ":" + std::to_string(port); }
};

class Network;
class Listener;
class Stream;

// Completes with 1..size_max bytes as soon as some are there; an empty slice means that the peer
// has closed its side. Errors: kConnectionReset.
class StreamRead final : public Op<Slice> {
 public:
  StreamRead(Stream& stream, size_t size_max) : size_max(size_max), stream_(stream) {}
  const size_t size_max;

 private:
  void start() override;
  Stream& stream_;
};

// Completes when all bytes are in the send buffer (which says nothing of their arrival); waits
// while it is full. The slices stay owned by the op until then. Errors: kConnectionReset (also when
// a slice is a file, read to be sent, that was cut meanwhile), kClosed after shutdown.
class StreamWrite final : public Op<void> {
 public:
  StreamWrite(Stream& stream, Slices bytes) : bytes(std::move(bytes)), stream_(stream) {}
  Slices bytes;

 private:
  void start() override;
  Stream& stream_;
};

class Stream {
 public:
  virtual ~Stream() = default;
  // At most one read and one write at a time.
  StreamRead read(size_t size_max) { return StreamRead(*this, size_max); }
  StreamWrite write(Slices bytes) { return StreamWrite(*this, std::move(bytes)); }
  // No more writes from this side; the peer reads what was sent, then the end.
  virtual void shutdown_write() = 0;
  virtual Endpoint peer() const = 0;

  virtual void submit(StreamRead& op) = 0;
  virtual void submit(StreamWrite& op) = 0;
};

// Errors: kConnectionRefused, kTimedOut (the system's own limit), kNotFound (unknown host).
class Connect final : public Op<std::unique_ptr<Stream>> {
 public:
  Connect(Network& network, Endpoint to) : to(std::move(to)), network_(network) {}
  const Endpoint to;

 private:
  void start() override;
  Network& network_;
};

// Errors: kClosed when the listener's node stops listening.
class Accept final : public Op<std::unique_ptr<Stream>> {
 public:
  explicit Accept(Listener& listener) : listener_(listener) {}

 private:
  void start() override;
  Listener& listener_;
};

class Listener {
 public:
  virtual ~Listener() = default;
  Accept accept() { return Accept(*this); }
  virtual Endpoint local() const = 0;
  virtual void submit(Accept& op) = 0;
};

class Network {
 public:
  // port 0 picks a free one. Errors: kExists (port in use).
  virtual Result<std::unique_ptr<Listener>> listen(const Endpoint& at) = 0;
  Connect connect(Endpoint to) { return Connect(*this, std::move(to)); }
  virtual void submit(Connect& op) = 0;

 protected:
  ~Network() = default;
};

inline void Connect::start() { network_.submit(*this); }
inline void Accept::start() { listener_.submit(*this); }
inline void StreamRead::start() { stream_.submit(*this); }
inline void StreamWrite::start() { stream_.submit(*this); }

}  // namespace faultline
