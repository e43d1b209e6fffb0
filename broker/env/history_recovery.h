// SPDX-License-Identifier: Apache-2.0
// What a log says when it comes back, and what an audit finds in it. See history_events.h for the
// rules of the vocabulary.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/ids.h"
#include "broker/base/notation.h"
#include "broker/env/emit.h"
#include "broker/env/history_log.h"
#include "broker/env/probe.h"

namespace faultline::history {

// A digest of a sequence of batches: fold from 0 in order.
uint64_t extend_chain(uint64_t chain, const Batch& batch);

// The log is open for use after a start of its process, whether it scanned batches or trusted a
// clean shutdown. `scanned`: every batch that it read back, in order, up to end_offset.
struct LogRecovered {
  static constexpr MessageSpec kSpec = event_spec("log.recovered");
  static constexpr EventType kType = event_type<LogRecovered>(0x1003, kSpec);
  std::string topic;
  int32_t partition = 0;
  Offset start_offset = 0;
  Offset end_offset = 0;
  bool was_clean = false;
  std::vector<Batch> scanned;
  Offset high_watermark = 0;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("start_offset", start_offset);
    a.f("end_offset", end_offset);
    a.f("was_clean", was_clean);
    a.f("scanned", scanned);
    a.f("high_watermark", high_watermark);
  }
};

// An audit read the whole log from disk: what it holds, and whether every index equals one rebuilt.
struct LogAudited {
  static constexpr MessageSpec kSpec = event_spec("log.audited");
  static constexpr EventType kType = event_type<LogAudited>(0x1007, kSpec);
  std::string topic;
  int32_t partition = 0;
  Offset start_offset = 0;  // base of the first batch at hand
  Offset end_offset = 0;
  uint64_t chain = 0;  // extend_chain over all batches
  bool indexes_match = true;
  std::string detail;  // of the first mismatch
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("start_offset", start_offset);
    a.f("end_offset", end_offset);
    a.f("chain", chain);
    a.f("indexes_match", indexes_match);
    a.f("detail", detail);
  }
};

}  // namespace faultline::history
