// SPDX-License-Identifier: Apache-2.0
// Typed events: a payload struct in the message notation that knows its EventType.
//
//   struct DoorOpened {
//     static constexpr MessageSpec kSpec = event_spec("door.opened");
//     static constexpr EventType kType = event_type<DoorOpened>(0x2001, kSpec);
//     std::string key;
//     void wire(auto& a) { a.f("key", key); }
//   };
//   template struct faultline::Codec<DoorOpened>;   // in one .cc, with notation_codec.h
//
//   emit(env.probe, entity, DoorOpened{.key = "front"});
//
// Payloads have one version, without tagged fields: a trace file carries the schema of each type,
// so a changed struct needs no new version. Fields are numbers, strings and lists of them; words
// say why (a reason is a string that people read).
#pragma once

#include <string>

#include "broker/base/notation.h"
#include "broker/base/notation_schema.h"
#include "broker/env/probe.h"

namespace faultline {

constexpr MessageSpec event_spec(const char* name) { return {name, 0, 0, kNeverFlexible}; }

template <class Payload>
void describe_event(std::string& schema) {
  schema += schema_text<Payload>();
}

template <class Payload>
constexpr EventType event_type(uint16_t id, const MessageSpec& spec) {
  return {id, spec.name.data(), &describe_event<Payload>};
}

inline constexpr size_t kEventBytesUsual = 256;  // longer ones cost an allocation

// Writes the payload into the room that `keeper`, a probe or what stands for one, has for it, and
// calls keep(EventPayload) with it.
template <class Payload, class Keeper, class Keep>
EventId with_notation(Keeper& keeper, const Payload& payload, Keep&& keep) {
  uint8_t scratch[kEventBytesUsual];
  Slice spill;
  std::span<uint8_t> room = keeper.payload_room();
  if (room.size() < kEventBytesUsual) room = scratch;
  const Bytes bytes = Codec<Payload>::encode_into(payload, Payload::kSpec.max, room, spill);
  return keep(EventPayload{bytes, &payload});
}

// Emits `payload` as an event of its type; returns the event's id.
template <class Payload>
EventId emit(Probe& probe, uint64_t entity, const Payload& payload) {
  return with_notation(probe, payload, [&](const EventPayload& written) {
    return probe.emit(Payload::kType, entity, written);
  });
}

// The payload of an event whose kind is Payload::kType.id. Fails with kCorrupt on other bytes.
// Fields are values, so nothing of the result refers to `payload`.
template <class Payload>
Result<Payload> decode_event(Bytes payload) {
  return Codec<Payload>::decode(Slice::of_static(as_text(payload)), Payload::kSpec.max);
}

// Calls use(const Payload&) with the payload of an event whose kind is Payload::kType.id; false for
// bytes that are none.
template <class Payload, class Use>
bool with_payload(const EventPayload& payload, Use&& use) {
  if (payload.value != nullptr) {
    use(*static_cast<const Payload*>(payload.value));
    return true;
  }
  const Result<Payload> decoded = decode_event<Payload>(payload.bytes);
  if (decoded) use(*decoded);
  return decoded.has_value();
}

}  // namespace faultline
