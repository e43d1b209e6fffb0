// SPDX-License-Identifier: Apache-2.0
// Scope: owns fibers. Nothing runs outside a scope, so destroying it destroys all that it started:
// that is a crash in the simulator. In the real runtime a scope is cancelled and joined first. Make
// it the last member of the object whose data its tasks use, so that it dies first.
#pragma once

#include "broker/base/intrusive_list.h"
#include "broker/env/op.h"
#include "broker/env/task.h"

namespace faultline {

class Scope final : private OpOwner {
 public:
  explicit Scope(Executor& executor) : executor_(executor) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  // Destroys the frames of all fibers, children of children included. Must not be called from one
  // of them.
  ~Scope();

  // Makes `task` a fiber and queues it. Its parameters must be values or outlive this scope.
  void spawn(Task<void> task);
  // Completes every wait inside with kCancelled, now and from now on. Fibers then return by
  // themselves.
  void cancel();

  bool is_idle() const { return fibers_.empty(); }
  bool is_cancelled() const { return is_cancelled_; }

  // Waits until the scope is idle: `co_await scope.join()`. At most one waiter.
  class Join final : public Op<void> {
   public:
    explicit Join(Scope& scope) : scope_(scope) {}

   private:
    void start() override;
    Scope& scope_;
  };
  Join join() { return Join(*this); }

  // For Fiber, when its root has ended.
  void on_fiber_end();

 private:
  void forget(OpBase&) noexcept override { joiner_ = nullptr; }

  Executor& executor_;
  Join* joiner_ = nullptr;
  bool is_cancelled_ = false;
  IntrusiveList<Fiber, ScopeTag> fibers_;
};

}  // namespace faultline
