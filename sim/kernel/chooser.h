// SPDX-License-Identifier: Apache-2.0
// Chooser: decides which of several ready fibers runs next. Every real choice is logged by the
// identity of the chosen fiber, never by an index, so a log still means the same when a fault is
// taken out of the plan (design decision D5).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "broker/base/prng.h"
#include "broker/env/fiber.h"

namespace faultline::sim {

class Chooser {
 public:
  virtual ~Chooser() = default;
  // Index of the one to run. `ready` has at least two fibers, in the order in which they became
  // ready.
  virtual size_t pick(std::span<Fiber* const> ready) = 0;
  // False after a replay met a choice that its log does not fit.
  virtual bool is_on_track() const { return true; }
};

// First come, first served.
class FifoChooser final : public Chooser {
 public:
  size_t pick(std::span<Fiber* const>) override { return 0; }
};

// Uniform; the n-th choice of a seed is always the same draw.
class RandomChooser final : public Chooser {
 public:
  explicit RandomChooser(uint64_t seed) : draws_(seed, stream_id("chooser"), 0) {}
  size_t pick(std::span<Fiber* const> ready) override { return draws_.below(ready.size()); }

 private:
  Draws draws_;
};

// Follows a log of fiber ids. Where the logged fiber is not among the ready ones the run has
// diverged: it goes on first come first served and says so.
class ReplayChooser final : public Chooser {
 public:
  explicit ReplayChooser(std::vector<uint64_t> log) : log_(std::move(log)) {}
  size_t pick(std::span<Fiber* const> ready) override;
  bool is_on_track() const override { return is_on_track_; }
  size_t choices_used() const { return next_; }

 private:
  std::vector<uint64_t> log_;
  size_t next_ = 0;
  bool is_on_track_ = true;
};

}  // namespace faultline::sim
