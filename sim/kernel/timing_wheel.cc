// SPDX-License-Identifier: Apache-2.0
// Slot arithmetic of the wheel.
#include "sim/kernel/timing_wheel.h"

#include <bit>

namespace faultline::sim {

void TimingWheel::place(TimedEvent& event) {
  const uint64_t differing = static_cast<uint64_t>(event.time_ns_) ^ static_cast<uint64_t>(now_ns_);
  const int level = differing == 0 ? 0 : (63 - std::countl_zero(differing)) / kSlotBits;
  const int slot = static_cast<int>(event.time_ns_ >> (kSlotBits * level) & (kSlots - 1));
  event.slot_ = static_cast<uint32_t>(level * kSlots + slot);
  slots_[event.slot_].push_back(event);
  occupied_[level] |= uint64_t{1} << slot;
}

void TimingWheel::remove_from_slot(TimedEvent& event) {
  event.unlink();
  if (slots_[event.slot_].empty())
    occupied_[event.slot_ / kSlots] &= ~(uint64_t{1} << (event.slot_ % kSlots));
}

void TimingWheel::insert(TimedEvent& event, Instant time) {
  ASSERT(!event.is_scheduled());
  ASSERT_OP(time.ns, >=, now_ns_);
  event.time_ns_ = time.ns;
  place(event);
  ++size_;
}

void TimingWheel::cancel(TimedEvent& event) {
  if (!event.is_scheduled()) return;
  remove_from_slot(event);
  --size_;
}

// Every event of the slot goes to the level that its time deserves now.
void TimingWheel::spread(int level, int slot) {
  IntrusiveList<TimedEvent, WheelTag>& list = slots_[level * kSlots + slot];
  occupied_[level] &= ~(uint64_t{1} << slot);
  while (!list.empty()) {
    TimedEvent& event = list.pop_front();
    event.warm();
    place(event);
  }
}

// The first of the earliest events of a slot.
TimedEvent& TimingWheel::earliest_in(IntrusiveList<TimedEvent, WheelTag>& list) {
  TimedEvent* earliest = &list.front();
  for (TimedEvent* event = list.next(*earliest); event != nullptr; event = list.next(*event))
    if (event->time_ns_ < earliest->time_ns_) earliest = event;
  return *earliest;
}

TimedEvent* TimingWheel::pop(Instant limit) {
  if (size_ == 0) return nullptr;
  int level = 0;
  while (occupied_[level] == 0) ++level;
  const int slot = std::countr_zero(occupied_[level]);
  IntrusiveList<TimedEvent, WheelTag>& list = slots_[level * kSlots + slot];
  TimedEvent& event = level == 0 ? list.front() : earliest_in(list);
  if (event.time_ns_ > limit.ns) return nullptr;
  remove_from_slot(event);
  --size_;
  now_ns_ = event.time_ns_;
  if (level > 0 && !list.empty()) spread(level, slot);
  return &event;
}

void TimingWheel::advance_to(Instant time) {
  ASSERT_OP(time.ns, >=, now_ns_);
  if (size_ == 0) {
    now_ns_ = time.ns;
    return;
  }
  // Entries were placed relative to the old now: enter every slot range that `time` lies in.
  while (true) {
    const uint64_t differing = static_cast<uint64_t>(time.ns) ^ static_cast<uint64_t>(now_ns_);
    if (differing == 0) return;
    const int level = (63 - std::countl_zero(differing)) / kSlotBits;
    const int shift = kSlotBits * level;
    const int slot = static_cast<int>(time.ns >> shift & (kSlots - 1));
    now_ns_ = static_cast<int64_t>(static_cast<uint64_t>(time.ns) >> shift << shift);
    if (level == 0) return;  // its slots hold one instant each: nothing to spread
    spread(level, slot);
  }
}

}  // namespace faultline::sim
