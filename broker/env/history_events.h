// SPDX-License-Identifier: Apache-2.0
// The vocabulary of history: what logs, brokers and clients say about records, in words that
// checkers understand without knowing Kafka. Emit them with emit.h at the instant at which they
// become true, on success and failure alike; checkers trust nothing else. Ids 0x1000..0x10ff log,
// 0x1100..0x11ff broker, 0x1200..0x127f client; what happens to machines is in world_events.h.
//
// Entities: log and broker events use partition_entity(); client events the number of the producer
// or consumer within its node, so that (node, entity) names one. Ranges of offsets are [start,
// end).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/base/notation.h"
#include "broker/env/emit.h"
#include "broker/env/probe.h"

namespace faultline::history {

uint64_t partition_entity(std::string_view topic, int32_t partition);
// What identifies a record in a history. Workloads make every value unique.
uint64_t record_digest(Bytes value);

// --- log ---

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

// A digest of a sequence of batches: fold from 0 in order.
uint64_t extend_chain(uint64_t chain, const Batch& batch);

// From here on, appends go to file `path` of the node's disk, which starts at base_offset: a new
// log, a roll, or an old file opened again.
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

// The log has given a batch its offsets and is about to write it at `position` of the current file.
// When the write fails it says log.truncated or log.fenced.
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
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("start_offset", start_offset);
    a.f("end_offset", end_offset);
    a.f("was_clean", was_clean);
    a.f("scanned", scanned);
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
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("start_offset", start_offset);
    a.f("reason", reason);
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

// --- broker ---

// The broker is about to tell a producer that these records are in: the promise that any loss is
// judged by.
struct BrokerAcked {
  static constexpr MessageSpec kSpec = event_spec("broker.acked");
  static constexpr EventType kType = event_type<BrokerAcked>(0x1100, kSpec);
  std::string topic;
  int32_t partition = 0;
  Offset base_offset = 0;
  Offset last_offset = 0;
  int16_t acks = 0;
  bool promises_flush = false;  // the settings say that an ack means fsync: flush.messages=1
  bool is_duplicate = false;    // a retry that was recognised
  int32_t in_sync_replicas = 1;
  int32_t min_in_sync_replicas = 1;
  void wire(auto& a) {
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("base_offset", base_offset);
    a.f("last_offset", last_offset);
    a.f("acks", acks);
    a.f("promises_flush", promises_flush);
    a.f("is_duplicate", is_duplicate);
    a.f("in_sync_replicas", in_sync_replicas);
    a.f("min_in_sync_replicas", min_in_sync_replicas);
  }
};

// --- client ---

// The application gave a record to the producer. send_id counts the producer's sends from 1, so it
// is also their order.
struct SendInvoked {
  static constexpr MessageSpec kSpec = event_spec("client.send_invoked");
  static constexpr EventType kType = event_type<SendInvoked>(0x1200, kSpec);
  int64_t send_id = 0;
  std::string topic;
  int32_t partition = 0;
  uint64_t digest = 0;
  int16_t acks = 0;
  bool is_idempotent = false;   // promises no duplicates
  bool promises_order = false;  // idempotent, or one request in flight
  void wire(auto& a) {
    a.f("send_id", send_id);
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("digest", digest);
    a.f("acks", acks);
    a.f("is_idempotent", is_idempotent);
    a.f("promises_order", promises_order);
  }
};

// The producer told the application that the record is in, at `offset`; -1 with acks=0.
struct SendAcked {
  static constexpr MessageSpec kSpec = event_spec("client.send_acked");
  static constexpr EventType kType = event_type<SendAcked>(0x1201, kSpec);
  int64_t send_id = 0;
  Offset offset = -1;
  int64_t timestamp_ms = -1;
  void wire(auto& a) {
    a.f("send_id", send_id);
    a.f("offset", offset);
    a.f("timestamp_ms", timestamp_ms);
  }
};

// The record is certainly not in the log and never will be: no request with it was ever sent, or
// each answer says that nothing was appended.
struct SendFailed {
  static constexpr MessageSpec kSpec = event_spec("client.send_failed");
  static constexpr EventType kType = event_type<SendFailed>(0x1202, kSpec);
  int64_t send_id = 0;
  std::string error;
  void wire(auto& a) {
    a.f("send_id", send_id);
    a.f("error", error);
  }
};

// The producer gave up and nobody knows: timeout, lost connection,
// NOT_ENOUGH_REPLICAS_AFTER_APPEND.
struct SendUnknown {
  static constexpr MessageSpec kSpec = event_spec("client.send_unknown");
  static constexpr EventType kType = event_type<SendUnknown>(0x1203, kSpec);
  int64_t send_id = 0;
  std::string error;
  void wire(auto& a) {
    a.f("send_id", send_id);
    a.f("error", error);
  }
};

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
