// SPDX-License-Identifier: Apache-2.0
// Task<T>: a lazy coroutine, awaited exactly once, by the expression that made it or by a Scope. A
// child's call and return are not choice points: code between two awaits of Ops runs without
// interruption. A child runs on its parent's machine stack until it first waits, like any function,
// and what goes on later goes on from the fiber's trampoline: the stack is as deep as tasks await
// each other. An exception that leaves a task is a bug and ends the process. Rules (style guide,
// coroutines): arguments in named locals, one co_await per statement, no reference parameters
// except to services that outlive the task, no capturing lambda coroutines.
#pragma once

#include <coroutine>
#include <optional>
#include <utility>

#include "broker/base/assert.h"
#include "broker/env/fiber.h"

namespace faultline {

struct TaskPromiseBase {
  Fiber* fiber = nullptr;
  std::coroutine_handle<> continuation;  // of who waits; null: nobody, or whoever resumed the task

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) noexcept {
      TaskPromiseBase& promise = handle.promise();
      promise.fiber->continue_with(promise.continuation);
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  [[noreturn]] void unhandled_exception() { UNREACHABLE(); }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  std::coroutine_handle<TaskPromise> get_return_object() {
    return std::coroutine_handle<TaskPromise>::from_promise(*this);
  }
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    ASSERT(value.has_value());
    return std::move(*value);
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  std::coroutine_handle<TaskPromise> get_return_object() {
    return std::coroutine_handle<TaskPromise>::from_promise(*this);
  }
  void return_void() {}
  void take() {}
};

template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task(Handle handle) : handle_(handle) {}  // made from get_return_object
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  // For Scope: gives up the frame, which has not started yet.
  Handle release() { return std::exchange(handle_, nullptr); }

  class Awaiter {
   public:
    explicit Awaiter(Handle child) : child_(child) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> parent) noexcept {
      child_.promise().fiber = parent.promise().fiber;
      child_.resume();
      if (child_.done()) return false;
      child_.promise().continuation = parent;
      return true;
    }
    T await_resume() { return child_.promise().take(); }

   private:
    Handle child_;
  };
  Awaiter operator co_await() && { return Awaiter(handle_); }

 private:
  Handle handle_;
};

}  // namespace faultline
