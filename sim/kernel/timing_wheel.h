// SPDX-License-Identifier: Apache-2.0
// TimingWheel: pending events in order of (time, insertion). Eleven levels of 64 slots cover int64
// nanoseconds; insertion, cancelling and popping are O(1) amortised, and events of equal time come
// out in the order they went in, because a slot is spread to the level below in list order the
// moment time enters its range. Varghese and Lauck 1987; measured against heaps in the kernel
// benchmark.
#pragma once

#include <array>
#include <cstdint>

#include "broker/base/intrusive_list.h"
#include "broker/base/time.h"

namespace faultline::sim {

struct WheelTag;

// Something that happens at a time. Owned by whoever scheduled it; unscheduled by its destruction
// only through cancel(), so the owner must cancel first.
class TimedEvent : public ListNode<WheelTag> {
 public:
  TimedEvent() = default;
  bool is_scheduled() const { return is_linked(); }
  Instant time() const { return Instant{time_ns_}; }

  // Runs at its time, unlinked already, so it may schedule itself again.
  virtual void fire() = 0;
  // It will come soon: a place to prefetch what fire() touches. Must have no effect.
  virtual void warm() const {}

 protected:
  ~TimedEvent() = default;

 private:
  friend class TimingWheel;  // keeps its place in the wheel in the event
  int64_t time_ns_ = 0;
  uint32_t slot_ = 0;
};

class TimingWheel {
 public:
  // Requires time >= now() and that the event is not scheduled.
  void insert(TimedEvent& event, Instant time);
  void cancel(TimedEvent& event);
  // Takes the next event with time <= limit out; nullptr when there is none. now() follows it.
  TimedEvent* pop(Instant limit);
  bool empty() const { return size_ == 0; }
  uint64_t size() const { return size_; }
  Instant now() const { return Instant{now_ns_}; }
  // True when an event is due at exactly now().
  bool has_due() const { return (occupied_[0] >> (now_ns_ & 63) & 1) != 0; }
  // Moves time on when nothing is scheduled before `time`.
  void advance_to(Instant time);

 private:
  static constexpr int kLevels = 11;
  static constexpr int kSlotBits = 6;
  static constexpr int kSlots = 64;

  void place(TimedEvent& event);
  void remove_from_slot(TimedEvent& event);
  void spread(int level, int slot);
  static TimedEvent& earliest_in(IntrusiveList<TimedEvent, WheelTag>& list);

  int64_t now_ns_ = 0;
  uint64_t size_ = 0;
  std::array<uint64_t, kLevels> occupied_{};
  std::array<IntrusiveList<TimedEvent, WheelTag>, kLevels * kSlots> slots_;
};

}  // namespace faultline::sim
