// SPDX-License-Identifier: Apache-2.0
// Link: one direction between two machines: its latencies, and its bandwidth as the time until
// which it is busy sending. Medium: what all flows of a fabric share.
#pragma once

#include <utility>

#include "sim/net/options.h"
#include "sim/net/rule.h"

namespace faultline::sim {

struct Medium {
  Medium(Kernel& kernel, FabricOptions options)
      : kernel(kernel),
        options(std::move(options)),
        connects(kernel.seed(), stream_id("net.connect")),
        splits(kernel.seed(), stream_id("net.split")),
        latencies(kernel.seed(), stream_id("net.latency")),
        reads(kernel.seed(), stream_id("net.read")) {}

  Kernel& kernel;
  const FabricOptions options;
  RuleSet rules;
  const DrawStream connects;
  const DrawStream splits;
  const DrawStream latencies;
  const DrawStream reads;
};

class Link {
 public:
  Link(NodeId from, NodeId to, LinkOptions options)
      : from(from), to(to), options_(std::move(options)) {}

  const NodeId from;
  const NodeId to;

  void set_options(LinkOptions options) { options_ = std::move(options); }
  const QuantileTable& latency() const { return options_.latency; }
  uint32_t next_connection() { return ++connections_; }

  // Puts `size` bytes on the wire, not before `time`; the instant at which the last one has left.
  Instant transmit(Instant time, size_t size) {
    if (options_.bytes_per_second == 0) return time;
    if (busy_until_ < time) busy_until_ = time;
    const auto rate = static_cast<uint64_t>(options_.bytes_per_second);
    const bool is_short = size <= UINT64_MAX / kPicosecondsPerSecond;  // 128 bits divide slowly
    const auto picoseconds =
        is_short ? size * kPicosecondsPerSecond / rate
                 : static_cast<unsigned __int128>(size) * kPicosecondsPerSecond / rate;
    fraction_ps_ += static_cast<int64_t>(picoseconds);
    busy_until_ = busy_until_ + Duration{fraction_ps_ / 1000};
    fraction_ps_ %= 1000;
    return busy_until_;
  }

 private:
  static constexpr uint64_t kPicosecondsPerSecond = 1'000'000'000'000;

  LinkOptions options_;
  uint32_t connections_ = 0;
  Instant busy_until_{};
  int64_t fraction_ps_ = 0;  // below one nanosecond, carried on
};

}  // namespace faultline::sim
