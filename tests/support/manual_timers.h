// SPDX-License-Identifier: Apache-2.0
// ManualTimers: sleeps that end when the test moves the clock.
#pragma once

#include <map>

#include "broker/env/clock.h"
#include "tests/support/hand_ports.h"

namespace faultline::testing {

class ManualTimers final : public Timers, private OpOwner {
 public:
  explicit ManualTimers(HandClock& clock) : clock_(clock) {}

  void submit(SleepUntil& op) override {
    if (op.deadline() <= clock_.now()) return op.complete({});
    op.accept(*this);
    op.owner_token = ++last_token_;
    pending_[op.owner_token] = &op;
  }
  // The earliest deadline that somebody waits for; far_future when nobody does.
  Instant next() const {
    Instant earliest = Instant::far_future();
    for (const auto& [token, op] : pending_) earliest = std::min(earliest, op->deadline());
    return earliest;
  }
  // Moves the clock to `until` and completes what is due there; the caller runs the executor.
  void advance_to(Instant until) {
    if (until > clock_.now()) clock_.advance(until - clock_.now());
    for (auto entry = pending_.begin(); entry != pending_.end();) {
      SleepUntil* op = entry->second;
      ++entry;
      if (op->deadline() > clock_.now()) continue;
      pending_.erase(op->owner_token);
      op->complete({});
    }
  }
  size_t pending_count() const { return pending_.size(); }

 private:
  void forget(OpBase& op) noexcept override { pending_.erase(op.owner_token); }

  HandClock& clock_;
  uint64_t last_token_ = 0;
  std::map<uint64_t, SleepUntil*> pending_;
};

}  // namespace faultline::testing
