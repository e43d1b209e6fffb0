// SPDX-License-Identifier: Apache-2.0
// The loads that `kafka_load` can be: each prints one line of JSON on stdout. Produced batches are
// encoded once and sent again and again, so that the generator costs less than any broker.
#pragma once

#include <cstdint>
#include <string>

namespace faultline::load {

struct LoadOptions {
  uint16_t port = 0;
  std::string topic = "load";
  int32_t partitions = 6;
  int64_t bytes = 1 << 30;      // of batches, to produce or to fetch
  int32_t record_bytes = 1024;  // of each value
  int32_t batch_bytes = 256 << 10;
  int32_t in_flight = 5;  // requests without an answer, as producers have by default
  int32_t rate = 2000;    // records a second, one a request
  int32_t seconds = 10;
  bool is_bare = false;  // the server is bare_server: answers mean nothing
  std::string file;      // of bare_server
};

// Creates the topic and waits until every partition has its leader; deletes it.
void create_topic(const LoadOptions& options);
void delete_topic(const LoadOptions& options);
// As fast as it goes, the partitions in turn, acks=all.
void produce(const LoadOptions& options);
// From the begin, all partitions in each request, again and again.
void fetch(const LoadOptions& options);
// At `rate`, from the moment at which each record was due until its ack.
void measure_latency(const LoadOptions& options);
// Tries until a record is acked, and prints when that was (CLOCK_MONOTONIC).
void await_first_ack(const LoadOptions& options);
// The least that a broker can do: takes requests of produce(), checks the CRC, appends to `file`,
// answers; answers those of fetch() from there with sendfile. Until killed.
void serve_bare(const LoadOptions& options);

}  // namespace faultline::load
