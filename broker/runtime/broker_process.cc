// SPDX-License-Identifier: Apache-2.0
// Start, run, stop.
#include "broker/runtime/broker_process.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "broker/runtime/broker_probe.h"
#include "broker/runtime/metrics.h"
#include "broker/runtime/real_env.h"
#include "broker/runtime/stop_signals.h"
#include "broker/runtime/system_error.h"
#include "broker/server/broker.h"

namespace faultline {
namespace {

// Kept for files: segments, indexes, checkpoints.
constexpr int kDescriptorsForFiles = 256;

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument: return kExitUsage;
    case ErrorCode::kLocked:
    case ErrorCode::kTooLarge:
    case ErrorCode::kExists: return kExitTryLater;
    case ErrorCode::kIo:
    case ErrorCode::kNoSpace:
    case ErrorCode::kReadOnly:
    case ErrorCode::kFenced: return kExitIo;
    default: return kExitCannotUse;
  }
}

struct DataDirectory {
  std::string root;  // the directory above it
  std::string name;
};

// Makes the directory, and parts its path at the last name.
Result<DataDirectory> prepare_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return fail_errno("make directory " + path, error.value());
  const std::filesystem::path real = std::filesystem::canonical(path, error);
  if (error) return fail_errno("find directory " + path, error.value());
  if (!std::filesystem::is_directory(real, error))
    return fail(ErrorCode::kNotDirectory, path + " is no directory");
  if (!real.has_filename())
    return fail(ErrorCode::kInvalidArgument, "the root cannot be the log directory");
  return DataDirectory{real.parent_path(), real.filename()};
}

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

bool is_any_host(const std::string& host) {
  return host.empty() || host == "0.0.0.0" || host == "::";
}

RealEnvOptions env_options(const DataDirectory& data) {
  RealEnvOptions options;
  options.disk_root = data.root;
  const int descriptors = raise_descriptor_limit();
  options.tcp.descriptors_max = std::max(descriptors - kDescriptorsForFiles, descriptors / 2);
  return options;
}

server::BrokerConfig broker_config(const BrokerOptions& options, const DataDirectory& data,
                                   const Endpoint& listen) {
  server::BrokerConfig config;
  config.node_id = options.node_id;
  config.cluster_id = options.cluster_id;
  config.listen = listen;
  config.advertised = options.advertised;
  // As Kafka: whoever listens everywhere tells its name.
  if (config.advertised.host.empty() && is_any_host(listen.host))
    config.advertised = {host_name(), listen.port};
  config.log_dir = data.name;
  config.log_dir_path = data.root + "/" + data.name;
  config.configs = options.configs;
  return config;
}

class BrokerProcess {
 public:
  BrokerProcess(RealEnv& real, const BrokerProbe& probe, server::BrokerConfig config, LineLog& log,
                int out)
      : real_(real),
        log_(log),
        out_(out),
        broker_(real.env(), std::move(config)),
        metrics_({real, probe}),
        watching_(real.loop()) {}

  void request_stop(int signal) {
    log_.write(LogLevel::kInfo, "process.signal", fmt::format(" number={}", signal));
    broker_.request_stop();
  }

  Task<ExitCode> run(std::optional<Endpoint> metrics_at) {
    const Result<void> started = co_await broker_.start();
    if (!started) co_return exit_code_of(started.error().code);  // the broker has said why
    if (metrics_at) {
      const Result<Endpoint> serves = metrics_.start(*metrics_at);
      if (serves) {
        log_.write(LogLevel::kInfo, "metrics.started", " endpoint=" + serves->to_string());
      } else {
        log_.say(LogLevel::kError, "metrics.failed", serves.error().to_string());
      }
    }
    tell_endpoint();
    watching_.spawn(watch_descriptors());
    const Result<void> ended = co_await broker_.run();
    watching_.cancel();
    const Result<void> watched = co_await watching_.join();
    const Result<void> stopped = co_await metrics_.stop();
    (void)watched;
    (void)stopped;  // only cancelling them could fail
    co_return ended ? kExitOk : exit_code_of(ended.error().code);
  }

 private:
  void tell_endpoint() const {
    const std::string line = "listening on " + broker_.endpoint().to_string() + "\n";
    const auto ignored = ::write(out_, line.data(), line.size());
    (void)ignored;  // nobody reads it
  }

  // One line a second at most, however many are refused.
  Task<void> watch_descriptors() {
    int64_t told = 0;
    while (true) {
      const Result<void> slept = co_await real_.env().sleep(seconds(1));
      if (!slept) co_return;
      const int64_t refused = real_.network().counters().refused;
      if (refused == told) continue;
      log_.say(LogLevel::kWarn, "process.too_many_open_files",
               fmt::format("{} connections were closed at once: the process may open no more "
                           "files (ulimit -n)",
                           refused - told));
      told = refused;
    }
  }

  RealEnv& real_;
  LineLog& log_;
  const int out_;
  server::Broker broker_;
  MetricsServer metrics_;
  Scope watching_;
};

}  // namespace

int raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 20));
}

ExitCode run_broker(const BrokerOptions& options, LineLog& log, int out) {
  for (const std::string& warning : options.warnings)
    log.say(LogLevel::kWarn, "process.configuration", warning);
  const auto give_up = [&](const Error& error) {
    log.say(LogLevel::kError, "process.cannot_start", error.to_string());
    return exit_code_of(error.code);
  };
  const Result<DataDirectory> data = prepare_directory(options.data);
  if (!data) return give_up(data.error());
  BrokerProbe probe(log);
  const Result<std::unique_ptr<RealEnv>> real = RealEnv::create(env_options(*data), probe);
  if (!real) return give_up(real.error());
  const Result<Endpoint> listen = (*real)->network().reserve(options.listen);
  if (!listen) return give_up(listen.error());
  BrokerProcess process(**real, probe, broker_config(options, *data, *listen), log, out);
  const auto signals = StopSignals::create(
      (*real)->loop(), [&process](int signal) { process.request_stop(signal); });
  if (!signals) return give_up(signals.error());
  const ExitCode code = (*real)->loop().run(process.run(options.metrics));
  return code;
}

}  // namespace faultline
