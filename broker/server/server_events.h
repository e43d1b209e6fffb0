// SPDX-License-Identifier: Apache-2.0
// What a broker tells of itself besides the history of records (env/history_events.h): its life,
// its connections and, as `broker.log`, sentences for people. Checkers do not read the sentences.
#pragma once

#include <cstdint>
#include <string>

#include "broker/env/emit.h"

namespace faultline::server {

// The broker serves: metadata and logs are loaded and it listens.
struct BrokerStarted {
  static constexpr MessageSpec kSpec = event_spec("broker.started");
  static constexpr EventType kType = event_type<BrokerStarted>(0x1110, kSpec);
  int32_t node_id = -1;
  int64_t broker_epoch = -1;
  std::string endpoint;
  bool was_clean = false;  // the stop before was an orderly one
  int32_t topics = 0;
  int32_t partitions = 0;
  void wire(auto& a) {
    a.f("node_id", node_id);
    a.f("broker_epoch", broker_epoch);
    a.f("endpoint", endpoint);
    a.f("was_clean", was_clean);
    a.f("topics", topics);
    a.f("partitions", partitions);
  }
};

// The broker takes no more requests; its process is about to end by itself.
struct BrokerStopped {
  static constexpr MessageSpec kSpec = event_spec("broker.stopped");
  static constexpr EventType kType = event_type<BrokerStopped>(0x1111, kSpec);
  bool is_clean = false;
  std::string reason;
  void wire(auto& a) {
    a.f("is_clean", is_clean);
    a.f("reason", reason);
  }
};

// The log directory is given up after an error of the disk; no partition of it is served any more.
struct LogDirFailed {
  static constexpr MessageSpec kSpec = event_spec("broker.log_dir_failed");
  static constexpr EventType kType = event_type<LogDirFailed>(0x1112, kSpec);
  std::string directory;
  std::string reason;
  void wire(auto& a) {
    a.f("directory", directory);
    a.f("reason", reason);
  }
};

// The broker ends a connection; entity: its number.
struct ConnectionClosed {
  static constexpr MessageSpec kSpec = event_spec("broker.connection_closed");
  static constexpr EventType kType = event_type<ConnectionClosed>(0x1113, kSpec);
  std::string peer;
  std::string reason;
  int64_t requests = 0;
  void wire(auto& a) {
    a.f("peer", peer);
    a.f("reason", reason);
    a.f("requests", requests);
  }
};

// A request has arrived and is about to be handled; entity: its connection. Only with details.
struct RequestReceived {
  static constexpr MessageSpec kSpec = event_spec("broker.request");
  static constexpr EventType kType = event_type<RequestReceived>(0x1114, kSpec);
  std::string api;
  int16_t version = 0;
  int32_t correlation_id = 0;
  std::string client_id;
  int32_t bytes = 0;
  void wire(auto& a) {
    a.f("api", api);
    a.f("version", version);
    a.f("correlation_id", correlation_id);
    a.f("client_id", client_id);
    a.f("bytes", bytes);
  }
};

// A part of a request was refused; entity: the partition, or 0.
struct RequestRefused {
  static constexpr MessageSpec kSpec = event_spec("broker.refused");
  static constexpr EventType kType = event_type<RequestRefused>(0x1115, kSpec);
  std::string api;
  std::string topic;
  int32_t partition = -1;
  int16_t error_code = 0;
  std::string error;
  std::string detail;
  void wire(auto& a) {
    a.f("api", api);
    a.f("topic", topic);
    a.f("partition", partition);
    a.f("error_code", error_code);
    a.f("error", error);
    a.f("detail", detail);
  }
};

struct BrokerLog {
  static constexpr MessageSpec kSpec = event_spec("broker.log");
  static constexpr EventType kType = event_type<BrokerLog>(0x11ff, kSpec);
  std::string level;  // "info", "warn", "error"
  std::string text;
  void wire(auto& a) {
    a.f("level", level);
    a.f("text", text);
  }
};

void log_info(Probe& probe, std::string text);
void log_warn(Probe& probe, std::string text);
void log_error(Probe& probe, std::string text);

}  // namespace faultline::server
