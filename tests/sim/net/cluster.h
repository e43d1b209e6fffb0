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
                 EventId cause, Bytes payload) override {
    events.push_back(
        {events.size() + 1, time_ns, node, type.id, entity, cause, std::string(as_text(payload))});
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

// What a process did and saw; the tests read it after a run.
struct Transcript {
  std::optional<ErrorCode> connect_error;
  std::optional<ErrorCode> read_error;
  std::optional<ErrorCode> write_error;
  std::string received;
  std::vector<size_t> read_sizes;
  bool is_connected = false;
  bool has_ended = false;
  size_t writes_done = 0;
  Instant last_progress{};
  std::unique_ptr<Stream> stream;
  std::unique_ptr<Listener> listener;
};

inline Task<void> read_all(Kernel* kernel, Transcript* out, size_t size_max = 1 << 20) {
  while (true) {
    const Result<Slice> bytes = co_await out->stream->read(size_max);
    out->last_progress = kernel->now();
    if (!bytes) {
      out->read_error = bytes.error().code;
      co_return;
    }
    if (bytes->empty()) {
      out->has_ended = true;
      co_return;
    }
    out->read_sizes.push_back(bytes->size());
    out->received += bytes->text();
  }
}

inline Task<void> accept_one(Machine* machine, uint16_t port, Transcript* out) {
  out->listener = *machine->network.listen({"", port});
  Result<std::unique_ptr<Stream>> stream = co_await out->listener->accept();
  if (!stream) {
    out->connect_error = stream.error().code;
    co_return;
  }
  out->is_connected = true;
  out->stream = std::move(*stream);
}

inline Task<void> serve_one(Kernel* kernel, Machine* machine, uint16_t port, Transcript* out) {
  co_await accept_one(machine, port, out);
  if (out->stream != nullptr) co_await read_all(kernel, out);
}

inline Task<void> connect_to(Kernel* kernel, Machine* machine, Endpoint to, Transcript* out) {
  Result<std::unique_ptr<Stream>> stream = co_await machine->network.connect(to);
  out->last_progress = kernel->now();
  if (!stream) {
    out->connect_error = stream.error().code;
    co_return;
  }
  out->is_connected = true;
  out->stream = std::move(*stream);
}

inline Task<void> write_text(Kernel* kernel, Transcript* out, std::string text) {
  Slices slices{Slice::copy_of(text)};
  const Result<void> written = co_await out->stream->write(std::move(slices));
  out->last_progress = kernel->now();
  if (!written) {
    out->write_error = written.error().code;
  } else {
    ++out->writes_done;
  }
}

inline Task<void> connect_and_write(Kernel* kernel, Machine* machine, Endpoint to, std::string text,
                                    Transcript* out) {
  co_await connect_to(kernel, machine, std::move(to), out);
  if (out->stream != nullptr) co_await write_text(kernel, out, std::move(text));
}

constexpr uint16_t kPort = 9092;

inline FabricOptions constant_latency(Duration latency) {
  FabricOptions options;
  options.link = {QuantileTable::constant(latency), 0};
  return options;
}

inline std::string numbers(size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + ",";
  text.resize(size);
  return text;
}

// A client on node-0 that writes to a server on node-1.
struct Pair {
  explicit Pair(FabricOptions options = {}, uint64_t seed = 1, CostTable costs = CostTable::free(),
                EventSink* sink = nullptr)
      : cluster(std::move(options), 2, seed, costs, sink) {}
  ~Pair() { cluster.end_processes(); }

  void connect(std::string text) {
    cluster[1].scope->spawn(serve_one(&cluster.kernel, &cluster[1], kPort, &server));
    cluster[0].scope->spawn(connect_and_write(&cluster.kernel, &cluster[0], {"node-1", kPort},
                                              std::move(text), &client));
  }
  void connect_without_reader(std::string text) {
    cluster[1].scope->spawn(accept_one(&cluster[1], kPort, &server));
    cluster[0].scope->spawn(connect_and_write(&cluster.kernel, &cluster[0], {"node-1", kPort},
                                              std::move(text), &client));
  }
  void connect_only() {
    cluster[0].scope->spawn(connect_to(&cluster.kernel, &cluster[0], {"node-1", kPort}, &client));
  }
  void read_at_client() { cluster[0].scope->spawn(read_all(&cluster.kernel, &client)); }
  void kill_server() {
    cluster[1].kill(cluster.fabric);
    server.stream.reset();
    server.listener.reset();
  }
  void lose_server_power() {
    cluster[1].lose_power(cluster.fabric);
    server.stream.reset();
    server.listener.reset();
  }

  Cluster cluster;
  Transcript server;
  Transcript client;
};

}  // namespace faultline::sim
