// SPDX-License-Identifier: Apache-2.0
// EventLoop: the real Executor. One thread runs ready fibers in the order in which they became
// ready, and waits in epoll for descriptors, timers and the results of worker threads. Own code
// over epoll(7), not a library: the loop is two hundred lines, does no allocation per event, and
// the order of wake-ups is in plain sight. A watcher is told of readiness once per change (edge
// triggered), and only between fibers, so it never disappears while events are handed out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "broker/base/assert.h"
#include "broker/env/scope.h"
#include "broker/runtime/file_descriptor.h"
#include "broker/runtime/timer_queue.h"

struct epoll_event;  // NOLINT(readability-identifier-naming): of <sys/epoll.h>

namespace faultline {

// Whoever waits for a descriptor. `events` are those of epoll. May complete Ops; runs no fibers.
class FdWatcher : public ListNode<> {
 public:
  virtual void on_ready(uint32_t events) = 0;

 protected:
  ~FdWatcher() = default;
};

class EventLoop final : public Executor {
 public:
  // Errors: kIo (no descriptors are left).
  static Result<std::unique_ptr<EventLoop>> create();

  void make_ready(Fiber& fiber) override { ready_.push_back(fiber); }
  uint64_t next_fiber_id() override { return ++last_fiber_id_; }

  RealClock& clock() { return clock_; }
  TimerQueue& timers() { return timers_; }

  // Tells `watcher` of input, output, hang-up and errors until unwatch() or until the descriptor is
  // closed. Errors: kIo.
  Result<void> watch(const FileDescriptor& file, FdWatcher& watcher);
  // Another watcher takes over.
  void rewatch(const FileDescriptor& file, FdWatcher& watcher);
  void unwatch(const FileDescriptor& file);

  // Goes up each time that the loop has looked outside.
  uint64_t turn() const { return turn_; }
  // Calls watcher.on_ready(0) in the next turn: for one that could go on at once but has had its
  // share of this one.
  void call_next_turn(FdWatcher& watcher) {
    if (!watcher.is_linked()) later_.push_back(watcher);
  }

  // Runs until `is_done`, which a fiber or a watcher sets. With nothing to wait for it waits.
  void run_until(const bool& is_done);
  // Runs `task` to its end, and everything else meanwhile.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    bool is_done = false;
    Scope scope(*this);
    scope.spawn(run_one(std::move(task), &result, &is_done));
    run_until(is_done);
    ASSERT(result.has_value());
    return std::move(*result);
  }

 private:
  explicit EventLoop(FileDescriptor epoll) : epoll_(std::move(epoll)) {}

  template <class T>
  static Task<void> run_one(Task<T> task, std::optional<T>* result, bool* is_done) {
    T value = co_await std::move(task);
    result->emplace(std::move(value));
    *is_done = true;
  }
  void run_ready();
  void call_later();
  void poll(bool may_wait);
  int wait(std::span<epoll_event> events, std::optional<Duration> timeout);

  FileDescriptor epoll_;
  RealClock clock_;
  TimerQueue timers_;
  uint64_t last_fiber_id_ = 0;
  uint64_t turn_ = 0;
  bool has_fine_wait_ = true;
  IntrusiveList<FdWatcher> later_;
  IntrusiveList<Fiber, ReadyTag> ready_;
};

}  // namespace faultline
