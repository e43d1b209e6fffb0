// SPDX-License-Identifier: Apache-2.0
// A scenario: which cluster, topics, clients and faults to simulate, and what to expect. Plain data
// with every default filled in; schema/parse.h makes one from JSON and guarantees that all
// references (topics, nodes, configs) exist and all values are in range. It is immutable input of
// a run: together with a seed it says everything about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "broker/base/prng.h"
#include "broker/base/time.h"
#include "scenarios/cluster.h"
#include "scenarios/fault.h"

namespace faultline::scenarios {

struct Rate {
  int64_t count = 100;
  Duration per = seconds(1);
  bool operator==(const Rate&) const = default;
};

enum class Arrivals : uint8_t {
  kRandom,  // a Poisson process: the gaps between records are exponential
  kEven,    // at equal distances
};

struct SizeRange {  // both ends included
  int64_t min = 0;
  int64_t max = 0;
  bool operator==(const SizeRange&) const = default;
};

struct Topic {
  std::string name;
  int64_t partitions = 1;
  int64_t replication = 1;
  ConfigValues config;
};

enum class KeyDistribution : uint8_t {
  kNone,      // null keys
  kSequence,  // 0, 1, .. count-1, 0, ..
  kUniform,   // any of `count` keys
  kZipf,      // any of `count` keys, the r-th most frequent with weight 1/r
};

struct Keys {
  KeyDistribution distribution = KeyDistribution::kUniform;
  int64_t count = 100;
};

enum class ClientType : uint8_t { kProducer, kConsumer, kScript };

// One request of a script as the broker receives it: a batch of one record.
struct Delivery {
  Duration at;  // since the start of the run; they go in the order of the list
  int64_t epoch = 0;
  int64_t sequence = 0;
  bool answered = true;  // false: nobody hears the answer
  bool operator==(const Delivery&) const = default;
};

// One "topic-partition" of a consumer's manual assignment.
struct AssignedPartition {
  std::string topic;
  int64_t partition = 0;
  bool operator==(const AssignedPartition&) const = default;
};

struct Client {
  std::string id;
  ClientType type = ClientType::kProducer;
  std::vector<std::string> topics;  // at least one
  Duration start;                   // since the start of the run
  std::optional<Duration> stop;     // none: until the end of the workload

  // Producer: each record goes to the next of its topics.
  Rate rate;  // on average
  Arrivals arrivals = Arrivals::kRandom;
  Keys keys;
  SizeRange value_size{100, 100};

  // Consumer: the partitions it reads; all partitions of its topics where the file says nothing.
  std::vector<AssignedPartition> assignment;

  // Script: an idempotent producer whose requests the network repeats and reorders as it says.
  int64_t producer_id = 0;
  std::vector<Delivery> deliveries;

  // Kafka's client configuration by Kafka's names ("acks", "linger.ms", "fetch.min.bytes"); the
  // short keys of the file (acks, idempotence, linger, batch_size, compression) end up here too.
  // schema/config.h reads a value or its default.
  ConfigValues config;
};

enum class Verdict : uint8_t { kHeld, kViolated, kUnknown };

enum class PermittedLoss : uint8_t {
  kNone,     // a run that reports one is not as expected
  kAllowed,  //
  kSome,     // at least one seed of a campaign must report one
};

// Makes the scenario a regression test: over many seeds, each run must end so.
struct Expectation {
  Verdict verdict = Verdict::kHeld;
  std::string violated;  // the property that must be violated; empty: any, if verdict says so
  PermittedLoss permitted_loss = PermittedLoss::kAllowed;
  Ratio unknown_share_max{5, 100};  // of the seeds may prove nothing
};

enum class Schedule : uint8_t { kFifo, kRandom };  // order of what is ready at one instant

struct Scenario {
  std::string name;
  std::string notes;
  uint64_t seed = 1;
  Cluster cluster;
  std::vector<Topic> topics;  // ordered by name
  std::vector<Client> clients;
  Faults faults;
  std::vector<std::string> properties;  // to judge; empty: all
  std::vector<std::string> rules_off;   // named safety rules of the broker that this run lacks
  Duration time = seconds(60);          // of workload and faults ("until.time")
  Duration settle = seconds(30);        // then all must work again within this ("until.settle")
  Schedule schedule = Schedule::kRandom;
  Expectation expect;
};

}  // namespace faultline::scenarios
