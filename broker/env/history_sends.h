// SPDX-License-Identifier: Apache-2.0
// The way of a record into the log, as broker and producer tell it. See history_events.h for the
// rules of the vocabulary.
#pragma once

#include <cstdint>
#include <string>

#include "broker/base/bytes.h"
#include "broker/base/ids.h"
#include "broker/base/notation.h"
#include "broker/env/emit.h"
#include "broker/env/probe.h"

namespace faultline::history {

// What identifies a record in a history. Workloads make every value unique.
uint64_t record_digest(Bytes value);

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

}  // namespace faultline::history
