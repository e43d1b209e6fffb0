// SPDX-License-Identifier: Apache-2.0
// The small ports for tests: clocks that the test sets, free work, counted chance, a probe that
// keeps the events.
#pragma once

#include <vector>

#include "broker/env/clock.h"
#include "broker/env/cpu.h"
#include "broker/env/emit.h"
#include "broker/env/random.h"

namespace faultline::testing {

class HandClock final : public Clock {
 public:
  Instant now() override { return monotonic; }
  WallTime wall_now() override { return wall; }
  void advance(Duration by) {
    monotonic = monotonic + by;
    wall = wall + by;
  }
  Instant monotonic{1'000'000'000};
  WallTime wall{1'700'000'000'000'000'000};
};

class FreeCpu final : public Cpu {
 public:
  void charge(Work, int64_t) override {}
};

class CountedRandom final : public Random {
 public:
  uint64_t next(uint64_t stream) override { return mix(1, stream, 0, counter_++); }

 private:
  uint64_t counter_ = 0;
};

class SilentProbe final : public Probe {
 public:
  EventId emit(const EventType&, uint64_t, const EventPayload&) override { return 1; }
  bool wants_details() const override { return false; }
};

class KeepingProbe final : public Probe {
 public:
  struct Event {
    uint16_t kind;
    Slice payload;
  };
  EventId emit(const EventType& type, uint64_t, const EventPayload& payload) override {
    events.push_back({type.id, Slice::copy_of(payload.bytes)});
    return events.size();
  }
  bool wants_details() const override { return true; }

  template <class Payload>
  std::vector<Payload> all() const {
    std::vector<Payload> found;
    for (const Event& event : events) {
      if (event.kind != Payload::kType.id) continue;
      found.push_back(*decode_event<Payload>(event.payload.view()));
    }
    return found;
  }
  std::vector<Event> events;
};

}  // namespace faultline::testing
