// SPDX-License-Identifier: Apache-2.0
// Machines, addresses and settings of a run.
#include "scenarios/run/build_world.h"

#include <algorithm>

#include "scenarios/run/broker_program.h"

namespace faultline::scenarios {
namespace {

constexpr uint16_t kBrokerPort = 9092;
constexpr Duration kNameCommit = seconds(5);          // as the journal of ext4
constexpr int64_t kEpochStartMs = 1'767'225'600'000;  // 2026-01-01: where wall clocks start

sim::QuantileTable table(const Latency& latency) {
  if (!latency.points.empty()) {
    std::vector<sim::QuantileTable::Point> points;
    for (const Quantile& each : latency.points) points.push_back({each.per_million, each.value});
    return sim::QuantileTable(std::move(points));
  }
  return latency.p50 == latency.p99 ? sim::QuantileTable::constant(latency.p50)
                                    : sim::QuantileTable::latency(latency.p50, latency.p99);
}

void set_disk(const DiskModel& model, sim::MachineConfig& config) {
  config.disk.capacity_bytes = static_cast<uint64_t>(model.capacity);
  config.disk.write_back_after = model.writeback_after;
  config.disk.commit_names_after = kNameCommit;
  config.disk.power_loss.page_bytes = static_cast<uint64_t>(model.page_size);
  config.disk.power_loss.sector_bytes = static_cast<uint64_t>(model.sector_size);
  config.disk_speed.read = table(model.read);
  config.disk_speed.write = table(model.write);
  config.disk_speed.sync = table(model.fsync);
}

sim::CostTable cost_table(const CpuCosts& costs) {
  sim::CostTable table;
  table.resume_ps = costs.resume;
  const auto price = [&](Work kind, int64_t ps) { table.work_ps[static_cast<size_t>(kind)] = ps; };
  price(Work::kRequest, costs.request);
  price(Work::kNetworkByte, costs.network_byte);
  price(Work::kChecksumByte, costs.checksum_byte);
  price(Work::kCompressByte, costs.compressed_byte);
  price(Work::kDecompressByte, costs.decompressed_byte);
  price(Work::kRecord, costs.record);
  price(Work::kLogAppend, costs.log_append);
  price(Work::kLogRead, costs.log_read);
  return table;
}

Endpoint broker_endpoint(const std::string& name) { return {name, kBrokerPort}; }

}  // namespace

sim::FabricOptions network_options(const Scenario& scenario) {
  const NetworkModel& model = scenario.cluster.network;
  sim::FabricOptions options;
  options.link = {table(model.latency), model.bandwidth};
  options.send_buffer_bytes = static_cast<size_t>(model.buffer);
  options.receive_buffer_bytes = static_cast<size_t>(model.buffer);
  return options;
}

Cast::Cast(const Scenario& scenario, uint64_t seed, sim::World& world, RunSignals& signals,
           WrapProgram wrap)
    : scenario_(scenario),
      seed_(seed),
      world_(world),
      wrap_(std::move(wrap)),
      signals_(signals),
      nodes_(number_nodes(scenario)),
      set_up_node_{static_cast<int32_t>(nodes_.size()) + 1},
      audit_node_{static_cast<int32_t>(nodes_.size()) + 2} {
  for (const Broker& broker : scenario.cluster.brokers) {
    if (!bootstrap_servers_.empty()) bootstrap_servers_ += ',';
    bootstrap_servers_ += broker_endpoint(broker.id).to_string();
  }
  for (const Broker& broker : scenario.cluster.brokers) add_broker(broker);
  for (const Client& client : scenario.clients) add_client(client);
  sim::MachineConfig set_up = machine_config("set-up");
  set_up.node.id = set_up_node_;
  world_.add_machine(set_up, [this](Env& env) {
    return make_set_up_program(env, scenario_, tool_connection("set-up"), signals_);
  });
  sim::MachineConfig audit = machine_config("audit");
  audit.node.id = audit_node_;
  world_.add_machine(audit, [this](Env& env) {
    client::ConsumerConfig config{.connection = tool_connection("audit")};
    config.auto_offset_reset = client::OffsetReset::kEarliest;
    return make_audit_program(env, all_partitions(), config, signals_);
  });
}

sim::MachineConfig Cast::machine_config(const std::string& name) const {
  const Cluster& cluster = scenario_.cluster;
  sim::MachineConfig config;
  config.node.name = name;
  const auto found = nodes_.find(name);
  if (found != nodes_.end()) config.node.id = found->second;
  Draws draws(seed_, stream_id("machine.clock"), stream_id(name));
  const int64_t skew = cluster.clocks.skew.ns;
  const int64_t drift_ppb = cluster.clocks.drift_ppm * 1000;
  const int64_t offset_ns = draws.between(-skew, skew);
  config.node.clock.wall_start = WallTime{kEpochStartMs * 1'000'000 + offset_ns};
  config.node.clock.drift_ppb = draws.between(-drift_ppb, drift_ppb);
  const Ratio speed = cluster.cpu.speed;
  config.speed_percent =
      static_cast<int64_t>(100 * speed.denominator / (speed.numerator > 0 ? speed.numerator : 1));
  set_disk(cluster.disk, config);
  const bool is_client =
      std::ranges::find(scenario_.clients, name, &Client::id) != scenario_.clients.end();
  config.node.costs = cost_table(is_client ? cluster.cpu.client_costs : cluster.cpu.costs);
  return config;
}

void Cast::add_machine(const std::string& name, sim::Node::ProgramFactory program) {
  sim::Node::ProgramFactory made = std::move(program);
  if (wrap_)
    made = [this, name, real = std::move(made)](Env& env) { return wrap_(name, env, real); };
  world_.add_machine(machine_config(name), std::move(made));
}

void Cast::add_broker(const Broker& broker) {
  const NodeId id = nodes_.at(broker.id);
  add_machine(broker.id, [this, id, name = broker.id](Env& env) {
    return make_broker_program(env, scenario_, id.value, broker_endpoint(name), signals_);
  });
}

client::Properties Cast::client_properties(const Client& client) const {
  client::Properties properties = client.config;
  properties["bootstrap.servers"] = bootstrap_servers_;
  properties.try_emplace("client.id", client.id);
  return properties;
}

void Cast::add_client(const Client& client) {
  const client::Properties properties = client_properties(client);
  if (client.type != ClientType::kConsumer) {
    Result<client::ProducerConfig> config = client::parse_producer_config(properties);
    ASSERT(config.has_value());  // the scenario's validator has checked every setting
    config->safety = client_rules_of(scenario_);
    add_machine(client.id, [this, &client, config = *config](Env& env) {
      if (client.type == ClientType::kScript)
        return make_script_program(env, client, config, signals_);
      return make_producer_program(env, client, config, seed_, signals_);
    });
  } else {
    const Result<client::ConsumerConfig> config = client::parse_consumer_config(properties);
    ASSERT(config.has_value());
    add_machine(client.id, [this, &client, config = *config](Env& env) {
      return make_consumer_program(env, partitions_of(client), config);
    });
  }
}

std::vector<TopicPartition> Cast::partitions_of(const Client& client) const {
  std::vector<TopicPartition> partitions;
  for (const AssignedPartition& each : client.assignment)
    partitions.push_back({each.topic, static_cast<int32_t>(each.partition)});
  if (!partitions.empty()) return partitions;
  for (const Topic& topic : scenario_.topics)
    for (const std::string& name : client.topics)
      for (int64_t i = 0; name == topic.name && i < topic.partitions; ++i)
        partitions.push_back({topic.name, static_cast<int32_t>(i)});
  return partitions;
}

std::vector<TopicPartition> Cast::all_partitions() const {
  std::vector<TopicPartition> partitions;
  for (const Topic& topic : scenario_.topics)
    for (int64_t i = 0; i < topic.partitions; ++i)
      partitions.push_back({topic.name, static_cast<int32_t>(i)});
  return partitions;
}

client::ConnectionConfig Cast::tool_connection(const std::string& name) const {
  client::ConnectionConfig config;
  config.client_id = name;
  for (const Broker& broker : scenario_.cluster.brokers)
    config.bootstrap_servers.push_back(broker_endpoint(broker.id));
  return config;
}

void Cast::start_brokers() {
  for (const Broker& broker : scenario_.cluster.brokers) world_.start(nodes_.at(broker.id));
}

void Cast::start_set_up() { world_.start(set_up_node_); }

void Cast::start_clients() {
  for (const Client& client : scenario_.clients) {
    if (client.type != ClientType::kConsumer) ++signals_.producers_running;
    world_.start(nodes_.at(client.id));
  }
}

void Cast::start_audit() { world_.start(audit_node_); }

}  // namespace faultline::scenarios
