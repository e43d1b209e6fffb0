// SPDX-License-Identifier: Apache-2.0
// The loop of a world.
#include "sim/kernel/kernel.h"

#include <utility>

#include "sim/kernel/processor.h"

namespace faultline::sim {

Kernel::Kernel(uint64_t seed, std::unique_ptr<Chooser> chooser, EventSink& sink)
    : seed_(seed), chooser_(std::move(chooser)), sink_(sink) {
  ASSERT(chooser_ != nullptr);
}

void Kernel::run_until(Instant limit) {
  while (!is_stopped()) {
    // All that is due at this instant first, so that the choice between its consequences is a real
    // one.
    if (wheel_.has_due() && wheel_.now() == now_) {
      fire_next(now_);
    } else if (has_runnable_fiber()) {
      run_one_fiber();
    } else if (!fire_next(limit)) {
      break;
    }
  }
  if (is_stopped() || limit <= now_ || limit == Instant::far_future()) return;
  wheel_.advance_to(limit);
  now_ = limit;
}

void Kernel::stop(std::string reason) {
  ASSERT(!reason.empty());
  if (stop_reason_.empty()) stop_reason_ = std::move(reason);
}

bool Kernel::fire_next(Instant limit) {
  TimedEvent* event = wheel_.pop(limit);
  if (event == nullptr) return false;
  ASSERT_OP(event->time().ns, >=, now_.ns);
  now_ = event->time();
  cause_ = 0;
  ++events_fired_;
  event->fire();
  return true;
}

void Kernel::add_runnable(Processor& processor) {
  if (!processor.is_linked()) runnable_.push_back(processor);
}

// A fiber may have died while it was ready, so a processor in the list can have nothing left to
// run.
bool Kernel::has_runnable_fiber() {
  while (!runnable_.empty() && !runnable_.front().has_ready()) runnable_.pop_front();
  return !runnable_.empty();
}

void Kernel::run_one_fiber() {
  Fiber& fiber = pick_fiber();
  auto& processor = static_cast<Processor&>(fiber.executor());
  ++resumes_;
  processor.run(fiber);
}

Fiber& Kernel::pick_fiber() {
  Processor& first = runnable_.front();
  if (first.has_one_ready() && runnable_.next(first) == nullptr) return first.first_ready();
  candidates_.clear();
  for (Processor* processor = &first; processor != nullptr; processor = runnable_.next(*processor))
    processor->collect_ready(candidates_);
  if (candidates_.size() == 1) return *candidates_.front();
  const size_t index = chooser_->pick(candidates_);
  ASSERT_OP(index, <, candidates_.size());
  choice_log_.push_back(candidates_[index]->id());
  return *candidates_[index];
}

}  // namespace faultline::sim
