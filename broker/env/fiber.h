// SPDX-License-Identifier: Apache-2.0
// Fiber: one spawned coroutine with all children that it awaits; the unit of scheduling. At any
// time a fiber is running, ready, or waits for exactly one Op. Executor: the loop that runs ready
// fibers; which of several comes next is its choice, and each is a choice point of the simulator
// (decision D5).
#pragma once

#include <coroutine>
#include <cstdint>

#include "broker/base/intrusive_list.h"

namespace faultline {

class Executor;
class Fiber;
class OpBase;
class Scope;

struct ScopeTag;
struct ReadyTag;

class Executor {
 public:
  // Queues a fiber that can go on. Never resumes it inline.
  virtual void make_ready(Fiber& fiber) = 0;
  // A stable name for the next fiber spawned here; equal in every run with the same history of
  // spawns.
  virtual uint64_t next_fiber_id() = 0;

 protected:
  ~Executor() = default;
};

class Fiber final : public ListNode<ScopeTag>, public ListNode<ReadyTag> {
 public:
  // Takes over `root`, a started-nothing coroutine, and destroys it with itself.
  Fiber(Executor& executor, Scope& scope, std::coroutine_handle<> root);
  ~Fiber();

  uint64_t id() const { return id_; }
  bool is_cancelled() const { return is_cancelled_; }
  bool is_running() const { return is_running_; }
  Executor& executor() const { return executor_; }

  // Runs until it waits for an Op or ends; only the Executor calls this. When the root has ended
  // the fiber is destroyed before run() returns. A trampoline instead of symmetric transfer, with
  // which g++ 12 overflows the machine stack.
  void run();

  // For awaiters: the coroutine that the trampoline takes up next, at once and without a choice
  // point.
  void continue_with(std::coroutine_handle<> handle) { next_ = handle; }
  // For Op: parks the fiber at `handle` until wake().
  void suspend(std::coroutine_handle<> handle, OpBase& op);
  void wake();
  // For Op: false when wake() came at once. Then the coroutine goes on, and whatever it does next
  // says anew what is to be taken up.
  bool is_parked() const { return waits_for_ != nullptr; }

  // For Scope::cancel: completes what the fiber waits for with kCancelled; later Ops fail at once.
  void cancel();

  // Free for the host: the event that made this fiber ready, and its own latest one (see probe.h).
  uint64_t last_event = 0;
  // Free for the host: which node this fiber belongs to.
  void* host = nullptr;

 private:
  Executor& executor_;
  Scope& scope_;
  std::coroutine_handle<> root_;
  std::coroutine_handle<> next_;
  OpBase* waits_for_ = nullptr;
  uint64_t id_;
  bool is_cancelled_ = false;
  bool is_running_ = false;
};

}  // namespace faultline
