// SPDX-License-Identifier: Apache-2.0
// A probe that keeps what a disk under test emits.
#pragma once

#include <string>
#include <vector>

#include "broker/env/emit.h"

namespace faultline::sim {

class RecordingProbe final : public Probe {
 public:
  EventId emit(const EventType& type, uint64_t entity, const EventPayload& payload) override {
    events.push_back({&type, entity, Slice::copy_of(payload.bytes)});
    return events.size();
  }
  bool wants_details() const override { return true; }

  // All payloads of one type, in order.
  template <class Payload>
  std::vector<Payload> all() const {
    std::vector<Payload> found;
    for (const Event& event : events)
      if (event.type->id == Payload::kType.id)
        found.push_back(*decode_event<Payload>(event.payload.view()));
    return found;
  }

  struct Event {
    const EventType* type;
    uint64_t entity;
    Slice payload;
  };
  std::vector<Event> events;
};

}  // namespace faultline::sim
