// SPDX-License-Identifier: Apache-2.0
// Waiting for one another inside a node: Notifier (a condition), Mutex, Channel (bounded queue).
// All wake their waiters in order of arrival by making them ready; none works across loops. The
// normal answer to a lock across awaits is one owner loop with a Channel as inbox.
#pragma once

#include <deque>
#include <utility>

#include "broker/env/op.h"
#include "broker/env/task.h"

namespace faultline {

// Wakes waiters; remembers nothing. Check the condition again after wait(), in a loop.
class Notifier final : private OpOwner {
 public:
  class Wait final : public Op<void> {
   public:
    explicit Wait(Notifier& notifier) : notifier_(notifier) {}

   private:
    void start() override;
    Notifier& notifier_;
  };

  Wait wait() { return Wait(*this); }
  void notify_one();
  // Completing makes ready and runs nothing, so nobody can begin to wait meanwhile.
  void notify_all() {
    while (has_waiters()) notify_one();
  }
  bool has_waiters() const { return !waiters_.empty(); }

 private:
  void forget(OpBase& op) noexcept override { op.unlink(); }
  IntrusiveList<OpBase> waiters_;
};

// Mutual exclusion across awaits. lock() gives a guard; its destruction hands the lock on.
class Mutex final : private OpOwner {
 public:
  class Guard {
   public:
    Guard() = default;
    explicit Guard(Mutex& mutex) : mutex_(&mutex) {}
    Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Guard& operator=(Guard&& other) noexcept {
      std::swap(mutex_, other.mutex_);
      return *this;
    }
    ~Guard() {
      if (mutex_ != nullptr) mutex_->release();
    }

   private:
    Mutex* mutex_ = nullptr;
  };

  class Lock final : public Op<Guard> {
   public:
    explicit Lock(Mutex& mutex) : mutex_(mutex) {}

   private:
    void start() override;
    Mutex& mutex_;
  };

  Lock lock() { return Lock(*this); }
  bool is_locked() const { return is_locked_; }

 private:
  void forget(OpBase& op) noexcept override { op.unlink(); }
  void release();

  bool is_locked_ = false;
  IntrusiveList<Lock> waiters_;
};

// A queue between tasks, at most `capacity` long. close() lets receivers drain it, then gives
// kClosed.
template <class T>
class Channel {
 public:
  explicit Channel(size_t capacity) : capacity_(capacity) { ASSERT(capacity > 0); }

  Task<Result<void>> send(T value) {
    while (items_.size() >= capacity_ && !is_closed_) {
      CO_TRY(co_await room_.wait());
    }
    if (is_closed_) co_return fail(ErrorCode::kClosed);
    items_.push_back(std::move(value));
    filled_.notify_one();
    co_return Result<void>{};
  }
  // Without waiting; false when full or closed.
  bool try_send(T value) {
    if (items_.size() >= capacity_ || is_closed_) return false;
    items_.push_back(std::move(value));
    filled_.notify_one();
    return true;
  }
  Task<Result<T>> receive() {
    while (items_.empty()) {
      if (is_closed_) co_return fail(ErrorCode::kClosed);
      CO_TRY(co_await filled_.wait());
    }
    T value = std::move(items_.front());
    items_.pop_front();
    room_.notify_one();
    co_return value;
  }
  void close() {
    is_closed_ = true;
    filled_.notify_all();
    room_.notify_all();
  }
  size_t size() const { return items_.size(); }

 private:
  const size_t capacity_;
  bool is_closed_ = false;
  std::deque<T> items_;
  Notifier filled_;
  Notifier room_;
};

}  // namespace faultline
