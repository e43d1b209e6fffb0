// SPDX-License-Identifier: Apache-2.0
// RealEnv: the Env of a process on a real machine: loop, clock, sockets, files, entropy. Programs
// run on `env()`; their Scopes must die before it.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "broker/env/env.h"
#include "broker/runtime/event_loop.h"
#include "broker/runtime/posix_disk.h"
#include "broker/runtime/tcp_network.h"
#include "broker/runtime/worker_pool.h"

namespace faultline {

// Draws come from the kernel's entropy, whatever the stream.
class SystemRandom final : public Random {
 public:
  uint64_t next(uint64_t stream) override;
};

// Work costs what it costs; it is only counted.
class CountingCpu final : public Cpu {
 public:
  void charge(Work kind, int64_t amount) override { done_[static_cast<size_t>(kind)] += amount; }
  int64_t done(Work kind) const { return done_[static_cast<size_t>(kind)]; }

 private:
  std::array<int64_t, kWorkKinds> done_{};
};

struct RealEnvOptions {
  std::string disk_root;  // a directory
  int worker_threads = 4;
  TcpOptions tcp;
};

class RealEnv {
 public:
  // `probe` outlives it. Errors: those of the directory, kTooLarge (descriptors).
  static Result<std::unique_ptr<RealEnv>> create(const RealEnvOptions& options, Probe& probe);

  Env& env() { return env_; }
  EventLoop& loop() { return *loop_; }
  TcpNetwork& network() { return network_; }
  const PosixDisk& disk() const { return *disk_; }
  const CountingCpu& cpu() const { return cpu_; }

 private:
  RealEnv(std::unique_ptr<EventLoop> loop, std::unique_ptr<WorkerPool> pool,
          std::unique_ptr<PosixDisk> disk, const TcpOptions& tcp, Probe& probe);

  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<PosixDisk> disk_;
  TcpNetwork network_;
  SystemRandom random_;
  CountingCpu cpu_;
  Env env_;
};

}  // namespace faultline
