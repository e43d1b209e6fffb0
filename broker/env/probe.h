// SPDX-License-Identifier: Apache-2.0
// Probe: the one way in which a program tells what it does. An event has a fixed header (time,
// node, kind, entity, cause), which the host fills in, and a payload in the message notation.
// Checkers, reports and fingerprints read events and nothing else. Emitting never fails and never
// blocks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include "broker/base/bytes.h"

namespace faultline {

// (node << 40 | number of the node's event), from 1; 0 means none. Stable when faults elsewhere
// change.
using EventId = uint64_t;

constexpr EventId event_id(int32_t node, uint64_t number) {
  return static_cast<uint64_t>(node) << 40 | number;
}

// A kind of event, one constexpr object each. Ids are unique: 0x00.. kernel, 0x01.. network, 0x02..
// disk, 0x03.. faults, 0x10.. log, 0x11.. broker, 0x12.. client, 0x20.. scenario.
struct EventType {
  uint16_t id;
  const char* name;  // "log.append": lower case, area first
  // Appends the notation of the payload, one "name type" a line; the trace file carries it.
  void (*describe)(std::string& schema);
};

// What every event carries. No padding: the fingerprint of a run hashes it as it lies in memory.
struct EventHeader {
  int64_t time_ns = 0;  // simulated time since the start of the run
  EventId id = 0;
  uint64_t entity = 0;  // what it is about within its node
  EventId cause = 0;    // the event that led here; 0 none
  int32_t node = -1;    // -1 the world itself
  uint16_t kind = 0;    // EventType::id
  uint16_t reserved = 0;

  bool operator==(const EventHeader&) const = default;
};
static_assert(sizeof(EventHeader) == 40 && std::has_unique_object_representations_v<EventHeader>);

// What an event carries: its notation and, while it is being emitted, the struct that this came
// from. Both say the same; who knows the type may look at the struct instead of decoding.
struct EventPayload {
  EventPayload(Bytes notation = {}, const void* source = nullptr)  // NOLINT: bytes are a payload
      : bytes(notation), value(source) {}

  Bytes bytes;
  const void* value;  // whose kType is the event's; null when the event comes from a file
};

class Probe {
 public:
  // `entity` names what the event is about within its node (a partition, a connection, a file); the
  // cause is the event that led the running fiber here. Returns the new event's id.
  virtual EventId emit(const EventType& type, uint64_t entity, const EventPayload& payload) = 0;
  // Where the payload of the next event had best be written before it is emitted, to be copied no
  // more; valid until then. May be empty.
  virtual std::span<uint8_t> payload_room() { return {}; }
  // False lets callers skip building costly payloads of purely explanatory events.
  virtual bool wants_details() const = 0;

 protected:
  ~Probe() = default;
};

}  // namespace faultline
