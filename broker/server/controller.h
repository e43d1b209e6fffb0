// SPDX-License-Identifier: Apache-2.0
// Controller: makes decisions of broker/metadata happen, one at a time: decide on the present
// image, write, then bring this broker's logs in line. The lock also keeps a topic from being made
// again before its old logs are gone.
#pragma once

#include <string>
#include <vector>

#include "broker/env/env.h"
#include "broker/env/scope.h"
#include "broker/env/sync.h"
#include "broker/groups/group_coordinator.h"
#include "broker/log/log_manager.h"
#include "broker/metadata/decide.h"
#include "broker/metadata/decide_alter_configs.h"
#include "broker/metadata/decide_create_partitions.h"
#include "broker/metadata/metadata_writer.h"
#include "broker/server/broker_config.h"
#include "broker/server/log_dir_health.h"
#include "broker/server/partition_table.h"
#include "broker/server/settings.h"

namespace faultline::server {

class Controller {
 public:
  struct Parts {
    Env& env;
    const BrokerConfig& config;
    BrokerSettings& settings;  // follow what is configured while the broker runs
    metadata::MetadataWriter& metadata;
    log::LogManager& logs;
    PartitionTable& partitions;
    groups::GroupCoordinator& groups;
    LogDirHealth& health;
  };
  explicit Controller(const Parts& parts) : parts_(parts), scope_(parts.env.executor) {}

  // On start: registers the broker, elects it leader of what it hosts, makes logs that are missing
  // and sets those of topics that are gone aside.
  Task<Result<void>> start();
  int64_t broker_epoch() const { return broker_epoch_; }
  // Waits for work in the background, or ends it where it is.
  Task<Result<void>> stop();
  Task<Result<void>> abort();

  // They answer when the decision is durable. As in Kafka the logs follow in the background; wait
  // for them with settled().
  Task<Result<metadata::CreateTopicsDecision>> create_topics(std::vector<metadata::NewTopic> topics,
                                                             bool validate_only);
  Task<Result<metadata::DeleteTopicsDecision>> delete_topics(
      std::vector<metadata::TopicToDelete> topics);
  Task<Result<metadata::CreatePartitionsDecision>> create_partitions(
      std::vector<metadata::TopicToGrow> topics, bool validate_only);
  // What is altered holds when it answers.
  Task<Result<metadata::AlterConfigsDecision>> alter_configs(
      std::vector<metadata::ConfigsToAlter> resources, metadata::AlterMode mode,
      bool validate_only);
  // Until the logs are in line with all decisions so far, but not beyond `deadline`.
  Task<Result<void>> settled(Instant deadline);
  // An id that no producer ever had.
  Task<Result<ProducerId>> next_producer_id();

 private:
  Uuid fresh_uuid();
  std::vector<metadata::MetadataRecord> registration();
  Task<Result<void>> write(std::vector<metadata::MetadataRecord> records);
  // They hold the lock until they are done.
  Task<void> run_hosting(std::vector<std::string> names, Mutex::Guard guard);
  Task<void> run_unhosting(std::vector<std::string> names, Mutex::Guard guard);
  Task<Result<void>> wait_settled();
  TopicSettings settings_of(const std::string& topic) const;
  void apply_configs(const metadata::ConfigResource& altered);
  void apply_topic_configs(const std::string& topic);
  Task<Result<void>> host_topic(std::string name);
  Task<Result<void>> unhost_topic(std::string name);
  Task<Result<void>> lead_groups(int32_t partition, log::Log* log, LeaderEpoch epoch);
  Task<Result<void>> set_strays_aside();

  const Parts parts_;
  Mutex mutex_;
  int64_t broker_epoch_ = -1;
  ProducerId next_producer_id_ = 0;
  ProducerId producer_ids_end_ = 0;  // of the block in hand
  int jobs_ = 0;                     // in the background
  Notifier job_done_;
  Scope scope_;  // last: its frames use the rest
};

}  // namespace faultline::server
