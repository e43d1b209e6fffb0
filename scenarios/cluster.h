// SPDX-License-Identifier: Apache-2.0
// The cluster of a scenario: its brokers, Kafka's configuration of them, and the models of their
// disks, network, clocks and processors.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "broker/base/prng.h"
#include "broker/base/time.h"

namespace faultline::scenarios {

// Kafka names and checked values in canonical text ("true", "1048576", "lz4"); explicit ones only.
using ConfigValues = std::map<std::string, std::string>;

struct Quantile {
  uint32_t per_million = 0;  // share of all that are at most `value`
  Duration value;
  bool operator==(const Quantile&) const = default;
};

// A random length with a median and a 99th percentile; equal ones make it constant. Where `points`
// are given they say all: ascending in both members, from 0 to 1,000,000, p50 and p99 among them.
struct Latency {
  Duration p50;
  Duration p99;
  std::vector<Quantile> points{};
  bool operator==(const Latency&) const = default;
};

struct Broker {
  std::string id;    // "b1"; its Kafka node id is its position, counted from 1
  std::string rack;  // empty: none
};

struct DiskModel {
  int64_t capacity = int64_t{1} << 40;
  Latency read{microseconds(80), milliseconds(1)};  // from the platter; cached pages take no time
  Latency write{microseconds(10), microseconds(200)};  // into the page cache
  Latency fsync{milliseconds(1), milliseconds(10)};
  Duration writeback_after = seconds(30);  // dirty pages are written by the kernel at this age
  int64_t page_size = 4096;
  int64_t sector_size = 512;  // what a power loss writes whole or not at all
};

struct NetworkModel {
  Latency latency{microseconds(300), milliseconds(3)};  // one way
  int64_t bandwidth = int64_t{1'250'000'000};           // bytes a second and connection
  int64_t buffer = 256 << 10;                           // bytes in flight on a connection
};

struct ClockModel {
  Duration skew;          // each node's wall clock starts up to this much early or late
  int64_t drift_ppm = 0;  // and each node's clocks run up to this much fast or slow
};

// What work costs, in picoseconds; the defaults are those of the reference machine.
struct CpuCosts {
  int64_t resume = 200'000;
  int64_t request = 6'000'000;
  int64_t network_byte = 250;
  int64_t checksum_byte = 50;
  int64_t compressed_byte = 4'000;
  int64_t decompressed_byte = 1'000;
  int64_t record = 60'000;
  int64_t log_append = 2'000'000;
  int64_t log_read = 1'500'000;
  bool operator==(const CpuCosts&) const = default;
};

struct CpuModel {
  Ratio speed{1, 1};  // of the reference machine; 1/2 makes all work take twice as long
  CpuCosts costs;     // of brokers
  CpuCosts client_costs;
};

struct Cluster {
  std::string profile;  // of a file, while it is read; its values then stand in the models
  std::vector<Broker> brokers;
  ConfigValues config;  // of every broker
  DiskModel disk;
  NetworkModel network;
  ClockModel clocks;
  CpuModel cpu;
};

}  // namespace faultline::scenarios
