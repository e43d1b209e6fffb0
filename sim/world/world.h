// SPDX-License-Identifier: Apache-2.0
// World: kernel, network and machines of one run, and what befalls them. It knows programs only as
// factories, so it can host anything. A fault plan is scheduled before the run; heal() ends what is
// left of it. Processes that end by themselves are started again after a while, as a supervisor
// would.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/disk/sim_disk.h"
#include "sim/faults/plan.h"
#include "sim/kernel/kernel.h"
#include "sim/net/fabric.h"
#include "sim/node/node.h"

namespace faultline::sim {

struct MachineConfig {
  NodeConfig node;
  DiskConfig disk;
  DiskSpeed disk_speed;
  int64_t speed_percent = 100;  // of the price list: 200 takes twice as long
};

class Machine {
 public:
  Machine(Kernel& kernel, Fabric& fabric, const MachineConfig& config);

  Node node;
  SimDisk disk;
  Node::ProgramFactory program;  // what start() runs
  const int64_t drift_ppb;       // without faults
  bool was_started = false;
  Instant down_until{};  // no start before
  bool has_power = true;
};

class World {
 public:
  // The sink outlives the world.
  World(uint64_t seed, std::unique_ptr<Chooser> chooser, EventSink& sink, FabricOptions network);
  ~World();

  Kernel& kernel() { return kernel_; }
  Fabric& fabric() { return fabric_; }
  Machine& add_machine(const MachineConfig& config, Node::ProgramFactory program);
  Machine& machine(NodeId id);
  const std::vector<std::unique_ptr<Machine>>& machines() const { return machines_; }

  // Starts the machine's process now; requires that none runs.
  void start(NodeId id);
  // The process ends without a word; `how` goes into the event.
  void kill(NodeId id, const std::string& how);
  // Unsynced data is lost as the rules say; they are drawn under `fault`.
  PowerLossReport lose_power(NodeId id, uint32_t fault, const PowerLossRules& rules);

  // Schedules every fault of the plan at its time; once.
  void schedule(const FaultPlan& plan);
  // Ends every lasting fault and starts every machine that is down. Later faults are dropped.
  void heal();
  // What each fault of the plan has done so far, in the plan's order.
  std::vector<FaultEffects> effects() const;

 private:
  class Callback;
  struct Active {
    PlannedFault fault;
    bool has_begun = false;
    bool has_ended = false;
    uint64_t direct_effects = 0;  // of kinds that neither disk nor network count
    uint64_t bytes = 0;
  };

  void at(Instant time, std::function<void()> action);
  void begin(Active& active);
  void end(Active& active);
  void begin_outage(Active& active, Machine& machine);
  void begin_disk_fault(Active& active, Machine& machine);
  void begin_clock_fault(Active& active, Machine& machine);
  void begin_network_fault(Active& active, Machine& machine);
  void start_when_due(Machine& machine);
  FaultEffects effects_of(const Active& active) const;
  Machine& find(NodeId id) const;

  Kernel kernel_;
  Fabric fabric_;
  bool is_healed_ = false;
  std::vector<std::unique_ptr<Active>> faults_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::vector<std::unique_ptr<Callback>> callbacks_;
};

}  // namespace faultline::sim
