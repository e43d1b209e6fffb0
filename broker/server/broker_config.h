// SPDX-License-Identifier: Apache-2.0
// BrokerConfig: what whoever starts a broker says about it. Everything else is Kafka's own
// configuration, by Kafka's names and as text, as in server.properties.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "broker/env/network.h"
#include "broker/log/log_types.h"

namespace faultline::server {

using StaticConfigs = std::map<std::string, std::string, std::less<>>;

struct BrokerConfig {
  int32_t node_id = 1;
  // Written into a new log directory; an existing one must carry the same.
  std::string cluster_id;
  Endpoint listen;
  Endpoint advertised;  // what clients are told to connect to; as `listen` when its host is empty
  std::string log_dir = "kafka-logs";  // below the root of the disk
  std::string log_dir_path;            // what clients are told it is; empty: as `log_dir`
  StaticConfigs configs;
  log::LogRules rules;
};

}  // namespace faultline::server
