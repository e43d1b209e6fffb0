// SPDX-License-Identifier: Apache-2.0
// Fibers and the scopes that own them.
#include "broker/env/scope.h"

#include <memory>

namespace faultline {

Fiber::Fiber(Executor& executor, Scope& scope, std::coroutine_handle<> root)
    : executor_(executor), scope_(scope), root_(root), next_(root), id_(executor.next_fiber_id()) {}

Fiber::~Fiber() {
  ASSERT(!is_running_);
  root_.destroy();
}

void Fiber::run() {
  ASSERT(!is_running_ && waits_for_ == nullptr);
  is_running_ = true;
  while (next_) {
    const std::coroutine_handle<> handle = std::exchange(next_, nullptr);
    handle.resume();
    if (waits_for_ != nullptr) break;
  }
  is_running_ = false;
  if (!root_.done()) return;
  Scope& scope = scope_;
  delete this;  // a fiber is made by Scope::spawn with new, and this is the one place where it ends
  scope.on_fiber_end();
}

void Fiber::suspend(std::coroutine_handle<> handle, OpBase& op) {
  ASSERT(waits_for_ == nullptr);
  waits_for_ = &op;
  next_ = handle;
}

void Fiber::wake() {
  ASSERT(waits_for_ != nullptr);
  waits_for_ = nullptr;
  if (!is_running_) executor_.make_ready(*this);
}

void Fiber::cancel() {
  is_cancelled_ = true;
  if (waits_for_ != nullptr && waits_for_->is_pending()) waits_for_->cancel(ErrorCode::kCancelled);
}

Scope::~Scope() {
  while (!fibers_.empty()) delete &fibers_.front();
}

void Scope::spawn(Task<void> task) {
  const Task<void>::Handle root = task.release();
  auto fiber = std::make_unique<Fiber>(executor_, *this, root);
  root.promise().fiber = fiber.get();
  if (is_cancelled_) fiber->cancel();
  fibers_.push_back(*fiber);
  executor_.make_ready(*fiber.release());
}

void Scope::cancel() {
  is_cancelled_ = true;
  for (Fiber* fiber = fibers_.empty() ? nullptr : &fibers_.front(); fiber != nullptr;
       fiber = fibers_.next(*fiber))
    fiber->cancel();
}

void Scope::on_fiber_end() {
  if (fibers_.empty() && joiner_ != nullptr) std::exchange(joiner_, nullptr)->complete({});
}

void Scope::Join::start() {
  if (scope_.is_idle()) return complete({});
  ASSERT(scope_.joiner_ == nullptr);
  accept(scope_);
  scope_.joiner_ = this;
}

}  // namespace faultline
