// SPDX-License-Identifier: Apache-2.0
// From a scenario to machines and programs: the one place that joins the simulator with brokers and
// clients.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/log/storage_rules.h"
#include "scenarios/run/client_programs.h"
#include "scenarios/run/derive_plan.h"
#include "scenarios/run/simulation.h"
#include "scenarios/scenario.h"
#include "sim/world/world.h"

namespace faultline::scenarios {

sim::FabricOptions network_options(const Scenario& scenario);

// All nodes of a run. Brokers have the numbers of number_nodes(); the set-up and audit programs
// follow the clients on machines of their own, which no fault touches.
class Cast {
 public:
  // Builds every machine; none runs yet. Scenario, world and signals outlive the cast.
  Cast(const Scenario& scenario, uint64_t seed, sim::World& world, RunSignals& signals,
       WrapProgram wrap);

  void start_brokers();
  void start_set_up();
  void start_clients();
  void start_audit();

 private:
  sim::MachineConfig machine_config(const std::string& name) const;
  void add_machine(const std::string& name, sim::Node::ProgramFactory program);
  void add_broker(const Broker& broker);
  void add_client(const Client& client);
  client::Properties client_properties(const Client& client) const;
  std::vector<TopicPartition> partitions_of(const Client& client) const;
  std::vector<TopicPartition> all_partitions() const;
  client::ConnectionConfig tool_connection(const std::string& name) const;

  const Scenario& scenario_;
  const uint64_t seed_;
  sim::World& world_;
  const WrapProgram wrap_;
  RunSignals& signals_;
  const std::map<std::string, NodeId> nodes_;
  std::string bootstrap_servers_;
  NodeId set_up_node_;
  NodeId audit_node_;
};

}  // namespace faultline::scenarios
