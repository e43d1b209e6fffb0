// SPDX-License-Identifier: Apache-2.0
// Handing work to threads and results back.
#include "broker/runtime/worker_pool.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "broker/runtime/system_error.h"

namespace faultline {

Result<std::unique_ptr<WorkerPool>> WorkerPool::create(EventLoop& loop, int threads) {
  FileDescriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.is_open()) return fail_errno("create an event descriptor");
  std::unique_ptr<WorkerPool> pool(new WorkerPool(loop, std::move(wake)));
  if (const Result<void> watched = loop.watch(pool->wake_, *pool); !watched) {
    pool->wake_.close();
    return std::unexpected(watched.error());
  }
  for (int i = 0; i < threads; ++i)
    pool->threads_.emplace_back([raw = pool.get()] { raw->run_thread(); });
  return pool;
}

WorkerPool::WorkerPool(EventLoop& loop, FileDescriptor wake)
    : loop_(loop), wake_(std::move(wake)) {}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  has_work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  if (wake_.is_open()) loop_.unwatch(wake_);
}

void WorkerPool::submit(std::unique_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(job));
  }
  has_work_.notify_one();
}

void WorkerPool::run_thread() {
  while (true) {
    std::unique_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      has_work_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      job = std::move(waiting_.front());
      waiting_.pop_front();
    }
    job->work();
    bool must_wake = false;
    {
      const std::lock_guard lock(mutex_);
      must_wake = done_.empty();
      done_.push_back(std::move(job));
    }
    const uint64_t one = 1;
    // Cannot fail: the counter never comes near its limit.
    if (must_wake) ASSERT(::write(wake_.number(), &one, sizeof one) == sizeof one);
  }
}

void WorkerPool::on_ready(uint32_t) {
  uint64_t count = 0;
  const auto ignored = ::read(wake_.number(), &count, sizeof count);
  (void)ignored;  // nothing there: another wake-up took it
  std::vector<std::unique_ptr<Job>> done;
  {
    const std::lock_guard lock(mutex_);
    done.swap(done_);
  }
  for (const std::unique_ptr<Job>& job : done) job->finish();
}

}  // namespace faultline
