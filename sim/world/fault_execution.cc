// SPDX-License-Identifier: Apache-2.0
// Carries planned faults out: each begins at its time, lasts, and ends; what it was seen to do is
// counted where it happens (disk, network) or here.
#include <utility>

#include "broker/env/world_events.h"
#include "sim/world/callback.h"
#include "sim/world/world.h"

namespace faultline::sim {
namespace {

bool takes_down(FaultKind kind) {  // lasts until the machine starts again
  return kind == FaultKind::kKill || kind == FaultKind::kPowerLoss || kind == FaultKind::kStop;
}

bool is_momentary(FaultKind kind) {
  return kind == FaultKind::kClockStep || kind == FaultKind::kConnectionReset ||
         kind == FaultKind::kHalfOpen;
}

// Faults of the disk that last until they have hit so often, whenever that is.
bool lasts_until_hit(FaultKind kind) {
  return kind == FaultKind::kFsyncError || kind == FaultKind::kReadError ||
         kind == FaultKind::kWriteError || kind == FaultKind::kLatentSectorError ||
         kind == FaultKind::kBitRot || kind == FaultKind::kMisdirectedWrite;
}

bool is_disk_fault(FaultKind kind) {
  return lasts_until_hit(kind) || kind == FaultKind::kDiskFull || kind == FaultKind::kDiskStall;
}

bool is_network_fault(FaultKind kind) {
  return kind == FaultKind::kLinkStall || kind == FaultKind::kLinkSlow ||
         kind == FaultKind::kRefuseConnections;
}

DiskFaultKind disk_kind(FaultKind kind) {
  switch (kind) {
    case FaultKind::kFsyncError: return DiskFaultKind::kSyncError;
    case FaultKind::kReadError: return DiskFaultKind::kReadError;
    case FaultKind::kWriteError: return DiskFaultKind::kWriteError;
    case FaultKind::kLatentSectorError: return DiskFaultKind::kLatentSectorError;
    case FaultKind::kBitRot: return DiskFaultKind::kBitRot;
    case FaultKind::kMisdirectedWrite: return DiskFaultKind::kMisdirectedWrite;
    case FaultKind::kDiskFull: return DiskFaultKind::kNoSpace;
    case FaultKind::kDiskStall: return DiskFaultKind::kStall;
    default: UNREACHABLE();
  }
}

}  // namespace

void World::schedule(const FaultPlan& plan) {
  ASSERT(faults_.empty());
  for (const PlannedFault& fault : plan.faults) {
    faults_.push_back(std::make_unique<Active>(Active{.fault = fault}));
    Active* active = faults_.back().get();
    at(fault.at, [this, active] {
      if (!is_healed_) begin(*active);
    });
  }
}

void World::begin(Active& active) {
  const PlannedFault& fault = active.fault;
  Machine& machine = find(fault.node);
  active.has_begun = true;
  emit(machine.node.probe(), fault.id,
       history::FaultInjected{
           .fault = fault.id, .what = std::string(to_string(fault.kind)), .detail = fault.files});
  if (takes_down(fault.kind)) {
    begin_outage(active, machine);
  } else if (is_disk_fault(fault.kind)) {
    begin_disk_fault(active, machine);
  } else if (is_network_fault(fault.kind)) {
    begin_network_fault(active, machine);
  } else if (fault.kind == FaultKind::kConnectionReset) {
    const auto peer = fault.peer.value < 0 ? std::nullopt : std::optional(fault.peer);
    active.direct_effects = fabric_.reset_connections(fault.node, peer);
  } else if (fault.kind == FaultKind::kHalfOpen) {
    const auto peer = fault.peer.value < 0 ? std::nullopt : std::optional(fault.peer);
    active.direct_effects = fabric_.lose_connections(fault.node, peer);
  } else {
    begin_clock_fault(active, machine);
  }
  if (is_momentary(fault.kind)) {
    end(active);
  } else if (!takes_down(fault.kind) && !lasts_until_hit(fault.kind)) {
    at(kernel_.now() + fault.duration, [this, &active] {
      if (!active.has_ended) end(active);
    });
  }
}

void World::begin_outage(Active& active, Machine& machine) {
  const PlannedFault& fault = active.fault;
  const bool is_up = machine.node.is_running() && !machine.node.has_exited();
  if (fault.kind == FaultKind::kStop && !is_up) return end(active);
  if (!machine.node.is_running() && !machine.has_power) return end(active);  // nothing left to lose
  ++active.direct_effects;
  if (fault.kind == FaultKind::kStop) {
    machine.node.program()->request_stop();
  } else if (fault.kind == FaultKind::kKill) {
    kill(fault.node, "kill");
  } else {
    PowerLossRules rules = machine.disk.core().config().power_loss;
    rules.keep = fault.keep;
    rules.reorder = fault.reorder;
    rules.torn = fault.torn;
    const PowerLossReport report = lose_power(fault.node, fault.id, rules);
    for (const FileLoss& loss : report.files) active.bytes += loss.lost_bytes();
    for (const FileLoss& loss : report.vanished) active.bytes += loss.lost_bytes();
  }
  const Instant until =
      fault.restart_after ? kernel_.now() + *fault.restart_after : Instant::far_future();
  if (machine.down_until < until) machine.down_until = until;
  if (until == Instant::far_future()) return;
  at(until, [this, &active, &machine] {
    start_when_due(machine);
    if (!active.has_ended) end(active);
  });
}

void World::begin_disk_fault(Active& active, Machine& machine) {
  const PlannedFault& fault = active.fault;
  DiskFaultSpec spec{.id = fault.id,
                     .kind = disk_kind(fault.kind),
                     .paths = "*" + fault.files,
                     .from = kernel_.now()};
  if (fault.kind == FaultKind::kDiskFull) {
    spec.amount = static_cast<uint64_t>(fault.after_bytes);
  } else if (happens_once(spec.kind)) {
    spec.amount = static_cast<uint64_t>(fault.times);
  } else if (lasts_until_hit(fault.kind)) {
    spec.hits_max = static_cast<uint64_t>(fault.times);
  }
  if (fault.kind == FaultKind::kDiskFull || fault.kind == FaultKind::kDiskStall)
    spec.until = kernel_.now() + fault.duration;
  machine.disk.inject(std::move(spec));
}

void World::begin_clock_fault(Active& active, Machine& machine) {
  const PlannedFault& fault = active.fault;
  ++active.direct_effects;
  if (fault.kind == FaultKind::kClockStep) {
    machine.node.step_wall_clock(fault.by);
  } else if (fault.kind == FaultKind::kClockDrift) {
    machine.node.set_clock_drift(machine.drift_ppb + fault.ppm * 1000);
  } else {
    machine.node.freeze_clock();
  }
}

void World::begin_network_fault(Active& active, Machine&) {
  const PlannedFault& fault = active.fault;
  Rule rule{.id = fault.id, .begin = kernel_.now(), .end = kernel_.now() + fault.duration};
  const std::vector<NodeId> here{fault.node};
  const std::vector<NodeId> there =
      fault.peer.value < 0 ? std::vector<NodeId>{} : std::vector<NodeId>{fault.peer};
  const bool incoming =
      fault.direction == LinkDirection::kIn || fault.kind == FaultKind::kRefuseConnections;
  rule.from = incoming ? there : here;
  rule.to = incoming ? here : there;
  rule.both_ways = fault.direction == LinkDirection::kBoth && !incoming;
  if (fault.kind == FaultKind::kLinkStall) {
    rule.action = RuleAction::kHold;
  } else if (fault.kind == FaultKind::kLinkSlow) {
    rule.action = RuleAction::kDeliver;
    rule.delay = QuantileTable::latency(fault.latency_p50, fault.latency_p99);
  } else {
    rule.scope = RuleScope::kConnects;
    rule.action = fault.hang ? RuleAction::kHang : RuleAction::kRefuse;
  }
  fabric_.add_rule(std::move(rule));
}

void World::end(Active& active) {
  const PlannedFault& fault = active.fault;
  Machine& machine = find(fault.node);
  active.has_ended = true;
  if (is_disk_fault(fault.kind)) machine.disk.end_fault(fault.id);
  if (is_network_fault(fault.kind)) fabric_.remove_rule(fault.id);
  if (fault.kind == FaultKind::kClockDrift) machine.node.set_clock_drift(machine.drift_ppb);
  if (fault.kind == FaultKind::kClockFreeze) machine.node.thaw_clock();
  const FaultEffects seen = effects_of(active);
  emit(machine.node.probe(), fault.id,
       history::FaultHealed{.fault = fault.id,
                            .what = std::string(to_string(fault.kind)),
                            .effects = seen.count,
                            .bytes = seen.bytes});
}

FaultEffects World::effects_of(const Active& active) const {
  const PlannedFault& fault = active.fault;
  FaultEffects effects{fault.id, active.direct_effects, active.bytes};
  if (is_disk_fault(fault.kind)) {
    const DiskFaultEffects seen = find(fault.node).disk.effects(fault.id);
    effects.count += seen.observed;
    effects.bytes += seen.bytes;
  } else if (is_network_fault(fault.kind)) {
    effects.count += fabric_.effects(fault.id);
  }
  return effects;
}

std::vector<FaultEffects> World::effects() const {
  std::vector<FaultEffects> all;
  for (const std::unique_ptr<Active>& active : faults_) all.push_back(effects_of(*active));
  return all;
}

}  // namespace faultline::sim
