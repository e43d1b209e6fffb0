// SPDX-License-Identifier: Apache-2.0
// LogDirHealth: remembers the first error of the disk. A broker whose only log directory has failed
// answers KAFKA_STORAGE_ERROR from then on and ends its process, as Kafka does: only a restart
// recovers what the disk really holds.
#pragma once

#include <string>

#include "broker/base/result.h"
#include "broker/env/probe.h"
#include "broker/env/sync.h"

namespace faultline::server {

class LogDirHealth {
 public:
  LogDirHealth(Probe& probe, std::string directory)
      : probe_(probe), directory_(std::move(directory)) {}

  // True for errors that take a log directory offline.
  static bool is_fatal(ErrorCode code);
  // Takes note of an error of a log; harmless ones are ignored.
  void report(const Error& error);

  bool has_failed() const { return has_failed_; }
  const std::string& reason() const { return reason_; }
  Notifier& failed() { return failed_; }

 private:
  Probe& probe_;
  const std::string directory_;
  bool has_failed_ = false;
  std::string reason_;
  Notifier failed_;
};

}  // namespace faultline::server
