// SPDX-License-Identifier: Apache-2.0
// The clients of a scenario as programs of simulated nodes: real producers and consumers under a
// workload, the set-up that creates the topics, and the audit that reads everything back at the
// end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "broker/client/client_config.h"
#include "broker/env/sync.h"
#include "scenarios/scenario.h"
#include "sim/node/node.h"

namespace faultline::scenarios {

// What the runner and its client programs tell each other. Owned by the run; outlives all nodes.
struct RunSignals {
  Instant workload_end;       // producers stop here, in true time
  bool is_set_up = false;     // the topics exist
  std::string set_up_error;   // why they never will
  int producers_running = 0;  // not finished yet
  bool is_audited = false;
  Notifier audit_logs;   // brokers then audit their logs, ...
  int logs_audited = 0;  // ... and count themselves here
};

// `seed` keys the keys and sizes of records.
std::unique_ptr<sim::Program> make_producer_program(Env& env, const Client& client,
                                                    client::ProducerConfig config, uint64_t seed,
                                                    RunSignals& signals);
std::unique_ptr<sim::Program> make_script_program(Env& env, const Client& client,
                                                  client::ProducerConfig config,
                                                  RunSignals& signals);
std::unique_ptr<sim::Program> make_consumer_program(Env& env,
                                                    std::vector<TopicPartition> partitions,
                                                    client::ConsumerConfig config);
std::unique_ptr<sim::Program> make_set_up_program(Env& env, const Scenario& scenario,
                                                  client::ConnectionConfig config,
                                                  RunSignals& signals);
// Reads every partition from its start to its end as it is then.
std::unique_ptr<sim::Program> make_audit_program(Env& env, std::vector<TopicPartition> partitions,
                                                 client::ConsumerConfig config,
                                                 RunSignals& signals);

}  // namespace faultline::scenarios
