// SPDX-License-Identifier: Apache-2.0
// Handshake: one attempt to connect: SYN there, answer back, both tried again when they are lost.
// The third part travels as the first segment of the connection.
#pragma once

#include "broker/env/network.h"
#include "sim/kernel/kernel.h"

namespace faultline::sim {

class Fabric;
class HostNetwork;
class Link;

class Handshake final : public TimedEvent, private OpOwner {
 public:
  Handshake(HostNetwork& from, Connect& op);
  ~Handshake();

  void begin();
  // The process died: nothing will come of it.
  void stop();
  // Rules changed.
  void retry_held();
  void fire() override;

 private:
  enum class State : uint8_t {
    kUnknownHost,
    kAskOnTheWay,
    kLost,  // or held: asked again later
    kHeld,
    kAcceptedOnTheWay,
    kRefusedOnTheWay,
    kStopped,
  };

  void forget(OpBase&) noexcept override;
  void ask();
  void answer();
  void travel(const Link& link, State on_arrival);
  void lose_until(Instant retry, State state);
  void succeed();
  void fail_with(ErrorCode code);
  template <class Payload>
  void emit(const Payload& payload);

  HostNetwork& from_;
  Fabric& fabric_;
  Kernel& kernel_;
  Connect* op_;
  HostNetwork* to_ = nullptr;
  const uint16_t port_;
  uint16_t own_port_ = 0;
  uint32_t number_ = 0;  // of the connection, on its link
  uint64_t entity_ = 0;
  uint64_t packets_ = 0;
  uint64_t attempts_ = 0;
  Instant time_{};  // local time of what is being sent
  Instant deadline_{};
  EventId cause_ = 0;
  State state_ = State::kLost;
};

}  // namespace faultline::sim
