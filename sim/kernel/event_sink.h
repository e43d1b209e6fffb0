// SPDX-License-Identifier: Apache-2.0
// EventSink: where all events of a world go. sim/trace implements it; the kernel only knows this
// much.
#pragma once

#include "broker/env/probe.h"

namespace faultline::sim {

class EventSink {
 public:
  // Files one event and names it: (node << 40 | its number on that node). Never fails.
  virtual EventId record(int64_t time_ns, int32_t node, const EventType& type, uint64_t entity,
                         EventId cause, const EventPayload& payload) = 0;
  virtual bool wants_details() const = 0;
  // As Probe's.
  virtual std::span<uint8_t> payload_room() { return {}; }

 protected:
  ~EventSink() = default;
};

// Numbers events and forgets them: for tests and benchmarks of the kernel alone.
class NullSink final : public EventSink {
 public:
  // NOLINTNEXTLINE(readability-function-size): the header of an event, in its order
  EventId record(int64_t, int32_t, const EventType&, uint64_t, EventId,
                 const EventPayload&) override {
    return ++count_;
  }
  bool wants_details() const override { return false; }
  uint64_t count() const { return count_; }

 private:
  uint64_t count_ = 0;
};

}  // namespace faultline::sim
