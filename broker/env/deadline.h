// SPDX-License-Identifier: Apache-2.0
// with_deadline: runs a task and gives kTimedOut when it is not done by a point of the node's
// monotonic clock. The late task is cancelled and joined, so nothing of it runs afterwards.
#pragma once

#include <optional>
#include <utility>

#include "broker/env/clock.h"
#include "broker/env/scope.h"
#include "broker/env/sync.h"

namespace faultline {

template <class T>
struct DeadlineState {
  std::optional<Result<T>> result;
  bool has_expired = false;
  Notifier changed;
};

template <class T>
Task<void> run_for_deadline(Task<Result<T>> task, DeadlineState<T>* state) {
  Result<T> result = co_await std::move(task);
  state->result.emplace(std::move(result));
  state->changed.notify_all();
}

template <class T>
Task<void> expire_at_deadline(Timers* timers, Instant deadline, DeadlineState<T>* state) {
  const Result<void> slept = co_await timers->sleep_until(deadline);
  if (!slept) co_return;
  state->has_expired = true;
  state->changed.notify_all();
}

template <class T>
Task<Result<T>> with_deadline(Executor& executor, Timers& timers, Instant deadline,
                              Task<Result<T>> task) {
  DeadlineState<T> state;
  Scope scope(executor);
  scope.spawn(run_for_deadline(std::move(task), &state));
  scope.spawn(expire_at_deadline(&timers, deadline, &state));
  while (!state.result && !state.has_expired) {
    const Result<void> woken = co_await state.changed.wait();
    if (!woken) break;  // this fiber is being cancelled: fall through to the clean-up
  }
  const bool has_finished = state.result.has_value();
  scope.cancel();
  const Result<void> joined = co_await scope.join();
  if (!joined) co_return fail(ErrorCode::kCancelled);
  if (has_finished) co_return std::move(*state.result);
  co_return fail(state.has_expired ? ErrorCode::kTimedOut : ErrorCode::kCancelled);
}

}  // namespace faultline
