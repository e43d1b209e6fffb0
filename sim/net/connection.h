// SPDX-License-Identifier: Apache-2.0
// Connection: two flows and what the two machines know of it. Each side is kept by its machine, not
// by its program: a killed process leaves a side that still sends what was written, a machine
// without power leaves nothing. SimStream is the program's handle on one side.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "broker/base/ids.h"
#include "broker/env/network.h"
#include "sim/net/flow.h"

namespace faultline::sim {

class Fabric;
class HostNetwork;
class SimStream;

enum class Side : uint8_t { kClient, kServer };
constexpr Side other(Side side) { return side == Side::kClient ? Side::kServer : Side::kClient; }

class Connection final : public FlowOwner, public ListNode<> {
 public:
  // The client's machine has the answer of the server's: the client is connected.
  Connection(Fabric& fabric, HostNetwork& client, uint16_t client_port, HostNetwork& server,
             uint16_t server_port, uint32_t number);

  ~Connection();

  static uint64_t id_of(NodeId client, NodeId server, uint32_t number);
  uint64_t id() const { return id_; }
  HostNetwork& host(Side side) const { return *ends_[index(side)].host; }
  uint16_t port(Side side) const { return ends_[index(side)].port; }

  // --- for SimStream ---
  void attach(Side side, SimStream& stream) { ends_[index(side)].stream = &stream; }
  // Nothing while the reader has to wait.
  std::optional<Result<Slice>> read(Side side, size_t size_max);
  // False while the writer has to wait.
  Result<bool> write(Side side, Slices& bytes, size_t& next);
  void shutdown_write(Side side);

  // --- for Fabric, HostNetwork and the listener ---
  // Sends the third part of the handshake, caused by kernel.cause().
  void open();
  // The program has closed this side or was killed. May destroy the connection.
  void close(Side side);
  // As close(), but the peer sees a reset.
  void abort(Side side);
  // The machine of this side forgets it without a word.
  void lose(Side side);
  // As lose(), but the machine is there and its program learns of it: a lost table of connections.
  void forget(Side side);
  bool has_program(Side side) const { return ends_[index(side)].has_program; }
  // Resets both sides as a middlebox does.
  void cut();
  void retry_held();
  // False once neither side has a program that could notice anything.
  bool is_done() const;

  // --- FlowOwner ---
  bool take_segment(Flow& flow, const Segment& segment) override;
  void on_room(Flow& flow) override;
  void on_no_answer(Flow& flow) override;
  void on_cut(Flow& flow) override;
  void on_silent_loss(Flow& flow) override;
  void on_turn_finished(Flow& flow) override;

 private:
  // A side that lost its peer learns of it at last.
  class Keepalive final : public TimedEvent {
   public:
    Keepalive(Connection& connection, Side side) : connection_(connection), side_(side) {}
    void fire() override { connection_.break_off(side_, "no answer to keepalive"); }

   private:
    Connection& connection_;
    const Side side_;
  };
  struct End {
    HostNetwork* host;
    uint16_t port;
    SimStream* stream = nullptr;  // of the program, while it has one
    bool is_established = true;   // the handshake has ended, seen from here
    bool has_program = true;      // or waits for one
    bool is_known = true;         // to its machine
    bool is_writable = true;
    bool is_shut = false;      // by its program
    std::string lost_because;  // not empty: reset
    size_t left_to_read = 0;   // of what had come before that
    bool had_ended = false;    // the peer, before that
  };

  static size_t index(Side side) { return static_cast<size_t>(side); }
  End& end(Side side) { return ends_[index(side)]; }
  Flow& out(Side side) { return flows_[index(side)]; }
  Flow& in(Side side) { return flows_[index(other(side))]; }
  Side sender(const Flow& flow) const {
    return &flow == &flows_[0] ? Side::kClient : Side::kServer;
  }

  Result<Slice> read_what_is_left(Side side, size_t size_max);
  void answer_with_reset(Side side);
  void break_off(Side side, std::string reason);
  void arm_keepalive(Side side);
  template <class Payload>
  void emit(Side side, Instant time, const Payload& payload);
  int32_t peer(Side side) const;

  Fabric& fabric_;
  const uint64_t id_;
  std::array<End, 2> ends_;
  std::array<Flow, 2> flows_;  // by sender
  std::array<Keepalive, 2> keepalives_;
};

class SimStream final : public Stream, private OpOwner {
 public:
  SimStream(Connection& connection, Side side);
  ~SimStream() override;

  void shutdown_write() override;
  Endpoint peer() const override { return peer_; }
  void submit(StreamRead& op) override;
  void submit(StreamWrite& op) override;

  // --- for Connection ---
  void on_readable();
  void on_room();
  // The machine keeps or forgets the connection by itself from now on.
  void orphan() { connection_ = nullptr; }

 private:
  void forget(OpBase& op) noexcept override;

  Connection* connection_;
  const Side side_;
  const Endpoint peer_;
  StreamRead* reader_ = nullptr;
  StreamWrite* writer_ = nullptr;
  size_t next_slice_ = 0;  // of writer_
};

}  // namespace faultline::sim
