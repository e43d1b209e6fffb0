// SPDX-License-Identifier: Apache-2.0
// A broker in a world of two machines: time passes only while an answer is awaited.
#include <deque>

#include "broker/server/broker.h"
#include "broker/wire/frame.h"
#include "sim/world/world.h"
#include "tests/kafka/differential_target.h"
#include "tests/kafka/load_connection.h"

namespace faultline::differential {
namespace {

constexpr NodeId kBrokerNode{1};
constexpr NodeId kClientNode{2};
const Endpoint kEndpoint{"broker", 9092};
constexpr int64_t kWallStartMs = 1'795'228'320'000;  // 2026-11-21
constexpr Duration kAnswerWithin = seconds(120);
constexpr size_t kFrameBytesMax = 1 << 30;

class BrokerProgram final : public sim::Program {
 public:
  BrokerProgram(Env& env, server::BrokerConfig config) : broker_(env, std::move(config)) {}
  Task<void> run() override {
    const Result<void> started = co_await broker_.start();
    if (!started) load::die("the simulated broker: " + started.error().to_string());
    const Result<void> ended = co_await broker_.run();
    if (!ended) load::die("the simulated broker: " + ended.error().to_string());
  }

 private:
  server::Broker broker_;
};

// One connection of the client, driven from outside: what is to be sent, what has come.
class Wire {
 public:
  Wire(Env& env) : env_(env), scope_(env.executor) { scope_.spawn(live()); }

  void send(Slice frame) {
    to_send_.push_back(std::move(frame));
    has_work_.notify_all();
  }
  bool has_answer() const { return !frames_.empty(); }
  bool is_closed() const { return is_closed_; }
  Slice take() {
    Slice frame = std::move(frames_.front());
    frames_.pop_front();
    return frame;
  }

 private:
  Task<void> live() {
    Result<std::unique_ptr<Stream>> stream = co_await env_.network.connect(kEndpoint);
    if (!stream) {
      is_closed_ = true;
      co_return;
    }
    stream_ = std::move(*stream);
    scope_.spawn(read_all());
    while (true) {
      while (to_send_.empty()) {
        const Result<void> woken = co_await has_work_.wait();
        if (!woken) co_return;
      }
      Slices frame{std::move(to_send_.front())};
      to_send_.pop_front();
      const Result<void> written = co_await stream_->write(std::move(frame));
      if (!written) co_return;  // the reader sees it too
    }
  }
  Task<void> read_all() {
    wire::FrameAssembler assembler(kFrameBytesMax);
    while (true) {
      Result<Slice> bytes = co_await stream_->read(1 << 20);
      if (!bytes || bytes->empty()) break;
      assembler.feed(std::move(*bytes));
      while (true) {
        Result<std::optional<Slice>> frame = assembler.next();
        if (!frame || !*frame) break;
        frames_.push_back(std::move(**frame));
      }
    }
    is_closed_ = true;
  }

  Env& env_;
  std::unique_ptr<Stream> stream_;
  std::deque<Slice> to_send_;
  std::deque<Slice> frames_;
  bool is_closed_ = false;
  Notifier has_work_;
  Scope scope_;
};

class ClientProgram final : public sim::Program {
 public:
  explicit ClientProgram(Env& env) : env_(env) {}
  Task<void> run() override {
    while (true) {
      const Result<void> woken = co_await never_.wait();
      if (!woken) co_return;
    }
  }
  Wire& wire(const std::string& name) {
    std::unique_ptr<Wire>& wire = wires_[name];
    if (wire == nullptr) wire = std::make_unique<Wire>(env_);
    return *wire;
  }
  void forget(const std::string& name) { wires_.erase(name); }

 private:
  Env& env_;
  Notifier never_;
  std::map<std::string, std::unique_ptr<Wire>> wires_;
};

class SimulatedTarget final : public Target {
 public:
  SimulatedTarget(std::string name, uint64_t seed, const server::StaticConfigs& configs)
      : Target(std::move(name)),
        world_(seed, std::make_unique<sim::RandomChooser>(seed), sink_, sim::FabricOptions{}) {
    server::BrokerConfig config;
    config.cluster_id = "gdLWwLPKQXKRbLvtW1G2tA";
    config.listen = kEndpoint;
    config.configs = configs;
    world_.add_machine(machine_config(kBrokerNode, "broker"),
                       [config](Env& env) { return std::make_unique<BrokerProgram>(env, config); });
    world_.add_machine(machine_config(kClientNode, "client"), [this](Env& env) {
      auto program = std::make_unique<ClientProgram>(env);
      client_ = program.get();
      return program;
    });
    world_.start(kBrokerNode);
    world_.start(kClientNode);
    pause(seconds(5));
  }

  void send(const std::string& connection, const Slice& frame) override {
    client_->wire(connection).send(frame);
  }
  std::optional<Slice> receive(const std::string& connection) override {
    Wire& wire = client_->wire(connection);
    const Instant deadline = world_.kernel().now() + kAnswerWithin;
    while (!wire.has_answer() && !wire.is_closed()) {
      if (world_.kernel().now() >= deadline) load::die(name + ": no answer");
      pause(milliseconds(1));
    }
    if (wire.has_answer()) return wire.take();
    client_->forget(connection);
    return std::nullopt;
  }
  void pause(Duration duration) override {
    world_.kernel().run_until(world_.kernel().now() + duration);
  }

 private:
  static sim::MachineConfig machine_config(NodeId id, const std::string& name) {
    sim::MachineConfig config;
    config.node.id = id;
    config.node.name = name;
    config.node.clock.wall_start = WallTime{kWallStartMs * 1'000'000};
    return config;
  }

  sim::NullSink sink_;
  ClientProgram* client_ = nullptr;
  sim::World world_;
};

}  // namespace

std::unique_ptr<Target> make_simulated_target(std::string name, uint64_t seed,
                                              const server::StaticConfigs& configs) {
  return std::make_unique<SimulatedTarget>(std::move(name), seed, configs);
}

}  // namespace faultline::differential
