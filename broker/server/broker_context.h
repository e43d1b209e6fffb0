// SPDX-License-Identifier: Apache-2.0
// BrokerContext: what handlers work with. It outlives every request.
#pragma once

#include <string>

#include "broker/env/env.h"
#include "broker/groups/group_coordinator.h"
#include "broker/metadata/metadata_writer.h"
#include "broker/server/broker_config.h"
#include "broker/server/controller.h"
#include "broker/server/fetch_sessions.h"
#include "broker/server/log_dir_health.h"
#include "broker/server/partition_table.h"
#include "broker/server/request_memory.h"
#include "broker/server/settings.h"
#include "broker/wire/compression.h"

namespace faultline::server {

struct BrokerContext {
  Env& env;
  const BrokerConfig& config;
  const BrokerSettings& settings;
  const std::string& cluster_id;
  const metadata::MetadataWriter& metadata;
  PartitionTable& partitions;
  Controller& controller;
  groups::GroupCoordinator& groups;
  FetchSessionCache& fetch_sessions;
  RequestMemory& request_memory;
  LogDirHealth& health;
  wire::Codecs& codecs;
  const bool& is_stopping;  // finish what is in hand, wait for nothing
};

}  // namespace faultline::server
