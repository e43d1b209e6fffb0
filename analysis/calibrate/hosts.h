// SPDX-License-Identifier: Apache-2.0
// Where loads are played: on a broker behind a port, and in the simulator under a profile.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "analysis/calibrate/load.h"
#include "analysis/calibrate/profile.h"
#include "broker/client/client_config.h"

namespace faultline::calibrate {

struct RealHost {
  client::ConnectionConfig servers;
  int64_t pid = 0;  // of the broker, if it is of this machine and known
  std::function<void(const Load&)> progress;

  // Errors: kConnectionRefused and others of the network; kNotFound where no such process is; what
  // the broker refused.
  Result<std::vector<Outcome>> play(std::span<const Load> loads) const;
};

// "127.0.0.1:9092", or several with commas. Errors: kInvalidArgument.
Result<client::ConnectionConfig> parse_servers(const std::string& text);

// User and system time of a process so far, from /proc. Errors: kNotFound.
Result<Duration> process_cpu(int64_t pid);

// Equal arguments give equal outcomes.
Result<std::vector<Outcome>> play_simulated(const Profile& profile, std::span<const Load> loads,
                                            uint64_t seed);

}  // namespace faultline::calibrate
