// SPDX-License-Identifier: Apache-2.0
// Op<T>: one pending request to the outside of a program (a timer, a read, a lock). It lives in the
// frame of the coroutine that awaits it, is started when awaited and completed exactly once. When
// its frame is destroyed first (a crash, a cancelled Scope) its destructor tells the owner to
// forget it; no destructor does I/O. A completion never resumes the waiter inline: it makes its
// Fiber ready (fiber.h). Shape after io_uring's and TigerBeetle's request objects; see the design,
// decisions D1 and D2.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "broker/base/assert.h"
#include "broker/base/intrusive_list.h"
#include "broker/base/result.h"
#include "broker/env/fiber.h"

namespace faultline {

class OpBase;

// Whoever holds started Ops: a port, a lock, a channel.
class OpOwner {
 public:
  // `op` will not be completed any more: drop every reference to it. Only the members of OpBase may
  // be touched, for the rest of the object may be gone already.
  virtual void forget(OpBase& op) noexcept = 0;

 protected:
  ~OpOwner() = default;
};

class OpBase : public ListNode<> {
 public:
  OpBase(const OpBase&) = delete;
  OpBase& operator=(const OpBase&) = delete;

  bool is_pending() const { return owner_ != nullptr; }
  // Free for the owner while the op is pending, e.g. the number of its timer.
  uint64_t owner_token = 0;

  // The coroutine that waits; valid while pending.
  Fiber& fiber() const { return *fiber_; }

  // Takes the op back from its owner and completes it with `code`.
  void cancel(ErrorCode code) {
    ASSERT(is_pending());
    owner_->forget(*this);
    complete_error(Error(code));
  }
  virtual void complete_error(Error error) = 0;

  // Awaiter interface.
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> handle) {
    ASSERT(fiber_ == nullptr);
    fiber_ = handle.promise().fiber;
    if (fiber_->is_cancelled()) return fail_at_once();
    fiber_->suspend(handle, *this);
    start();
    return fiber_->is_parked();
  }

 protected:
  OpBase() = default;
  ~OpBase() {
    if (is_pending()) {
      OpOwner* owner = std::exchange(owner_, nullptr);
      owner->forget(*this);
      unlink();
    }
  }
  // Hands the op to its owner, which calls accept() and later complete(), or complete() at once.
  virtual void start() = 0;
  virtual bool fail_at_once() = 0;

  void finish() {
    owner_ = nullptr;
    unlink();
    fiber_->wake();
  }

  OpOwner* owner_ = nullptr;
  Fiber* fiber_ = nullptr;
};

template <class T = void>
class Op : public OpBase {
 public:
  // The owner takes responsibility: it will complete or be told to forget.
  void accept(OpOwner& owner) {
    ASSERT(owner_ == nullptr);
    owner_ = &owner;
  }
  // Completes the op. Call after start() began, once.
  void complete(Result<T> result) {
    ASSERT(!result_.has_value());
    result_.emplace(std::move(result));
    finish();
  }
  void complete_error(Error error) override { complete(std::unexpected(std::move(error))); }

  [[nodiscard]] Result<T> await_resume() {
    ASSERT(result_.has_value());
    return std::move(*result_);
  }

 protected:
  ~Op() = default;
  bool fail_at_once() override {
    result_.emplace(std::unexpected(Error(ErrorCode::kCancelled)));
    return false;
  }

 private:
  std::optional<Result<T>> result_;
};

}  // namespace faultline
