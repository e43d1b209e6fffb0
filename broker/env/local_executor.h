// SPDX-License-Identifier: Apache-2.0
// LocalExecutor: the smallest loop, first come first served, without time. For tools and tests that
// run tasks over ports which complete at once.
#pragma once

#include "broker/env/scope.h"

namespace faultline {

class LocalExecutor final : public Executor {
 public:
  void make_ready(Fiber& fiber) override { ready_.push_back(fiber); }
  uint64_t next_fiber_id() override { return ++last_fiber_id_; }

  // Runs until nothing is ready; what waits for a later completion stays parked.
  void run_until_idle() {
    while (!ready_.empty()) ready_.pop_front().run();
  }

 private:
  uint64_t last_fiber_id_ = 0;
  IntrusiveList<Fiber, ReadyTag> ready_;
};

template <class T>
Task<void> store_result(Task<T> task, std::optional<T>* result) {
  T value = co_await std::move(task);
  result->emplace(std::move(value));
}

// Runs one task to its end; a bug if it waits for anything that does not come.
template <class T>
T run_to_completion(LocalExecutor& executor, Task<T> task) {
  std::optional<T> result;
  Scope scope(executor);
  scope.spawn(store_result(std::move(task), &result));
  executor.run_until_idle();
  ASSERT(result.has_value());
  return std::move(*result);
}

}  // namespace faultline
