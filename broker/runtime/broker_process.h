// SPDX-License-Identifier: Apache-2.0
// BrokerProcess: everything of `faultline-broker` between its options and its exit code.
#pragma once

#include "broker/runtime/broker_options.h"
#include "broker/runtime/log_line.h"

namespace faultline {

enum ExitCode : int {
  kExitOk = 0,
  kExitUsage = 64,
  kExitNoInput = 66,
  kExitCannotUse = 73,
  kExitIo = 74,
  kExitTryLater = 75,
};

// Serves until SIGTERM or SIGINT or until the disk fails. Signals must be blocked already
// (StopSignals::block). Writes "listening on HOST:PORT" to `out`, a descriptor, when clients can
// come.
ExitCode run_broker(const BrokerOptions& options, LineLog& log, int out);

// As many descriptors as the system lets this process have; gives the number.
int raise_descriptor_limit();

}  // namespace faultline
