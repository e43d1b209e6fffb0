// SPDX-License-Identifier: Apache-2.0
// Load: what is asked of a broker while somebody looks at the clock; Outcome: what was seen. The
// same loads are played on a real broker and in the simulator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/time.h"

namespace faultline::calibrate {

enum class LoadKind : uint8_t {
  kApiVersions,  // requests by hand, as are the next two
  kProduce,      // acks=1, a batch that was encoded once
  kFetch,        // one batch, always the same
  kConnect,      // connections opened and closed
  kProducers,    // the real producer: records, lingering, acks=all
};

struct Load {
  std::string name;
  LoadKind kind = LoadKind::kApiVersions;
  int connections = 1;         // or producers
  int64_t records = 1;         // of a batch; kProducers makes its own
  int64_t record_bytes = 100;  // of each value
  bool flushes = false;        // into the topic with flush.messages=1
  int64_t rate = 0;            // requests, or records, a second in all; 0: as fast as answers come
  Duration linger{};           // of kProducers
  Duration length = seconds(1);
};

struct Outcome {
  std::vector<int64_t> latencies_ns;  // ascending; of requests, or of records from send to ack
  int64_t operations = 0;
  Duration elapsed;
  std::optional<Duration> broker_cpu;  // that the broker was charged meanwhile, where it is known
  Duration client_cpu;                 // that this client was charged

  // At most `share` millionths of all are at or below it; requires latencies.
  int64_t quantile_ns(uint32_t per_million) const;
  // Operations a second.
  double rate() const;
  // Nanoseconds an operation: the time that passed, or the broker's own processor time if less.
  double cost_ns() const;
  double client_cost_ns() const;
};

}  // namespace faultline::calibrate
