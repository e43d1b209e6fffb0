// SPDX-License-Identifier: Apache-2.0
// Settings of producers and consumers under Kafka's own property names and defaults (Kafka 4.1).
// Unknown names and values out of range are errors that name the property.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker/base/result.h"
#include "broker/base/time.h"
#include "broker/client/client_rules.h"
#include "broker/env/network.h"
#include "broker/wire/compression.h"

namespace faultline::client {

using Properties = std::map<std::string, std::string>;

// What every client needs.
struct ConnectionConfig {
  std::vector<Endpoint> bootstrap_servers;
  std::string client_id = "faultline";
  Duration request_timeout = seconds(30);         // request.timeout.ms
  Duration retry_backoff = milliseconds(100);     // retry.backoff.ms; doubles up to the maximum
  Duration retry_backoff_max = seconds(1);        // retry.backoff.max.ms
  Duration reconnect_backoff = milliseconds(50);  // reconnect.backoff.ms; doubles
  Duration reconnect_backoff_max = seconds(1);    // reconnect.backoff.max.ms
  Duration metadata_max_age = seconds(300);       // metadata.max.age.ms
  int64_t response_bytes_max = 100 << 20;         // a longer frame closes the connection
};

enum class Partitioner : uint8_t { kDefault, kRoundRobin };  // default: murmur2, sticky without key

struct ProducerConfig {
  ConnectionConfig connection;
  int16_t acks = -1;                         // acks: 0, 1, all
  bool enable_idempotence = true;            // enable.idempotence
  Duration linger = milliseconds(5);         // linger.ms
  int64_t batch_size = 16384;                // batch.size
  int64_t buffer_memory = 32 << 20;          // buffer.memory
  int32_t max_in_flight = 5;                 // max.in.flight.requests.per.connection
  int32_t retries = INT32_MAX;               // retries
  Duration delivery_timeout = seconds(120);  // delivery.timeout.ms
  Duration max_block = seconds(60);          // max.block.ms
  int64_t max_request_size = 1 << 20;        // max.request.size
  wire::Compression compression = wire::Compression::kNone;  // compression.type
  Partitioner partitioner = Partitioner::kDefault;           // partitioner.class
  ClientRules safety;                                        // no setting: all are on

  // True when the settings keep one producer's records to a partition in order.
  bool promises_order() const { return enable_idempotence || max_in_flight == 1; }
};

enum class IsolationLevel : int8_t { kReadUncommitted = 0, kReadCommitted = 1 };

enum class OffsetReset : uint8_t { kEarliest, kLatest, kNone };

struct ConsumerConfig {
  ConnectionConfig connection;
  int32_t fetch_min_bytes = 1;                                        // fetch.min.bytes
  int32_t fetch_max_bytes = 50 << 20;                                 // fetch.max.bytes
  Duration fetch_max_wait = milliseconds(500);                        // fetch.max.wait.ms
  int32_t partition_bytes_max = 1 << 20;                              // max.partition.fetch.bytes
  int32_t max_poll_records = 500;                                     // max.poll.records
  OffsetReset auto_offset_reset = OffsetReset::kLatest;               // auto.offset.reset
  IsolationLevel isolation_level = IsolationLevel::kReadUncommitted;  // isolation.level
  bool check_crcs = true;                                             // check.crcs
};

Result<ProducerConfig> parse_producer_config(const Properties& properties);
Result<ConsumerConfig> parse_consumer_config(const Properties& properties);

}  // namespace faultline::client
