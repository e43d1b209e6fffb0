// SPDX-License-Identifier: Apache-2.0
// Kernel: virtual time and the one loop of a world. It fires timed events in order of (time,
// sequence) and runs ready fibers as the Chooser picks them; idle time is skipped. It knows no
// network, disk or program. One kernel is one world; several may live in one process. Not
// thread-safe, and needs no threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/base/intrusive_list.h"
#include "broker/base/time.h"
#include "sim/kernel/chooser.h"
#include "sim/kernel/event_sink.h"
#include "sim/kernel/timing_wheel.h"

namespace faultline::sim {

class Processor;

class Kernel {
 public:
  // `sink` outlives the kernel. Every random draw of the world hangs on `seed`.
  Kernel(uint64_t seed, std::unique_ptr<Chooser> chooser, EventSink& sink);
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  uint64_t seed() const { return seed_; }
  Instant now() const { return now_; }

  // Runs everything that happens up to and including `limit`; time then stands there, unless
  // stopped.
  void run_until(Instant limit);
  // Ends run_until() at the next event or fiber; the first reason stays.
  void stop(std::string reason);
  bool is_stopped() const { return !stop_reason_.empty(); }
  const std::string& stop_reason() const { return stop_reason_; }

  // A time before now() means now().
  void schedule(TimedEvent& event, Instant time) {
    wheel_.insert(event, time < now_ ? now_ : time);
  }
  void cancel(TimedEvent& event) { wheel_.cancel(event); }
  uint64_t pending_events() const { return wheel_.size(); }

  // --- causes: which event led to what happens now ---
  EventId cause() const { return cause_; }
  void set_cause(EventId cause) { cause_ = cause; }
  // Records an event of `node`, caused by cause(), and becomes the cause of what follows.
  EventId emit(int32_t node, int64_t time_ns, const EventType& type, uint64_t entity,
               const EventPayload& payload) {
    cause_ = sink_.record(time_ns, node, type, entity, cause_, payload);
    return cause_;
  }
  bool wants_details() const { return sink_.wants_details(); }
  std::span<uint8_t> payload_room() { return sink_.payload_room(); }

  // --- for Processor ---
  void add_runnable(Processor& processor);

  // Fiber ids in the order of all choices made so far between two or more ready fibers.
  const std::vector<uint64_t>& choice_log() const { return choice_log_; }
  bool is_replay_on_track() const { return chooser_->is_on_track(); }
  uint64_t resumes() const { return resumes_; }
  uint64_t events_fired() const { return events_fired_; }

 private:
  bool fire_next(Instant limit);
  bool has_runnable_fiber();
  void run_one_fiber();
  Fiber& pick_fiber();

  const uint64_t seed_;
  std::unique_ptr<Chooser> chooser_;
  EventSink& sink_;
  Instant now_{};
  EventId cause_ = 0;
  uint64_t resumes_ = 0;
  uint64_t events_fired_ = 0;
  std::string stop_reason_;
  std::vector<uint64_t> choice_log_;
  std::vector<Fiber*> candidates_;  // scratch of pick_fiber
  TimingWheel wheel_;
  IntrusiveList<Processor, struct RunnableTag> runnable_;
};

}  // namespace faultline::sim
