// SPDX-License-Identifier: Apache-2.0
// Metadata and connections of a client.
#include "broker/client/cluster.h"

#include <algorithm>

#include "broker/env/deadline.h"

namespace faultline::client {
namespace {

constexpr int kDoublingsMax = 20;
constexpr Duration kConnectTimeout = seconds(10);

}  // namespace

Cluster::Cluster(Env& env, const ConnectionConfig& config) : env_(env), config_(config) {}

void Cluster::invalidate(const std::string& topic) {
  const auto found = topics_.find(topic);
  if (found != topics_.end()) found->second.is_stale = true;
}

Duration Cluster::doubled(Duration base, int attempt, Duration maximum) {
  for (int i = 1; i < std::min(attempt, kDoublingsMax) && base < maximum; ++i) base = base * 2;
  return std::min(base, maximum);
}

Duration Cluster::backoff(int attempt) {
  const Duration base = doubled(config_.retry_backoff, attempt, config_.retry_backoff_max);
  const uint64_t draw = env_.random.next(stream_id("client.backoff"));
  const auto spread = static_cast<uint64_t>(base.ns * 2 / 5 + 1);
  return Duration{base.ns - base.ns / 5 + static_cast<int64_t>(draw % spread)};
}

std::optional<int32_t> Cluster::known_partition_count(const std::string& name) const {
  const auto found = topics_.find(name);
  if (found == topics_.end()) return std::nullopt;
  return static_cast<int32_t>(found->second.partitions.size());
}

const PartitionLeader* Cluster::known_leader(const std::string& name, int32_t partition) const {
  const auto found = topics_.find(name);
  if (found == topics_.end() || !is_fresh(found->second)) return nullptr;
  const std::vector<PartitionLeader>& partitions = found->second.partitions;
  const bool exists = partition >= 0 && partition < static_cast<int32_t>(partitions.size());
  return exists && partitions[partition].broker_id >= 0 ? &partitions[partition] : nullptr;
}

Connection* Cluster::usable_connection_to(int32_t broker_id) const {
  const auto broker = brokers_.find(broker_id);
  return broker == brokers_.end() ? nullptr : usable_connection_to(broker->second);
}

Connection* Cluster::usable_connection_to(const Endpoint& endpoint) const {
  for (const std::unique_ptr<Connection>& connection : connections_)
    if (connection->is_usable() && connection->endpoint() == endpoint) return connection.get();
  return nullptr;
}

bool Cluster::is_fresh(const Topic& topic) const {
  return !topic.is_stale && env_.clock.now() - topic.learned_at <= config_.metadata_max_age;
}

Task<Result<int32_t>> Cluster::partition_count(std::string name) {
  if (const std::optional<int32_t> count = known_partition_count(name)) co_return *count;
  Result<const Topic*> known = co_await topic(std::move(name));
  if (!known) co_return std::unexpected(known.error());
  co_return static_cast<int32_t>((*known)->partitions.size());
}

Task<Result<PartitionLeader>> Cluster::leader_of(std::string name, int32_t partition) {
  Result<const Topic*> known = co_await topic(name);
  if (!known) co_return std::unexpected(known.error());
  const std::vector<PartitionLeader>& partitions = (*known)->partitions;
  if (partition < 0 || partition >= static_cast<int32_t>(partitions.size()) ||
      partitions[partition].broker_id < 0) {
    invalidate(name);
    co_return fail(ErrorCode::kNotFound, "leader of " + name + "-" + std::to_string(partition));
  }
  co_return partitions[partition];
}

Task<Result<const Cluster::Topic*>> Cluster::topic(std::string name) {
  auto found = topics_.find(name);
  if (found == topics_.end() || !is_fresh(found->second)) {
    const Result<void> refreshed = co_await refresh(name);
    if (!refreshed) co_return std::unexpected(refreshed.error());
    found = topics_.find(name);
    if (found == topics_.end()) co_return fail(ErrorCode::kNotFound, "topic " + name);
  }
  co_return &found->second;
}

Task<Result<void>> Cluster::refresh(std::string name) {
  Result<Connection*> connection = co_await any_connection();
  if (!connection) co_return std::unexpected(connection.error());
  const int version = (*connection)->version_of(wire::ApiKey::kMetadata);
  if (version < 0) co_return fail(ErrorCode::kUnsupported, "Metadata");
  wire::MetadataRequest request;
  request.topics.emplace();
  request.topics->emplace_back().name = name;
  request.allow_auto_topic_creation = true;
  Result<wire::MetadataResponse> response = co_await (*connection)->call(request, version);
  if (!response) co_return std::unexpected(response.error());
  learn(*response);
  co_return Result<void>{};
}

void Cluster::learn(const wire::MetadataResponse& response) {
  for (const auto& broker : response.brokers)
    brokers_[broker.node_id] = Endpoint{broker.host, static_cast<uint16_t>(broker.port)};
  for (const auto& topic : response.topics) {
    if (!topic.name) continue;
    // Until a broker denies that it exists, what was known is better than nothing.
    if (topic.error_code == wire::KafkaError::kUnknownTopicOrPartition) topics_.erase(*topic.name);
    if (topic.error_code != wire::KafkaError::kNone) continue;
    topics_.erase(*topic.name);
    Topic known{.learned_at = env_.clock.now(), .partitions = {}};
    for (const auto& partition : topic.partitions) {
      const int32_t index = partition.partition_index;
      // A broker may name them in any order, but not more than it lists.
      if (index < 0 || index >= static_cast<int32_t>(topic.partitions.size())) continue;
      known.partitions.resize(topic.partitions.size());
      if (partition.error_code == wire::KafkaError::kNone)
        known.partitions[index] = {partition.leader_id, partition.leader_epoch};
    }
    topics_.emplace(*topic.name, std::move(known));
  }
}

Task<Result<Connection*>> Cluster::connection_to(int32_t broker_id) {
  const auto found = brokers_.find(broker_id);
  if (found == brokers_.end())
    co_return fail(ErrorCode::kNotFound, "broker " + std::to_string(broker_id));
  Result<Connection*> connection = co_await open(found->second);
  co_return connection;
}

Task<Result<Connection*>> Cluster::any_connection() {
  for (const std::unique_ptr<Connection>& connection : connections_)
    if (connection->is_usable()) co_return connection.get();
  ASSERT(!config_.bootstrap_servers.empty());
  const size_t turn = next_bootstrap_++ % config_.bootstrap_servers.size();
  Result<Connection*> connection = co_await open(config_.bootstrap_servers[turn]);
  co_return connection;
}

Task<Result<Connection*>> Cluster::open(Endpoint endpoint) {
  Result<Mutex::Guard> guard = co_await open_lock_.lock();
  if (!guard) co_return std::unexpected(guard.error());
  bury_dead();
  if (Connection* connection = usable_connection_to(endpoint)) co_return connection;
  const std::string name = endpoint.to_string();
  if (env_.clock.now() < troubles_[name].not_before)
    CO_TRY(co_await env_.timers.sleep_until(troubles_[name].not_before));
  connections_.push_back(std::make_unique<Connection>(env_, config_, endpoint));
  Connection* connection = connections_.back().get();
  // Given up after kConnectTimeout, as socket.connection.setup.timeout.ms says in Kafka.
  Task<Result<void>> opening = connection->open();
  const Instant deadline = env_.clock.now() + kConnectTimeout;
  const Result<void> opened =
      co_await with_deadline(env_.executor, env_.timers, deadline, std::move(opening));
  Trouble& trouble = troubles_[name];
  if (!opened) {
    ++trouble.failures;
    trouble.not_before = env_.clock.now() + doubled(config_.reconnect_backoff, trouble.failures,
                                                    config_.reconnect_backoff_max);
    co_return std::unexpected(opened.error());
  }
  trouble = {};
  co_return connection;
}

void Cluster::bury_dead() {
  std::erase_if(connections_, [](const std::unique_ptr<Connection>& connection) {
    return !connection->is_usable() && connection->users() == 0;
  });
}

}  // namespace faultline::client
