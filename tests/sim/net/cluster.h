// SPDX-License-Identifier: Apache-2.0
// A few machines on one fabric, each with a scope for its process: what the network tests share.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/env/scope.h"
#include "sim/net/events.h"
#include "sim/net/fabric.h"

namespace faultline::sim {

// Keeps all events, details included.
class RecordingSink final : public EventSink {
 public:
  struct Event {
    EventId id;
    int64_t time_ns;
    int32_t node;
    uint16_t kind;
    uint64_t entity;
    EventId cause;
    std::string payload;
    auto operator<=>(const Event&) const = default;
  };

  EventId record(int64_t time_ns, int32_t node, const EventType& type, uint64_t entity,
                 EventId cause, const EventPayload& payload) override {
    events.push_back({events.size() + 1, time_ns, node, type.id, entity, cause,
                      std::string(as_text(payload.bytes))});
    return events.size();
  }
  bool wants_details() const override { return true; }
  size_t count(const EventType& type) const {
    return static_cast<size_t>(std::count_if(
        events.begin(), events.end(), [&](const Event& event) { return event.kind == type.id; }));
  }
  const Event& at(EventId id) const { return events.at(id - 1); }
  const Event& last(const EventType& type) const {
    const auto found = std::find_if(events.rbegin(), events.rend(),
                                    [&](const Event& event) { return event.kind == type.id; });
    ASSERT(found != events.rend());
    return *found;
  }
  std::vector<Event> events;
};

struct Machine {
  Machine(Kernel& kernel, Fabric& fabric, int32_t id, const CostTable& costs)
      : processor(kernel, id, costs),
        network(fabric.add_host("node-" + std::to_string(id), processor)),
        scope(std::make_unique<Scope>(processor)) {}

  NodeId id() const { return NodeId{processor.node()}; }
  // The process ends and another one may start.
  void kill(Fabric& fabric) {
    fabric.process_killed(id());
    restart_process();
  }
  void lose_power(Fabric& fabric) {
    fabric.power_lost(id());
    restart_process();
  }
  void restart_process() {
    scope.reset();
    processor.restart();
    scope = std::make_unique<Scope>(processor);
  }

  Processor processor;
  HostNetwork& network;
  std::unique_ptr<Scope> scope;
};

class Cluster {
 public:
  explicit Cluster(FabricOptions options = {}, int32_t machines = 2, uint64_t seed = 1,
                   CostTable costs = CostTable::free(), EventSink* sink = nullptr)
      : kernel(seed, std::make_unique<FifoChooser>(), sink == nullptr ? null_sink_ : *sink),
        fabric(kernel, std::move(options)) {
    for (int32_t id = 0; id < machines; ++id)
      machines_.push_back(std::make_unique<Machine>(kernel, fabric, id, costs));
  }

  Machine& operator[](size_t index) { return *machines_[index]; }
  // Destroys the frames of all processes: before the streams that they use.
  void end_processes() {
    for (const auto& machine : machines_) machine->scope.reset();
  }
  void run_for(Duration duration) { kernel.run_until(kernel.now() + duration); }

 private:
  NullSink null_sink_;

 public:
  Kernel kernel;
  Fabric fabric;

 private:
  std::vector<std::unique_ptr<Machine>> machines_;
};

}  // namespace faultline::sim
