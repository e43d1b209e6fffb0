// SPDX-License-Identifier: Apache-2.0
#include "analysis/calibrate/load.h"

#include <algorithm>

#include "broker/base/assert.h"

namespace faultline::calibrate {

int64_t Outcome::quantile_ns(uint32_t per_million) const {
  ASSERT(!latencies_ns.empty());
  const size_t rank = latencies_ns.size() * per_million / 1'000'000;
  return latencies_ns[std::min(rank, latencies_ns.size() - 1)];
}

double Outcome::rate() const {
  return elapsed.ns == 0 ? 0
                         : static_cast<double>(operations) * 1e9 / static_cast<double>(elapsed.ns);
}

double Outcome::cost_ns() const {
  if (operations == 0) return 0;
  const Duration spent = broker_cpu ? std::min(*broker_cpu, elapsed) : elapsed;
  return static_cast<double>(spent.ns) / static_cast<double>(operations);
}

double Outcome::client_cost_ns() const {
  return operations == 0 ? 0 : static_cast<double>(client_cpu.ns) / static_cast<double>(operations);
}

}  // namespace faultline::calibrate
