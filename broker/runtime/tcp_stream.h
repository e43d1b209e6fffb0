// SPDX-License-Identifier: Apache-2.0
// TcpStream: one connected socket as a Stream. Reads and writes are tried at once and wait for the
// loop only when the kernel has nothing, or no room.
#pragma once

#include "broker/env/network.h"
#include "broker/runtime/event_loop.h"

namespace faultline {

struct NetworkCounters {
  int64_t accepted = 0;
  int64_t refused = 0;  // closed at once, for want of descriptors
  int64_t open = 0;
  int64_t received_bytes = 0;
  int64_t sent_bytes = 0;
};

class TcpStream final : public Stream, private FdWatcher, private OpOwner {
 public:
  // Takes over a connected, non-blocking socket which the loop does not watch yet. `counters`
  // outlives the stream. Errors: kIo, kTooLarge.
  static Result<std::unique_ptr<Stream>> create(EventLoop& loop, NetworkCounters& counters,
                                                FileDescriptor socket, Endpoint peer);
  ~TcpStream() override;

  void shutdown_write() override;
  Endpoint peer() const override { return peer_; }
  void submit(StreamRead& op) override;
  void submit(StreamWrite& op) override;

 private:
  TcpStream(EventLoop& loop, NetworkCounters& counters, FileDescriptor socket, Endpoint peer);

  void on_ready(uint32_t events) override;
  void forget(OpBase& op) noexcept override;
  // False when this stream has had its share of the loop's turn, so that a client that sends
  // without pause leaves room for the others; it goes on in the next turn.
  bool may_go_on();
  void spend(size_t bytes);
  // Nothing while there is nothing to read.
  std::optional<Result<Slice>> try_read(size_t size_max);
  Result<Slice> read_large(Bytes begin, size_t size_max);
  // False while the peer takes no more.
  Result<bool> try_write(const Slices& bytes);
  void continue_read();
  void continue_write();

  EventLoop& loop_;
  NetworkCounters& counters_;
  FileDescriptor socket_;
  const Endpoint peer_;
  StreamRead* reader_ = nullptr;
  StreamWrite* writer_ = nullptr;
  size_t written_ = 0;  // bytes of writer_
  uint64_t turn_ = 0;
  size_t spent_ = 0;  // in that turn
  bool may_read_ = true;
  bool may_write_ = true;
  bool has_hung_up_ = false;  // the end is behind what can be read
  bool is_shut_ = false;
  bool is_reset_ = false;
};

}  // namespace faultline
