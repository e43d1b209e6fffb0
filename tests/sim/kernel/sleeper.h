// SPDX-License-Identifier: Apache-2.0
// A node with nothing but a processor, a scope and timers in true time: what kernel tests need.
#pragma once

#include <memory>

#include "broker/env/clock.h"
#include "broker/env/scope.h"
#include "sim/kernel/processor.h"

namespace faultline::sim {

class TestNode final : public Timers, private OpOwner {
 public:
  TestNode(Kernel& kernel, int32_t id, const CostTable& costs = CostTable::free())
      : kernel(kernel), processor(kernel, id, costs), scope(std::make_unique<Scope>(processor)) {}
  ~TestNode() { scope.reset(); }

  void submit(SleepUntil& op) override {
    auto* timer = new Timer(*this, op);
    op.accept(*this);
    op.owner_token = reinterpret_cast<uint64_t>(timer);
    kernel.schedule(*timer, op.deadline());
  }

  Kernel& kernel;
  Processor processor;
  std::unique_ptr<Scope> scope;

 private:
  struct Timer final : TimedEvent {
    Timer(TestNode& node, SleepUntil& op) : node(node), op(op) {}
    void fire() override {
      SleepUntil& due = op;
      node.processor.note_outside_completion();
      delete this;
      due.complete({});
    }
    TestNode& node;
    SleepUntil& op;
  };

  void forget(OpBase& op) noexcept override {
    auto* timer = reinterpret_cast<Timer*>(op.owner_token);
    kernel.cancel(*timer);
    delete timer;
  }
};

}  // namespace faultline::sim
