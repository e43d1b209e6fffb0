// SPDX-License-Identifier: Apache-2.0
// Machines: building, starting and crashing them.
#include "sim/world/world.h"

#include <algorithm>
#include <utility>

#include "broker/env/world_events.h"
#include "sim/world/callback.h"

namespace faultline::sim {
namespace {

constexpr Duration kSupervisorDelay = seconds(1);  // between a process's own end and its next start

}  // namespace

Machine::Machine(Kernel& kernel, Fabric& fabric, const MachineConfig& config)
    : node(kernel, config.node),
      disk(node.processor(), config.disk, config.disk_speed),
      drift_ppb(config.node.clock.drift_ppb) {
  node.processor().set_speed_percent(config.speed_percent);
  node.attach(fabric.add_host(config.node.name, node.processor()), disk);
}

World::World(uint64_t seed, std::unique_ptr<Chooser> chooser, EventSink& sink,
             FabricOptions network)
    : kernel_(seed, std::move(chooser), sink), fabric_(kernel_, std::move(network)) {}

World::~World() {
  for (const std::unique_ptr<Callback>& callback : callbacks_) kernel_.cancel(*callback);
  // Processes first: their streams and files still refer to network and disks.
  for (const std::unique_ptr<Machine>& machine : machines_) machine->node.kill();
}

Machine& World::add_machine(const MachineConfig& config, Node::ProgramFactory program) {
  machines_.push_back(std::make_unique<Machine>(kernel_, fabric_, config));
  Machine& machine = *machines_.back();
  machine.program = std::move(program);
  machine.node.set_on_exit([this, &machine] {
    emit(machine.node.probe(), 0, history::NodeStopped{.name = machine.node.name()});
    machine.down_until = std::max(machine.down_until, kernel_.now() + kSupervisorDelay);
    if (machine.down_until == Instant::far_future()) return;
    at(machine.down_until, [this, &machine] { start_when_due(machine); });
  });
  return machine;
}

Machine& World::find(NodeId id) const {
  for (const std::unique_ptr<Machine>& machine : machines_)
    if (machine->node.id() == id) return *machine;
  UNREACHABLE();
}

Machine& World::machine(NodeId id) { return find(id); }

void World::at(Instant time, std::function<void()> action) {
  callbacks_.push_back(std::make_unique<Callback>(std::move(action)));
  kernel_.schedule(*callbacks_.back(), time);
}

void World::start(NodeId id) {
  Machine& machine = find(id);
  if (machine.node.has_exited()) {
    fabric_.process_killed(id);
    machine.node.kill();
    machine.disk.process_killed();
  }
  emit(machine.node.probe(), 0, history::NodeStarted{.name = machine.node.name()});
  if (!machine.has_power) fabric_.restarted(id);
  machine.has_power = true;
  machine.was_started = true;
  machine.node.start(machine.program);
}

void World::start_when_due(Machine& machine) {
  if (!machine.was_started) return;
  if (machine.node.is_running() && !machine.node.has_exited()) return;
  if (kernel_.now() < machine.down_until) return;
  start(machine.node.id());
}

void World::kill(NodeId id, const std::string& how) {
  Machine& machine = find(id);
  if (!machine.node.is_running()) return;
  emit(machine.node.probe(), 0, history::NodeCrashed{.name = machine.node.name(), .how = how});
  fabric_.process_killed(id);
  machine.node.kill();
  machine.disk.process_killed();
}

PowerLossReport World::lose_power(NodeId id, uint32_t fault, const PowerLossRules& rules) {
  Machine& machine = find(id);
  emit(machine.node.probe(), 0,
       history::NodeCrashed{.name = machine.node.name(), .how = "power_loss"});
  fabric_.power_lost(id);
  machine.node.kill();
  machine.has_power = false;
  return machine.disk.power_lost(fault, rules);
}

void World::heal() {
  is_healed_ = true;
  for (const std::unique_ptr<Machine>& machine : machines_) {
    machine->down_until = kernel_.now();
    start_when_due(*machine);
    machine->node.set_wall_clock_right();
  }
  for (const std::unique_ptr<Active>& active : faults_)
    if (active->has_begun && !active->has_ended) end(*active);
}

}  // namespace faultline::sim
