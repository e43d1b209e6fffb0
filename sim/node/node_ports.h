// SPDX-License-Identifier: Apache-2.0
// The simulated Clock, Timers, Random and Probe ports of one node. They live as long as the
// machine; the process that uses them may die and start again.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "broker/env/clock.h"
#include "broker/env/probe.h"
#include "broker/env/random.h"
#include "sim/kernel/processor.h"
#include "sim/node/node_clock.h"

namespace faultline::sim {

class SimClock final : public Clock {
 public:
  SimClock(const Processor& processor, const NodeClock& clock)
      : processor_(processor), clock_(clock) {}
  Instant now() override { return clock_.monotonic_at(processor_.local_time()); }
  WallTime wall_now() override { return clock_.wall_at(processor_.local_time()); }

 private:
  const Processor& processor_;
  const NodeClock& clock_;
};

// Deadlines are of the node's monotonic clock and are mapped to true time; rearm() after the clock
// changed.
class SimTimers final : public Timers, private OpOwner {
 public:
  SimTimers(Processor& processor, const NodeClock& clock) : processor_(processor), clock_(clock) {}
  ~SimTimers();

  void submit(SleepUntil& op) override;
  void rearm();
  size_t active_count() const { return timers_.size() - free_.size(); }

 private:
  struct Timer final : TimedEvent {
    explicit Timer(SimTimers& timers) : owner(timers) {}
    void fire() override { owner.expire(*this); }
    // The op lies in the frame that will go on, and its fiber leads there. No loops: it is hot.
    void warm() const override {
      const auto* frame = reinterpret_cast<const char*>(op);
      const auto* fiber = reinterpret_cast<const char*>(&op->fiber());
      __builtin_prefetch(frame - 64);
      __builtin_prefetch(frame);
      __builtin_prefetch(frame + 64);
      __builtin_prefetch(fiber);
      __builtin_prefetch(fiber + 64);
    }
    SimTimers& owner;
    SleepUntil* op = nullptr;
    Instant deadline;
    EventId cause = 0;
  };

  void forget(OpBase& op) noexcept override;
  void arm(Timer& timer);
  void expire(Timer& timer);
  void release(Timer& timer);

  Processor& processor_;
  const NodeClock& clock_;
  std::vector<std::unique_ptr<Timer>> timers_;  // all that were ever needed at once
  std::vector<Timer*> free_;
};

// Draws are keyed by (seed, stream, node and incarnation, number in the stream).
class SimRandom final : public Random {
 public:
  SimRandom(uint64_t seed, int32_t node) : seed_(seed), node_(node) {}
  uint64_t next(uint64_t stream) override;
  void restart() {
    ++incarnation_;
    counters_.clear();
  }

 private:
  const uint64_t seed_;
  const int32_t node_;
  uint64_t incarnation_ = 0;
  std::map<uint64_t, uint64_t> counters_;
};

class SimProbe final : public Probe {
 public:
  explicit SimProbe(Processor& processor) : processor_(processor) {}
  EventId emit(const EventType& type, uint64_t entity, const EventPayload& payload) override {
    return processor_.kernel().emit(processor_.node(), processor_.local_time().ns, type, entity,
                                    payload);
  }
  bool wants_details() const override { return processor_.kernel().wants_details(); }
  std::span<uint8_t> payload_room() override { return processor_.kernel().payload_room(); }

 private:
  Processor& processor_;
};

}  // namespace faultline::sim
