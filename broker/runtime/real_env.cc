// SPDX-License-Identifier: Apache-2.0
// Putting the real ports together.
#include "broker/runtime/real_env.h"

#include <sys/random.h>

#include "broker/runtime/system_error.h"

namespace faultline {

uint64_t SystemRandom::next(uint64_t) {
  uint64_t value = 0;
  // Up to 256 bytes are never cut short or interrupted.
  ASSERT(::getrandom(&value, sizeof value, 0) == sizeof value);
  return value;
}

Result<std::unique_ptr<RealEnv>> RealEnv::create(const RealEnvOptions& options, Probe& probe) {
  TRY_ASSIGN(std::unique_ptr<EventLoop> loop, EventLoop::create());
  TRY_ASSIGN(std::unique_ptr<WorkerPool> pool, WorkerPool::create(*loop, options.worker_threads));
  TRY_ASSIGN(std::unique_ptr<PosixDisk> disk, PosixDisk::open_root(options.disk_root, pool.get()));
  return std::unique_ptr<RealEnv>(
      new RealEnv(std::move(loop), std::move(pool), std::move(disk), options.tcp, probe));
}

RealEnv::RealEnv(std::unique_ptr<EventLoop> loop, std::unique_ptr<WorkerPool> pool,
                 std::unique_ptr<PosixDisk> disk, const TcpOptions& tcp, Probe& probe)
    : loop_(std::move(loop)),
      pool_(std::move(pool)),
      disk_(std::move(disk)),
      network_(*loop_, *pool_, tcp),
      env_{*loop_, loop_->clock(), loop_->timers(), network_, *disk_, random_, cpu_, probe} {}

}  // namespace faultline
