// SPDX-License-Identifier: Apache-2.0
// WorkerPool: threads for calls that block and have no other form (fsync, rename, a read that
// misses the page cache, a name lookup). Work runs on a thread and touches only what it was given;
// its result is taken up on the loop. An Op that is forgotten meanwhile leaves its work to end
// unseen.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "broker/runtime/event_loop.h"

namespace faultline {

class WorkerPool final : private FdWatcher {
 public:
  class Job {
   public:
    virtual ~Job() = default;
    virtual void work() = 0;    // on a thread
    virtual void finish() = 0;  // on the loop, unless the pool dies first
  };

  // Errors: kIo, kTooLarge (descriptors).
  static Result<std::unique_ptr<WorkerPool>> create(EventLoop& loop, int threads);
  // Ends what was submitted; results are dropped.
  ~WorkerPool();

  void submit(std::unique_ptr<Job> job);
  // Completes `op` with what `work()` gives: a Result<T>. `kept` stays alive until then and is only
  // touched on the loop.
  template <class T, class Work, class Kept>
  void run(Op<T>& op, Work work, Kept kept) {
    auto job = std::make_unique<OpJob<T, Work, Kept>>(op, std::move(work), std::move(kept));
    op.accept(*job);
    submit(std::move(job));
  }

 private:
  template <class T, class Work, class Kept>
  class OpJob final : public Job, public OpOwner {
   public:
    OpJob(Op<T>& op, Work work, Kept kept)
        : op_(&op), work_(std::move(work)), kept_(std::move(kept)) {}
    void work() override { result_ = work_(); }
    void finish() override {
      if (op_ != nullptr) op_->complete(std::move(result_));
    }
    void forget(OpBase&) noexcept override { op_ = nullptr; }

   private:
    Op<T>* op_;
    Work work_;
    Kept kept_;
    Result<T> result_ = std::unexpected(Error(ErrorCode::kCancelled));
  };

  WorkerPool(EventLoop& loop, FileDescriptor wake);
  void on_ready(uint32_t events) override;
  void run_thread();

  EventLoop& loop_;
  FileDescriptor wake_;  // an eventfd
  std::mutex mutex_;     // guards waiting_, done_, is_stopping_
  std::condition_variable has_work_;
  std::deque<std::unique_ptr<Job>> waiting_;
  std::vector<std::unique_ptr<Job>> done_;
  bool is_stopping_ = false;
  std::vector<std::thread> threads_;  // joined by ~WorkerPool (libc++ has no jthread yet)
};

}  // namespace faultline
