// SPDX-License-Identifier: Apache-2.0
// A fixed set of threads that take tasks from a shared counter. They spin for a moment between
// jobs, because a search hands out thousands of small ones a second, and sleep after that.
#include "model/explore/workers.h"

#include <atomic>
#include <thread>
#include <vector>

#include "broker/base/assert.h"

namespace faultline::model {

struct Workers::Threads {
  std::atomic<uint32_t> round{0};  // a new value starts a job
  std::atomic<uint32_t> busy{0};   // threads that have not finished this job
  std::atomic<size_t> next_task{0};
  size_t tasks = 0;
  Job* job = nullptr;                // null: the threads end
  std::vector<std::thread> threads;  // joined by ~Workers (libc++ has no jthread yet)

  static constexpr int kSpins = 2000;

  // Returns once `value` differs from `old`.
  static void await_change(const std::atomic<uint32_t>& value, uint32_t old) {
    for (int i = 0; i < kSpins; ++i) {
      if (value.load(std::memory_order_acquire) != old) return;
      __builtin_ia32_pause();
    }
    value.wait(old, std::memory_order_acquire);
  }

  void take_tasks(unsigned worker) {
    while (true) {
      const size_t task = next_task.fetch_add(1, std::memory_order_relaxed);
      if (task >= tasks) return;
      job->do_task(task, worker);
    }
  }

  void work(unsigned worker) {
    for (uint32_t seen = 0;; ++seen) {
      await_change(round, seen);
      if (job == nullptr) return;
      take_tasks(worker);
      if (busy.fetch_sub(1, std::memory_order_acq_rel) == 1) busy.notify_one();
    }
  }

  void start(size_t task_count, Job* next) {
    job = next;
    tasks = task_count;
    next_task.store(0, std::memory_order_relaxed);
    busy.store(static_cast<uint32_t>(threads.size()), std::memory_order_relaxed);
    round.fetch_add(1, std::memory_order_release);
    round.notify_all();
  }
};

Workers::Workers(unsigned count) : count_(count) {
  ASSERT(count_ > 0);
  if (count_ == 1) return;
  threads_ = std::make_unique<Threads>();
  for (unsigned worker = 1; worker < count_; ++worker)
    threads_->threads.emplace_back([threads = threads_.get(), worker] { threads->work(worker); });
}

Workers::~Workers() {
  if (!threads_) return;
  threads_->start(0, nullptr);
  for (std::thread& thread : threads_->threads) thread.join();
}

void Workers::run(size_t tasks, Job& job) {
  if (!threads_ || tasks == 1) {
    for (size_t task = 0; task < tasks; ++task) job.do_task(task, 0);
    return;
  }
  threads_->start(tasks, &job);
  threads_->take_tasks(0);
  while (true) {
    const uint32_t busy = threads_->busy.load(std::memory_order_acquire);
    if (busy == 0) return;
    Threads::await_change(threads_->busy, busy);
  }
}

}  // namespace faultline::model
