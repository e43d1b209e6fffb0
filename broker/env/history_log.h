// SPDX-License-Identifier: Apache-2.0
// What a log says of itself; recovery is in history_recovery.h, the rules in history_events.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "broker/base/ids.h"
#include "broker/base/notation.h"
#include "broker/env/emit.h"
#include "broker/env/probe.h"

namespace faultline::history {

// The entity of log and broker events.
uint64_t partition_entity(std::string_view topic, int32_t partition);

struct Batch {
  Offset base_offset = 0;
  Offset last_offset = 0;
  uint32_t crc = 0;  // of the batch as stored

  void wire(auto& a) {
    a.f("base_offset", base_offset);
    a.f("last_offset", last_offset);
    a.f("crc", crc);
  }
  bool operator==(const Batch&) const = default;
};

// From here on, appends go to file `path`, which starts at base_offset: new, rolled or reopened.
struct LogFile {
  static constexpr MessageSpec kSpec = event_spec("log.file");
  static constexpr EventType kType = event_type<LogFile>(0x1000, kSpec);
  std::string topic;
  int32_t partition = 0;
  std::string path;
  Offset base_offset = 0;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("path", path);
    a.f("base_offset", base_offset);
  }
};

// A batch has its offsets and is about to be written at `position` of the current file. If that
// fails, log.truncated or log.fenced follows.
struct LogAppended {
  static constexpr MessageSpec kSpec = event_spec("log.appended");
  static constexpr EventType kType = event_type<LogAppended>(0x1001, kSpec);
  std::string topic;
  int32_t partition = 0;
  Batch batch;
  int64_t position = 0;
  int32_t bytes = 0;
  ProducerId producer_id = -1;
  int32_t base_sequence = -1;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("batch", batch);
    a.f("position", position);
    a.f("bytes", bytes);
    a.f("producer_id", producer_id);
    a.f("base_sequence", base_sequence);
  }
};

// The log has seen fsync succeed: it holds everything below end_offset for durable.
struct LogFlushed {
  static constexpr MessageSpec kSpec = event_spec("log.flushed");
  static constexpr EventType kType = event_type<LogFlushed>(0x1002, kSpec);
  std::string topic;
  int32_t partition = 0;
  Offset end_offset = 0;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("end_offset", end_offset);
  }
};

// The log of a running process gave up everything from end_offset on. Recovery does not say this.
struct LogTruncated {
  static constexpr MessageSpec kSpec = event_spec("log.truncated");
  static constexpr EventType kType = event_type<LogTruncated>(0x1004, kSpec);
  std::string topic;
  int32_t partition = 0;
  Offset end_offset = 0;
  std::string reason;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("end_offset", end_offset);
    a.f("reason", reason);
  }
};

// Records below start_offset are gone by policy: retention, or DeleteRecords.
struct LogStartMoved {
  static constexpr MessageSpec kSpec = event_spec("log.start_moved");
  static constexpr EventType kType = event_type<LogStartMoved>(0x1005, kSpec);
  std::string topic;
  int32_t partition = 0;
  Offset start_offset = 0;
  std::string reason;
  // Of a deletion by retention: what it was asked for, and the bytes that are left; else -1.
  int64_t retention_ms = -1;
  int64_t retention_bytes = -1;
  int64_t bytes_left = -1;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("start_offset", start_offset);
    a.f("reason", reason);
    a.f("retention_ms", retention_ms);
    a.f("retention_bytes", retention_bytes);
    a.f("bytes_left", bytes_left);
  }
};

// The log takes no more appends until its process starts again.
struct LogFenced {
  static constexpr MessageSpec kSpec = event_spec("log.fenced");
  static constexpr EventType kType = event_type<LogFenced>(0x1006, kSpec);
  std::string topic;
  int32_t partition = 0;
  std::string reason;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("reason", reason);
  }
};

// The topic was deleted; a later one of the same name starts from nothing.
struct LogDeleted {
  static constexpr MessageSpec kSpec = event_spec("log.deleted");
  static constexpr EventType kType = event_type<LogDeleted>(0x1008, kSpec);
  std::string topic;
  int32_t partition = 0;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
  }
};

}  // namespace faultline::history
