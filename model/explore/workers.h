// SPDX-License-Identifier: Apache-2.0
// Workers: the only threads of the project outside the real broker. They do numbered tasks, in no
// particular order, so tasks of one job may not touch what another one writes; what a job computes
// then cannot depend on how many threads there are.
#pragma once

#include <cstddef>
#include <memory>

namespace faultline::model {

class Job {
 public:
  // `worker` < Workers::count(): no two tasks of one worker overlap.
  virtual void do_task(size_t task, unsigned worker) = 0;

 protected:
  ~Job() = default;
};

class Workers {
 public:
  // At least one; the calling thread is worker 0.
  explicit Workers(unsigned count);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  unsigned count() const { return count_; }
  // Does the tasks 0 .. tasks - 1 and returns when all are done.
  void run(size_t tasks, Job& job);

 private:
  struct Threads;

  unsigned count_;
  std::unique_ptr<Threads> threads_;
};

}  // namespace faultline::model
