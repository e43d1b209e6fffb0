// SPDX-License-Identifier: Apache-2.0
// Cluster: what a client knows of the brokers (metadata) and its connections to them, one each.
// Leaders are looked up by topic name. Stale knowledge is not an error here: callers invalidate it
// when a broker says so and look again, with backoff.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "broker/client/connection.h"
#include "broker/wire/messages_metadata.h"

namespace faultline::client {

struct PartitionLeader {
  int32_t broker_id = -1;
  LeaderEpoch leader_epoch = -1;
};

class Cluster {
 public:
  // `config` outlives the cluster.
  Cluster(Env& env, const ConnectionConfig& config);

  // Number of partitions of a topic; asks only when it is not known, so that records can be queued
  // while no broker can be reached. Errors: of
  // the connection; kNotFound when no broker knows the topic (yet: it may be created by the
  // asking).
  Task<Result<int32_t>> partition_count(std::string topic);
  // Leader of a partition; asks when it is not known, too old, or invalidated. kNotFound when there
  // is none now.
  Task<Result<PartitionLeader>> leader_of(std::string topic, int32_t partition);
  // The same from what is known, without waiting; nothing when the task would have to ask.
  std::optional<int32_t> known_partition_count(const std::string& topic) const;
  const PartitionLeader* known_leader(const std::string& topic, int32_t partition) const;
  Connection* usable_connection_to(int32_t broker_id) const;
  // Leaders may have moved: the next question for one asks a broker.
  void invalidate(const std::string& topic);

  // A usable connection, valid until the next call of either function; callers that await on it are
  // counted by it (Connection::users). Errors: of the network.
  Task<Result<Connection*>> connection_to(int32_t broker_id);
  Task<Result<Connection*>> any_connection();

  // Backoff before attempt number `attempt` (1 is the first retry), with up to 20 % of jitter.
  Duration backoff(int attempt);

 private:
  struct Topic {
    Instant learned_at;
    bool is_stale = false;                    // leaders are to be asked for again
    std::vector<PartitionLeader> partitions;  // by partition index
  };

  bool is_fresh(const Topic& topic) const;
  Connection* usable_connection_to(const Endpoint& endpoint) const;
  Task<Result<const Topic*>> topic(std::string name);
  Task<Result<void>> refresh(std::string name);
  void learn(const wire::MetadataResponse& response);
  Task<Result<Connection*>> open(Endpoint endpoint);
  void bury_dead();
  static Duration doubled(Duration base, int attempt, Duration maximum);

  // Failures of one endpoint in a row: how long to leave it alone.
  struct Trouble {
    int failures = 0;
    Instant not_before{};
  };

  Env& env_;
  const ConnectionConfig& config_;
  std::map<int32_t, Endpoint> brokers_;
  std::map<std::string, Topic> topics_;
  size_t next_bootstrap_ = 0;
  std::map<std::string, Trouble> troubles_;  // by endpoint
  Mutex open_lock_;
  // Closed ones stay until nobody is inside.
  std::vector<std::unique_ptr<Connection>> connections_;
};

}  // namespace faultline::client
