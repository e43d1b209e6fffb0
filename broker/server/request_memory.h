// SPDX-License-Identifier: Apache-2.0
// How much memory all requests that are still arriving may take together: queued.max.request.bytes.
// As in Kafka a request takes its whole length once that is known, even beyond the limit; the next
// one waits until some is given back.
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker/base/assert.h"
#include "broker/env/sync.h"

namespace faultline::server {

class RequestMemory {
 public:
  // Not positive: without limit.
  explicit RequestMemory(int64_t limit) : limit_(limit) {}

  bool try_take(size_t bytes) {
    if (limit_ > 0 && taken_ >= limit_) return false;
    taken_ += static_cast<int64_t>(bytes);
    return true;
  }
  void give_back(size_t bytes) {
    if (bytes == 0) return;
    taken_ -= static_cast<int64_t>(bytes);
    ASSERT_OP(taken_, >=, 0);
    freed_.notify_all();
  }
  Notifier& freed() { return freed_; }
  int64_t taken() const { return taken_; }

 private:
  const int64_t limit_;
  int64_t taken_ = 0;
  Notifier freed_;
};

}  // namespace faultline::server
