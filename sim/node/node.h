// SPDX-License-Identifier: Apache-2.0
// Node: a simulated machine's processor and clocks, and the one process on it. The process is a
// Program that sees only its Env. Killing it destroys its frames wherever they wait and runs no
// clean-up of its own: what the program must survive. Disk and network belong to the machine and
// outlive the process; their own rules say what a kill or a power loss does to them (the world
// calls both).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "broker/base/ids.h"
#include "broker/env/env.h"
#include "broker/env/scope.h"
#include "sim/node/node_ports.h"

namespace faultline::sim {

// What a node runs. Destroyed after its frames, so a Scope of its own is fine as a member.
class Program {
 public:
  virtual ~Program() = default;
  // The life of the process; returning is an orderly exit.
  virtual Task<void> run() = 0;
  // run() is to return soon. Programs that cannot be asked ignore it.
  virtual void request_stop() {}
};

struct NodeConfig {
  NodeId id;
  std::string name;
  ClockConfig clock;
  CostTable costs;
};

class Node {
 public:
  using ProgramFactory = std::function<std::unique_ptr<Program>(Env& env)>;

  Node(Kernel& kernel, const NodeConfig& config);
  ~Node();

  // Once, before start(): the machine's ports. Both outlive the node.
  void attach(Network& network, Disk& disk);

  // Starts a process; requires that none runs.
  void start(const ProgramFactory& make_program);
  // The process vanishes at this instant. Must not be called from one of its own fibers.
  void kill();
  bool is_running() const { return program_ != nullptr; }
  // True after run() returned by itself, until the next start() or kill().
  bool has_exited() const { return has_exited_; }

  NodeId id() const { return config_.id; }
  const std::string& name() const { return config_.name; }
  Processor& processor() { return processor_; }
  Program* program() { return program_.get(); }
  Probe& probe() { return probe_; }
  // Called in the process's last moment when it ends by itself: schedule what follows, do not
  // restart.
  void set_on_exit(std::function<void()> on_exit) { on_exit_ = std::move(on_exit); }

  // Clock faults; true time is the kernel's.
  void step_wall_clock(Duration by);
  // Takes all steps back, as a time service would: the wall clock is the monotonic one since its
  // start.
  void set_wall_clock_right();
  void set_clock_drift(int64_t drift_ppb);
  void freeze_clock();
  void thaw_clock();

 private:
  static Task<void> run_program(Node* node);

  Kernel& kernel_;
  const NodeConfig config_;
  Processor processor_;
  NodeClock node_clock_;
  SimClock clock_;
  SimTimers timers_;
  SimRandom random_;
  SimProbe probe_;
  std::unique_ptr<Env> env_;
  bool has_exited_ = false;
  std::function<void()> on_exit_;
  std::unique_ptr<Program> program_;
  std::unique_ptr<Scope> scope_;  // dies before the program whose frames it owns
};

}  // namespace faultline::sim
