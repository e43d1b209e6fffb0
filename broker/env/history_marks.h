// SPDX-License-Identifier: Apache-2.0
// Places in a log that runs seldom reach. A log tells each once in its life, so that a campaign can
// say which it never saw and an operator what a log had to do. No checker needs them, so they stand
// apart from history_events.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/base/notation.h"
#include "broker/env/emit.h"
#include "broker/env/probe.h"

namespace faultline::history {

enum class LogMark : uint8_t {
  kTornTailCut,
  kSegmentsDropped,
  kSnapshotPassedOver,
  kWrittenAnew,
  kIndexRebuilt,
  kIndexMisled,
  kAppendCut,
  kRolledForTime,
  kRolledForIndex,
  kOutOfOrderSequence,
  kOlderProducerEpoch,
};

// "area: what happened", by LogMark.
inline constexpr std::string_view kLogMarks[] = {
    "recovery: cut a torn tail",
    "recovery: dropped segments behind a bad batch",
    "recovery: passed over a torn snapshot",
    "recovery: wrote segments anew after a failed fsync",
    "index: rebuilt from its segment",
    "index: an entry misled a reader",
    "append: cut what a failed one had left",
    "roll: the records span too much time",
    "roll: an index was full",
    "producer: a sequence was out of order",
    "producer: an older epoch was refused",
};

struct LogReached {
  static constexpr MessageSpec kSpec = event_spec("log.reached");
  static constexpr EventType kType = event_type<LogReached>(0x1009, kSpec);
  std::string topic;
  int32_t partition = 0;
  std::string what;  // of kLogMarks
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("what", what);
  }
};

}  // namespace faultline::history
