// SPDX-License-Identifier: Apache-2.0
// A client and a server with simple programs, and what they did and saw.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/net/cluster.h"

namespace faultline::sim {

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
