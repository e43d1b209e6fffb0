// SPDX-License-Identifier: Apache-2.0
// Payloads of network events.
#include "sim/net/events.h"

#include <string>

#include "broker/base/byte_io.h"
#include "sim/net/rule.h"

namespace faultline::sim {
namespace {

void describe_connection(std::string& schema) {
  schema += "peer int32\nport uint16\nnumber uint64\ndetail uint64\n";
}

void describe_rule_effect(std::string& schema) {
  schema += "from int32\nto int32\naction uint8\nis_connect uint8\nflow uint64\nnumber uint64\n";
}

}  // namespace

const EventType kConnectEvent{0x0100, "net.connect", describe_connection};
const EventType kConnectedEvent{0x0101, "net.connected", describe_connection};
const EventType kConnectFailedEvent{0x0102, "net.connect_failed", describe_connection};
const EventType kAcceptedEvent{0x0103, "net.accepted", describe_connection};
const EventType kEndedEvent{0x0104, "net.ended", describe_connection};
const EventType kClosedEvent{0x0105, "net.closed", describe_connection};
const EventType kConnectionLostEvent{0x0106, "net.connection_lost", describe_connection};
const EventType kDeliveredEvent{0x0107, "net.delivered", describe_connection};
const EventType kRuleEffectEvent{0x0108, "net.rule_effect", describe_rule_effect};

EventId emit_connection_event(Kernel& kernel, const EventType& type, NodeId node, Instant time,
                              uint64_t connection, const ConnectionNote& note) {
  uint8_t payload[22];
  store_big_endian<int32_t>(payload, note.peer.value);
  store_big_endian<uint16_t>(payload + 4, note.port);
  store_big_endian<uint64_t>(payload + 6, note.number);
  store_big_endian<uint64_t>(payload + 14, note.detail);
  return kernel.emit(node.value, time.ns, type, connection, payload);
}

EventId emit_rule_effect(Kernel& kernel, const Packet& packet, const Rule& rule) {
  uint8_t payload[26];
  store_big_endian<int32_t>(payload, packet.from.value);
  store_big_endian<int32_t>(payload + 4, packet.to.value);
  payload[8] = static_cast<uint8_t>(rule.action);
  payload[9] = packet.is_connect ? 1 : 0;
  store_big_endian<uint64_t>(payload + 10, packet.entity);
  store_big_endian<uint64_t>(payload + 18, packet.number);
  return kernel.emit(packet.from.value, packet.time.ns, kRuleEffectEvent, rule.id, payload);
}

}  // namespace faultline::sim
