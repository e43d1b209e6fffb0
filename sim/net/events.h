// SPDX-License-Identifier: Apache-2.0
// The events of the network, kinds 0x0100-0x01ff. The entity is the connection, named by client,
// server and its number between the two; for rule effects it is the rule.
#pragma once

#include <cstdint>

#include "broker/base/ids.h"
#include "broker/base/time.h"
#include "sim/kernel/kernel.h"

namespace faultline::sim {

struct Packet;
struct Rule;

extern const EventType kConnectEvent;         // the client asks
extern const EventType kConnectedEvent;       // the client has a stream
extern const EventType kConnectFailedEvent;   // refused, unknown host or no answer: `detail`
extern const EventType kAcceptedEvent;        // the server has it in its queue
extern const EventType kEndedEvent;           // one side will not write any more
extern const EventType kClosedEvent;          // one side has closed
extern const EventType kConnectionLostEvent;  // one side's program learns of a reset: `detail`
extern const EventType kDeliveredEvent;       // a segment arrived (only with details)
extern const EventType kRuleEffectEvent;      // a rule acted

// What an event of a connection says beside its header.
struct ConnectionNote {
  NodeId peer;
  uint16_t port = 0;    // of the server
  uint64_t number = 0;  // of the segment, where there is one
  uint64_t detail = 0;  // bytes of a segment, or an ErrorCode
};

EventId emit_connection_event(Kernel& kernel, const EventType& type, NodeId node, Instant time,
                              uint64_t connection, const ConnectionNote& note);
EventId emit_rule_effect(Kernel& kernel, const Packet& packet, const Rule& rule);

}  // namespace faultline::sim
