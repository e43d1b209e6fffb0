// SPDX-License-Identifier: Apache-2.0
// Callback: a timed event of a world that runs a function, for the few things that are not hot.
#pragma once

#include <functional>
#include <utility>

#include "sim/world/world.h"

namespace faultline::sim {

class World::Callback final : public TimedEvent {
 public:
  explicit Callback(std::function<void()> action) : action_(std::move(action)) {}
  void fire() override { action_(); }

 private:
  std::function<void()> action_;
};

}  // namespace faultline::sim
