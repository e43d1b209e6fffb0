// SPDX-License-Identifier: Apache-2.0
// A few machines on one fabric, each with a scope for its process: what the network tests share.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "broker/env/scope.h"
#include "sim/net/fabric.h"

namespace faultline::sim {

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

}  // namespace faultline::sim
