// SPDX-License-Identifier: Apache-2.0
// A recorded run and its file format, .flrun: what was run, the types of its events with the
// notation of their payloads (so that the file can be printed by a program that knows none of
// them), the choice log, checkpoints and events. Works on bytes; the command line reads and writes
// the files.
//
//   file    = "flrun\r\n\x1a" version:u32 section* hash64-of-all-before:u64     (big-endian)
//   section = tag:u8 length:u64 bytes            tags unknown to a reader are skipped
//   event   = node:varint kind:uvarint time-delta:varlong id-delta:varlong entity:uvarint
//             id-minus-cause:varlong (0: none) payload-length:uvarint payload
// Deltas are against the event before, for ids against the next number of that node.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/result.h"
#include "sim/trace/event_log.h"
#include "sim/trace/recorder.h"

namespace faultline::sim {

struct RunInfo {
  std::string scenario;  // its text, so that the run can be repeated from the file alone
  uint64_t seed = 0;
  std::string build;    // which program recorded it
  std::string verdict;  // one word; details belong into `more`
  uint64_t event_count = 0;
  Fingerprint fingerprint;
  std::vector<std::pair<std::string, std::string>> more;  // in order; keys may repeat

  bool operator==(const RunInfo&) const = default;
};

// An event type as a file knows it.
struct TypeInfo {
  uint16_t id = 0;
  std::string name;
  std::string schema;  // what EventType::describe gave

  bool operator==(const TypeInfo&) const = default;
};

struct RunFile {
  RunInfo info;
  std::vector<TypeInfo> types;  // by id
  std::vector<uint64_t> choices;
  std::vector<Checkpoint> checkpoints;
  EventLog events;  // none, the newest, or all

  // All events of the run are at hand.
  bool is_complete() const { return events.size() == info.event_count; }
  const TypeInfo* type(uint16_t id) const;
};

// Takes event count, fingerprint, types, checkpoints and events from the recorder, which is spent.
RunFile make_run(RunInfo info, std::vector<uint64_t> choices, Recorder&& recorder);

Slice encode_run(const RunFile& run);

// Errors: kUnsupported (another version), kTruncated, kCorrupt (checksum, structure, or the events
// do not have the fingerprint that the file states).
Result<RunFile> decode_run(Bytes bytes);

}  // namespace faultline::sim
