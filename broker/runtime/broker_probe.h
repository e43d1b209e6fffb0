// SPDX-License-Identifier: Apache-2.0
// BrokerProbe: what a real broker does with its events. Those of its life and of trouble become log
// lines, appends are counted for the metrics, the rest is dropped.
#pragma once

#include "broker/env/probe.h"
#include "broker/runtime/log_line.h"

namespace faultline {

struct LogCounters {
  int64_t batches = 0;
  int64_t records = 0;
  int64_t bytes = 0;
  int64_t flushes = 0;
};

class BrokerProbe final : public Probe {
 public:
  explicit BrokerProbe(LineLog& log) : log_(log) {}

  EventId emit(const EventType& type, uint64_t entity, const EventPayload& payload) override;
  bool wants_details() const override { return log_.wants(LogLevel::kDebug); }
  const LogCounters& counters() const { return counters_; }

 private:
  void count_append(const EventPayload& payload);

  LineLog& log_;
  LogCounters counters_;
  uint64_t last_ = 0;
};

}  // namespace faultline
