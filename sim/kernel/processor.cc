// SPDX-License-Identifier: Apache-2.0
// Ready fibers, busy time and livelock of one node.
#include "sim/kernel/processor.h"

#include <string>

namespace faultline::sim {
namespace {

constexpr uint64_t kResumesMax = 1'000'000;
constexpr int64_t kMillisecondNs = 1'000'000;

}  // namespace

Processor::Processor(Kernel& kernel, int32_t node, const CostTable& costs)
    : kernel_(kernel), node_(node), costs_(costs), wake_(*this) {}

Processor::~Processor() { kernel_.cancel(wake_); }

void Processor::restart() {
  // The ready list empties itself: the fibers of the old process are gone.
  ASSERT(ready_.empty());
  ++incarnation_;
  fibers_made_ = 0;
  busy_until_ = kernel_.now();
  resumes_since_outside_ = 0;
  unlink();
  kernel_.cancel(wake_);
}

uint64_t Processor::next_fiber_id() {
  // node, incarnation, spawn number: 16, 16 and 32 bits.
  ++fibers_made_;
  ASSERT_OP(fibers_made_, <, uint64_t{1} << 32);
  return static_cast<uint64_t>(static_cast<uint16_t>(node_)) << 48 | (incarnation_ & 0xffff) << 32 |
         fibers_made_;
}

void Processor::make_ready(Fiber& fiber) {
  fiber.last_event = kernel_.cause();
  ready_.push_back(fiber);
  become_runnable();
}

void Processor::become_runnable() {
  if (is_paused_ || ready_.empty()) return;
  if (busy_until_ <= kernel_.now()) {
    kernel_.add_runnable(*this);
  } else if (!wake_.is_scheduled()) {
    kernel_.schedule(wake_, busy_until_);
  }
}

void Processor::set_paused(bool is_paused) {
  is_paused_ = is_paused;
  if (is_paused_) {
    unlink();
    kernel_.cancel(wake_);
  } else {
    become_runnable();
  }
}

void Processor::collect_ready(std::vector<Fiber*>& out) {
  for (Fiber* fiber = ready_.empty() ? nullptr : &ready_.front(); fiber != nullptr;
       fiber = ready_.next(*fiber))
    out.push_back(fiber);
}

void Processor::run(Fiber& fiber) {
  static_cast<ListNode<ReadyTag>&>(fiber).unlink();
  kernel_.set_cause(fiber.last_event);
  charge_ps(costs_.resume_ps);
  watch_for_livelock();
  fiber.run();
  ListNode<RunnableTag>::unlink();
  become_runnable();
}

void Processor::charge(Work kind, int64_t amount) {
  ASSERT_OP(amount, >=, 0);
  charge_ps(costs_.work_ps[static_cast<size_t>(kind)] * amount);
}

void Processor::charge_ps(int64_t cost_ps) {
  if (cost_ps == 0) return;
  if (price_percent_ != 100) cost_ps = cost_ps * price_percent_ / 100;
  busy_total_ps_ += cost_ps;
  fraction_ps_ += cost_ps;
  busy_until_ = local_time() + Duration{fraction_ps_ / 1000};
  fraction_ps_ %= 1000;
}

void Processor::watch_for_livelock() {
  if (kernel_.now().ns >= millisecond_end_ns_) {
    millisecond_end_ns_ = (kernel_.now().ns / kMillisecondNs + 1) * kMillisecondNs;
    resumes_in_millisecond_ = 0;
  }
  ++resumes_in_millisecond_;
  ++resumes_since_outside_;
  if (resumes_in_millisecond_ >= kResumesMax || resumes_since_outside_ >= kResumesMax) [[unlikely]]
    stop_for_livelock();
}

void Processor::stop_for_livelock() {
  kernel_.stop("livelock: node " + std::to_string(node_) + " ran " + std::to_string(kResumesMax) +
               (resumes_in_millisecond_ >= kResumesMax
                    ? " times within one simulated millisecond"
                    : " times without anything from outside completing"));
}

}  // namespace faultline::sim
