// SPDX-License-Identifier: Apache-2.0
// EventLog: the events of a run in memory, in the order in which they happened, numbered from 0.
// Kept in chunks so that appending never moves what is there, and so that a bounded log can drop
// its oldest chunk. EventIndex finds events by id.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/env/probe.h"

namespace faultline::sim {

// One event as everything downstream sees it; valid as long as its log.
struct EventView {
  EventHeader header;
  Bytes payload;
  const void* value = nullptr;  // see EventPayload

  EventPayload contents() const { return {payload, value}; }
};

class EventLog {
 public:
  static constexpr uint64_t kChunkEvents = 4096;
  static constexpr size_t kPayloadBytesMax = (1 << 20) - 1;

  // keep_last > 0 bounds the memory: at least that many of the newest events stay at hand.
  // A log whose earlier events are not at hand starts at start_index.
  explicit EventLog(uint64_t keep_last = 0, uint64_t start_index = 0)
      : keep_last_(keep_last), start_index_(start_index), end_index_(start_index) {}

  void append(const EventHeader& header, Bytes payload);

  // The events at hand are [first_index(), end_index()).
  uint64_t first_index() const { return start_index_ + first_chunk_ * kChunkEvents; }
  uint64_t end_index() const { return end_index_; }
  uint64_t size() const { return end_index() - first_index(); }
  // Requires first_index() <= index < end_index().
  EventView at(uint64_t index) const;

 private:
  struct Chunk {
    std::vector<EventHeader> headers;
    std::vector<uint32_t> ends;  // of each payload in `bytes`; it starts where the one before ends
    std::vector<uint8_t> bytes;
  };

  void start_chunk();

  uint64_t keep_last_;
  uint64_t start_index_;
  uint64_t first_chunk_ = 0;  // chunks dropped so far
  uint64_t end_index_;
  std::deque<Chunk> chunks_;  // all but the last hold kChunkEvents
};

// Where each event of a log is, by id; a snapshot of the log at construction.
class EventIndex {
 public:
  explicit EventIndex(const EventLog& log);

  static constexpr uint64_t kNone = UINT64_MAX;
  // The event's index in the log; kNone when it is not at hand.
  uint64_t find(EventId id) const;

 private:
  std::vector<std::pair<EventId, uint64_t>> places_;  // sorted
};

}  // namespace faultline::sim
