// SPDX-License-Identifier: Apache-2.0
// Probe: the one way in which a program tells what it does. An event has a fixed header (time,
// node, kind, entity, cause), which the host fills in, and a payload in the message notation.
// Checkers, reports and fingerprints read events and nothing else. Emitting never fails and never
// blocks.
#pragma once

#include <cstdint>
#include <string>

#include "broker/base/bytes.h"

namespace faultline {

// (node << 40 | number of the node's event), from 1; 0 means none. Stable when faults elsewhere
// change.
using EventId = uint64_t;

// A kind of event, one constexpr object each. Ids are unique: 0x00.. kernel, 0x01.. network, 0x02..
// disk, 0x03.. faults, 0x10.. log, 0x11.. broker, 0x12.. client, 0x20.. scenario.
struct EventType {
  uint16_t id;
  const char* name;  // "log.append": lower case, area first
  // Appends the notation of the payload, one "name type" a line; the trace file carries it.
  void (*describe)(std::string& schema);
};

class Probe {
 public:
  // `entity` names what the event is about within its node (a partition, a connection, a file); the
  // cause is the event that led the running fiber here. Returns the new event's id.
  virtual EventId emit(const EventType& type, uint64_t entity, Bytes payload) = 0;
  // False lets callers skip building costly payloads of purely explanatory events.
  virtual bool wants_details() const = 0;

 protected:
  ~Probe() = default;
};

}  // namespace faultline
