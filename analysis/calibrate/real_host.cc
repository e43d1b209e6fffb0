// SPDX-License-Identifier: Apache-2.0
// Real sockets, real time: the only file of the calibration that touches the machine.
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "analysis/calibrate/hosts.h"
#include "analysis/calibrate/session.h"
#include "broker/runtime/real_env.h"

namespace faultline::calibrate {
namespace {

constexpr Duration kRequestTimeout = seconds(10);
constexpr Duration kReachable = seconds(3);

class SilentProbe final : public Probe {
 public:
  EventId emit(const EventType&, uint64_t, const EventPayload&) override { return 0; }
  bool wants_details() const override { return false; }
};

Duration own_cpu() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return seconds(time.tv_sec) + microseconds(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

// The first question is asked once: a mistyped address should not take ten seconds.
Task<Result<void>> reach(Env* env, const client::ConnectionConfig* config) {
  Result<void> reached = fail(ErrorCode::kConnectionRefused);
  for (const Endpoint& endpoint : config->bootstrap_servers) {
    client::Connection connection(*env, *config, endpoint);
    reached = co_await connection.open();
    if (reached) co_return reached;
  }
  co_return reached;
}

Task<Result<std::vector<Outcome>>> measure(Env* env, const client::ConnectionConfig* config,
                                           const Watcher* watcher, std::vector<Load> loads) {
  client::ConnectionConfig hasty = *config;
  hasty.request_timeout = kReachable;
  CO_TRY(co_await reach(env, &hasty));
  Session session(*env, *config, *watcher);
  Result<std::vector<Outcome>> outcomes = co_await session.play(std::move(loads));
  co_return outcomes;
}

}  // namespace

Result<client::ConnectionConfig> parse_servers(const std::string& text) {
  TRY_ASSIGN(client::ProducerConfig config,
             client::parse_producer_config({{"bootstrap.servers", text}}));
  config.connection.client_id = "faultline-calibrate";
  config.connection.request_timeout = kRequestTimeout;
  return config.connection;
}

Result<Duration> process_cpu(int64_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::stringstream text;
  text << file.rdbuf();
  const std::string line = text.str();
  const size_t name_end = line.rfind(')');  // the name may hold anything
  if (name_end == std::string::npos)
    return fail(ErrorCode::kNotFound, fmt::format("no process {} on this machine", pid));
  std::stringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  int64_t user = 0;
  int64_t system = 0;
  fields >> user >> system;
  const int64_t ticks = ::sysconf(_SC_CLK_TCK);
  if (!fields || ticks <= 0) return fail(ErrorCode::kNotFound, "cannot read " + line);
  return seconds(1) * (user + system) / ticks;
}

Result<std::vector<Outcome>> RealHost::play(std::span<const Load> loads) const {
  if (pid != 0) TRY(process_cpu(pid));
  SilentProbe probe;
  RealEnvOptions options;
  options.disk_root = ".";
  options.worker_threads = 1;
  TRY_ASSIGN(const std::unique_ptr<RealEnv> real, RealEnv::create(options, probe));
  Watcher watcher;
  watcher.begins = progress;
  watcher.client_cpu = own_cpu;
  if (pid != 0)
    watcher.broker_cpu = [this]() -> std::optional<Duration> {
      const Result<Duration> cpu = process_cpu(pid);
      return cpu ? std::optional(*cpu) : std::nullopt;
    };
  return real->loop().run(
      measure(&real->env(), &servers, &watcher, std::vector<Load>(loads.begin(), loads.end())));
}

}  // namespace faultline::calibrate
