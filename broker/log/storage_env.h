// SPDX-License-Identifier: Apache-2.0
// StorageEnv: the ports of Env that logs need, so that a tool can read a log directory without a
// network.
#pragma once

#include "broker/env/env.h"

namespace faultline::log {

struct StorageEnv {
  Executor& executor;
  Clock& clock;
  Disk& disk;
  Random& random;
  Cpu& cpu;
  Probe& probe;

  static StorageEnv of(Env& env) {
    return {env.executor, env.clock, env.disk, env.random, env.cpu, env.probe};
  }
};

}  // namespace faultline::log
