// SPDX-License-Identifier: Apache-2.0
// What a simulated network is like when nothing fails: latencies, bandwidth, buffers and the
// timeouts of its machines' TCP. The defaults are a local network of Linux machines.
#pragma once

#include <cstddef>
#include <cstdint>

#include "broker/base/prng.h"
#include "broker/base/time.h"
#include "sim/kernel/quantiles.h"

namespace faultline::sim {

// One direction between two machines.
struct LinkOptions {
  QuantileTable latency = QuantileTable::latency(microseconds(250), milliseconds(1));
  int64_t bytes_per_second = 1'250'000'000;  // 0: unlimited
};

struct FabricOptions {
  LinkOptions link;  // unless Fabric::set_link says otherwise
  LinkOptions loopback{QuantileTable::constant(microseconds(20)), 0};

  size_t send_buffer_bytes = 256 * 1024;
  size_t receive_buffer_bytes = 256 * 1024;
  size_t segment_bytes_max = 64 * 1024;
  size_t accept_backlog = 128;

  // Boundaries are drawn: a segment that ends early, a read that gives less than there is, and a
  // read that gives more than the writer's slice.
  Ratio split_segment{1, 8};
  Ratio short_read{1, 16};
  Ratio gather_read{1, 16};

  // Linux: tcp_syn_retries 6, RTO 200 ms doubling, tcp_retries2 15, keepalive 7200 s + 9 * 75 s.
  Duration syn_retry = seconds(1);
  Duration connect_timeout = seconds(127);
  Duration retransmission_min = milliseconds(200);
  Duration retransmission_max = seconds(120);
  Duration give_up_after = seconds(925);
  Duration keepalive_after = seconds(7875);
};

}  // namespace faultline::sim
