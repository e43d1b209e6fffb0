// SPDX-License-Identifier: Apache-2.0
// Pool: child processes that play seeds, one at a time each. A child that dies takes only its seed
// with it: that becomes an outcome which says how, and another child takes its place. Children
// ignore the interrupt key; they end with the pool.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/search/outcome.h"

namespace faultline::search {

class Pool {
 public:
  using Player = std::function<Played(uint64_t seed)>;

  // `play` runs in the children. `hang_ms`: a seed that takes longer is given up; 0: never.
  Pool(Player play, size_t jobs, int64_t hang_ms = 0);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  bool has_idle() const;
  size_t busy() const;
  // Requires an idle child.
  void give(uint64_t seed);
  // What has come within that time, at least one if any is under way and time allows.
  std::vector<Played> wait(int timeout_ms);

 private:
  struct Worker;

  void start(Worker& worker);
  void stop(Worker& worker);
  // Null where the answer is not complete yet.
  std::unique_ptr<Played> receive(Worker& worker);
  Played bury(Worker& worker, bool is_hung);
  [[noreturn]] void serve(int commands, int answers);

  Player play_;
  int64_t hang_ms_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace faultline::search
