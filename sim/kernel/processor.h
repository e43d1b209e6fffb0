// SPDX-License-Identifier: Apache-2.0
// Processor: the CPU of one node as a queue with a price list (design decision D6). A fiber that
// charges work makes the node busy until later; what it does after the charge happens at that later
// local time, and the node's other fibers wait until then. It is the node's Executor and its Cpu
// port, and it detects livelock: 1,000,000 resumes without anything from outside the node
// completing, or within one simulated millisecond.
#pragma once

#include <array>
#include <cstdint>

#include "broker/env/cpu.h"
#include "broker/env/fiber.h"
#include "sim/kernel/kernel.h"

namespace faultline::sim {

struct RunnableTag;

// Prices in picoseconds, so that bytes can cost less than a nanosecond.
struct CostTable {
  int64_t resume_ps = 200'000;
  std::array<int64_t, kWorkKinds> work_ps = {
      6'000'000,  // request
      250,        // network byte
      50,         // checksum byte
      4'000,      // compressed byte
      1'000,      // decompressed byte
      60'000,     // record
      2'000'000,  // log append
      1'500'000,  // log read
  };
  static CostTable free() { return {.resume_ps = 0, .work_ps = {}}; }
};

class Processor final : public Executor, public Cpu, public ListNode<RunnableTag> {
 public:
  Processor(Kernel& kernel, int32_t node, const CostTable& costs);
  ~Processor();

  // The node's time: the kernel's, or later while charged work is being done. Effects start here.
  Instant local_time() const { return busy_until_ > kernel_.now() ? busy_until_ : kernel_.now(); }
  int32_t node() const { return node_; }
  Kernel& kernel() const { return kernel_; }
  // Multiplies all prices by percent / 100 from now on: a slow or throttled machine.
  void set_speed_percent(int64_t percent) { price_percent_ = percent; }

  // A timer, packet or disk answer reached the node: it is not spinning by itself.
  void note_outside_completion() { resumes_since_outside_ = 0; }
  // A new incarnation of the node's process: fiber ids start again, distinct from all before; work
  // that the old process was charged is gone with it.
  void restart();
  // Nothing of the node runs while paused (a stopped VM); fibers pile up.
  void set_paused(bool is_paused);
  Duration busy_time() const { return Duration{busy_total_ps_ / 1000}; }

  void make_ready(Fiber& fiber) override;
  uint64_t next_fiber_id() override;
  void charge(Work kind, int64_t amount) override;

  // --- for Kernel ---
  bool has_ready() const { return !ready_.empty(); }
  bool has_one_ready() { return has_ready() && ready_.next(ready_.front()) == nullptr; }
  Fiber& first_ready() { return ready_.front(); }
  void collect_ready(std::vector<Fiber*>& out);
  void run(Fiber& fiber);

 private:
  class Wake final : public TimedEvent {
   public:
    explicit Wake(Processor& processor) : processor_(processor) {}
    void fire() override { processor_.become_runnable(); }

   private:
    Processor& processor_;
  };

  void become_runnable();
  void charge_ps(int64_t cost_ps);
  void watch_for_livelock();
  void stop_for_livelock();

  Kernel& kernel_;
  const int32_t node_;
  const CostTable costs_;
  Instant busy_until_{};
  int64_t price_percent_ = 100;
  int64_t fraction_ps_ = 0;  // below one nanosecond, carried on
  int64_t busy_total_ps_ = 0;
  bool is_paused_ = false;
  uint64_t incarnation_ = 0;
  uint64_t fibers_made_ = 0;
  uint64_t resumes_since_outside_ = 0;
  uint64_t resumes_in_millisecond_ = 0;
  int64_t millisecond_end_ns_ = 0;
  Wake wake_;
  IntrusiveList<Fiber, ReadyTag> ready_;
};

}  // namespace faultline::sim
