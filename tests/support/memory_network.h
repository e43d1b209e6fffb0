// SPDX-License-Identifier: Apache-2.0
// MemoryNetwork: the Network port inside one process, without time: a write is readable at once.
// For tests on LocalExecutor. Reads can be cut into small pieces to exercise framing. It must
// outlive its listeners and streams.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "broker/env/network.h"

namespace faultline::testing {

class MemoryNetwork;

// Two directions; side 0 connected, side 1 accepted.
struct MemoryPipe {
  struct Side {
    std::deque<Slice> inbox;
    StreamRead* reader = nullptr;
    Endpoint peer;
    bool is_open = true;
    bool has_shut_writes = false;
  };
  std::array<Side, 2> sides;
};

class MemoryStream final : public Stream, private OpOwner {
 public:
  MemoryStream(MemoryNetwork& network, MemoryPipe& pipe, size_t side)
      : network_(network), pipe_(pipe), side_(side) {}
  ~MemoryStream() override;

  void shutdown_write() override;
  Endpoint peer() const override { return mine().peer; }
  void submit(StreamRead& op) override;
  void submit(StreamWrite& op) override;

 private:
  void forget(OpBase&) noexcept override { mine().reader = nullptr; }
  MemoryPipe::Side& mine() const { return pipe_.sides[side_]; }
  MemoryPipe::Side& other() const { return pipe_.sides[1 - side_]; }
  // Completes the read that waits on `side` when there is something to say.
  void serve(MemoryPipe::Side& side, const MemoryPipe::Side& sender);

  MemoryNetwork& network_;
  MemoryPipe& pipe_;
  const size_t side_;
};

class MemoryListener final : public Listener, private OpOwner {
 public:
  MemoryListener(MemoryNetwork& network, Endpoint at) : network_(network), at_(std::move(at)) {}
  ~MemoryListener() override;

  Endpoint local() const override { return at_; }
  void submit(Accept& op) override;
  void offer(std::unique_ptr<Stream> stream);

 private:
  void forget(OpBase&) noexcept override { acceptor_ = nullptr; }

  MemoryNetwork& network_;
  const Endpoint at_;
  Accept* acceptor_ = nullptr;
  std::deque<std::unique_ptr<Stream>> backlog_;
};

class MemoryNetwork final : public Network {
 public:
  // No read gives more than this many bytes.
  size_t read_bytes_max = SIZE_MAX;

  Result<std::unique_ptr<Listener>> listen(const Endpoint& at) override;
  void submit(Connect& op) override;
  void stop_listening(const Endpoint& at) { listeners_.erase(at.port); }

 private:
  std::map<uint16_t, MemoryListener*> listeners_;
  std::vector<std::unique_ptr<MemoryPipe>> pipes_;
  uint16_t next_port_ = 40000;
};

}  // namespace faultline::testing
