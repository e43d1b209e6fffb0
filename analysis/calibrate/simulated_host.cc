// SPDX-License-Identifier: Apache-2.0
// The same loads in virtual time: the machines of a scenario, with the session in the place of its
// client.
#include "analysis/calibrate/hosts.h"
#include "analysis/calibrate/session.h"
#include "scenarios/run/build_world.h"

namespace faultline::calibrate {
namespace {

constexpr Duration kBoot = seconds(2);
constexpr Duration kStep = milliseconds(100);
constexpr Duration kSimulatedMax = seconds(600);

class SessionProgram final : public sim::Program {
 public:
  SessionProgram(Env& env, const Watcher& watcher, std::span<const Load> loads,
                 std::optional<Result<std::vector<Outcome>>>& outcomes)
      : loads_(loads.begin(), loads.end()),
        outcomes_(outcomes),
        session_(env, connection(), watcher) {}

  Task<void> run() override {
    Result<std::vector<Outcome>> played = co_await session_.play(loads_);
    outcomes_ = std::move(played);
    const Result<void> for_ever = co_await idle_.wait();
    (void)for_ever;
  }

 private:
  static client::ConnectionConfig connection() {
    client::ConnectionConfig config;
    config.bootstrap_servers.push_back({std::string(kBroker), 9092});
    return config;
  }

  const std::vector<Load> loads_;
  std::optional<Result<std::vector<Outcome>>>& outcomes_;
  Session session_;
  Notifier idle_;
};

}  // namespace

Result<std::vector<Outcome>> play_simulated(const Profile& profile, std::span<const Load> loads,
                                            uint64_t seed) {
  const scenarios::Scenario scenario = scenario_under(profile);
  std::optional<Result<std::vector<Outcome>>> outcomes;
  Watcher watcher;
  scenarios::RunSignals signals;
  sim::NullSink sink;
  sim::World world(seed, std::make_unique<sim::RandomChooser>(seed), sink,
                   scenarios::network_options(scenario));
  const auto wrap = [&](const std::string& node, Env& env,
                        const sim::Node::ProgramFactory& real) -> std::unique_ptr<sim::Program> {
    if (node != kClient) return real(env);
    return std::make_unique<SessionProgram>(env, watcher, loads, outcomes);
  };
  scenarios::Cast cast(scenario, seed, world, signals, wrap);
  sim::Processor& broker = world.machine(NodeId{1}).node.processor();
  sim::Processor& client = world.machine(NodeId{2}).node.processor();
  watcher.broker_cpu = [&] { return std::optional(broker.busy_time()); };
  watcher.client_cpu = [&] { return client.busy_time(); };
  sim::Kernel& kernel = world.kernel();
  cast.start_brokers();
  kernel.run_until(Instant{} + kBoot);
  cast.start_clients();
  while (!outcomes && !kernel.is_stopped() && kernel.now() < Instant{} + kSimulatedMax)
    kernel.run_until(kernel.now() + kStep);
  if (!outcomes)
    return fail(ErrorCode::kTimedOut, "the simulation does not end: " + kernel.stop_reason());
  return std::move(*outcomes);
}

}  // namespace faultline::calibrate
