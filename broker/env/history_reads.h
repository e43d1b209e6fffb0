// SPDX-License-Identifier: Apache-2.0
// What consumers ask for and get. See history_events.h for the rules of the vocabulary.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "broker/base/ids.h"
#include "broker/base/notation.h"
#include "broker/env/emit.h"
#include "broker/env/probe.h"

namespace faultline::history {

// The consumer sends a fetch from this offset. Its event id goes into the Polled that answers it.
struct FetchSent {
  static constexpr MessageSpec kSpec = event_spec("client.fetch_sent");
  static constexpr EventType kType = event_type<FetchSent>(0x1210, kSpec);
  std::string topic;
  int32_t partition = 0;
  Offset offset = 0;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("offset", offset);
  }
};

struct PolledRecord {
  Offset offset = 0;
  uint64_t digest = 0;
  int64_t timestamp_ms = 0;
  void wire(auto& a) {
    a.f("offset", offset);
    a.f("digest", digest);
    a.f("timestamp_ms", timestamp_ms);
  }
};

// A fetch was answered without error: also when there was no record. Records are those from the
// fetched offset on.
struct Polled {
  static constexpr MessageSpec kSpec = event_spec("client.polled");
  static constexpr EventType kType = event_type<Polled>(0x1211, kSpec);
  std::string topic;
  int32_t partition = 0;
  EventId fetch = 0;
  Offset high_watermark = 0;
  std::vector<PolledRecord> records;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("fetch", fetch);
    a.f("high_watermark", high_watermark);
    a.f("records", records);
  }
};

// The consumer goes on at another offset than the one after the last record: assignment, seek,
// OFFSET_OUT_OF_RANGE.
struct PositionReset {
  static constexpr MessageSpec kSpec = event_spec("client.position_reset");
  static constexpr EventType kType = event_type<PositionReset>(0x1212, kSpec);
  std::string topic;
  int32_t partition = 0;
  Offset offset = 0;
  std::string reason;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("offset", offset);
    a.f("reason", reason);
  }
};

// The leader was asked for the first offset whose record has at least this timestamp; -1: there is
// none. A reader asks when it has read the whole partition and nothing is appended any more.
struct OffsetFound {
  static constexpr MessageSpec kSpec = event_spec("client.offset_found");
  static constexpr EventType kType = event_type<OffsetFound>(0x1215, kSpec);
  std::string topic;
  int32_t partition = 0;
  int64_t timestamp_ms = 0;
  Offset offset = -1;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("timestamp_ms", timestamp_ms);
    a.f("offset", offset);
  }
};

// A fresh consumer of the audit tried for long and could not read these records. It goes on behind
// them.
struct Unreadable {
  static constexpr MessageSpec kSpec = event_spec("client.unreadable");
  static constexpr EventType kType = event_type<Unreadable>(0x1214, kSpec);
  std::string topic;
  int32_t partition = 0;
  Offset start_offset = 0;
  Offset end_offset = 0;
  std::string error;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("start_offset", start_offset);
    a.f("end_offset", end_offset);
    a.f("error", error);
  }
};

// A fresh consumer of the audit has read everything from the log start, start_offset, to the end of
// the log that it was told, end_offset.
struct ReadThrough {
  static constexpr MessageSpec kSpec = event_spec("client.read_through");
  static constexpr EventType kType = event_type<ReadThrough>(0x1213, kSpec);
  std::string topic;
  int32_t partition = 0;
  Offset start_offset = 0;
  Offset end_offset = 0;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("start_offset", start_offset);
    a.f("end_offset", end_offset);
  }
};

}  // namespace faultline::history
