// SPDX-License-Identifier: Apache-2.0
// The events of the network, kinds 0x0100-0x01ff. The entity is the connection, named by client,
// server and its number between the two (Connection::id_of), on whichever side the event happens;
// for rule effects it is the rule.
#pragma once

#include <cstdint>
#include <string>

#include "broker/base/ids.h"
#include "broker/base/time.h"
#include "broker/env/emit.h"
#include "sim/kernel/kernel.h"

namespace faultline::sim {

// A program asks for a connection.
struct NetConnect {
  static constexpr MessageSpec kSpec = event_spec("net.connect");
  static constexpr EventType kType = event_type<NetConnect>(0x0100, kSpec);
  std::string host;
  uint16_t port = 0;
  void wire(auto& a) {
    a.f("host", host);
    a.f("port", port);
  }
};

// The asking side has its stream.
struct NetConnected {
  static constexpr MessageSpec kSpec = event_spec("net.connected");
  static constexpr EventType kType = event_type<NetConnected>(0x0101, kSpec);
  int32_t peer = -1;
  void wire(auto& a) { a.f("peer", peer); }
};

// The asking side will have none: "connection refused", "timed out", "not found".
struct NetConnectFailed {
  static constexpr MessageSpec kSpec = event_spec("net.connect_failed");
  static constexpr EventType kType = event_type<NetConnectFailed>(0x0102, kSpec);
  std::string reason;
  void wire(auto& a) { a.f("reason", reason); }
};

// The connection is in the listener's queue.
struct NetAccepted {
  static constexpr MessageSpec kSpec = event_spec("net.accepted");
  static constexpr EventType kType = event_type<NetAccepted>(0x0103, kSpec);
  int32_t peer = -1;
  uint16_t port = 0;
  void wire(auto& a) {
    a.f("peer", peer);
    a.f("port", port);
  }
};

// This side will not write any more.
struct NetEnded {
  static constexpr MessageSpec kSpec = event_spec("net.ended");
  static constexpr EventType kType = event_type<NetEnded>(0x0104, kSpec);
  int32_t peer = -1;
  void wire(auto& a) { a.f("peer", peer); }
};

// This side's program has closed, or was killed; bytes that it had not read reset the peer.
struct NetClosed {
  static constexpr MessageSpec kSpec = event_spec("net.closed");
  static constexpr EventType kType = event_type<NetClosed>(0x0105, kSpec);
  int32_t peer = -1;
  uint64_t unread_bytes = 0;
  void wire(auto& a) {
    a.f("peer", peer);
    a.f("unread_bytes", unread_bytes);
  }
};

// This side's program learns that the connection is gone.
struct NetConnectionLost {
  static constexpr MessageSpec kSpec = event_spec("net.connection_lost");
  static constexpr EventType kType = event_type<NetConnectionLost>(0x0106, kSpec);
  int32_t peer = -1;
  std::string reason;
  void wire(auto& a) {
    a.f("peer", peer);
    a.f("reason", reason);
  }
};

// A segment has arrived; emitted only when somebody wants details.
struct NetDelivered {
  static constexpr MessageSpec kSpec = event_spec("net.delivered");
  static constexpr EventType kType = event_type<NetDelivered>(0x0107, kSpec);
  int32_t peer = -1;
  uint64_t segment = 0;
  uint32_t bytes = 0;
  void wire(auto& a) {
    a.f("peer", peer);
    a.f("segment", segment);
    a.f("bytes", bytes);
  }
};

// A rule acted on a segment, acknowledgement or connection attempt of this node.
struct NetRuleEffect {
  static constexpr MessageSpec kSpec = event_spec("net.rule_effect");
  static constexpr EventType kType = event_type<NetRuleEffect>(0x0108, kSpec);
  std::string action;  // "drop"
  int32_t to = -1;
  bool is_connect = false;
  uint64_t flow = 0;
  uint64_t number = 0;  // of the draw: segment and attempt
  void wire(auto& a) {
    a.f("action", action);
    a.f("to", to);
    a.f("is_connect", is_connect);
    a.f("flow", flow);
    a.f("number", number);
  }
};

template <class Payload>
EventId emit_at(Kernel& kernel, NodeId node, Instant time, uint64_t entity,
                const Payload& payload) {
  return with_notation(kernel, payload, [&](const EventPayload& written) {
    return kernel.emit(node.value, time.ns, Payload::kType, entity, written);
  });
}

}  // namespace faultline::sim
