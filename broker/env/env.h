// SPDX-License-Identifier: Apache-2.0
// Env: everything that a program may know of the world, passed by reference to constructors. The
// simulator and the real runtime each make one; programs cannot tell which.
#pragma once

#include "broker/env/clock.h"
#include "broker/env/cpu.h"
#include "broker/env/disk.h"
#include "broker/env/fiber.h"
#include "broker/env/network.h"
#include "broker/env/probe.h"
#include "broker/env/random.h"

namespace faultline {

struct Env {
  Executor& executor;
  Clock& clock;
  Timers& timers;
  Network& network;
  Disk& disk;
  Random& random;
  Cpu& cpu;
  Probe& probe;

  SleepUntil sleep(Duration duration) { return timers.sleep_until(clock.now() + duration); }
};

}  // namespace faultline
