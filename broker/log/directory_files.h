// SPDX-License-Identifier: Apache-2.0
// The small files that name things: partition.metadata, meta.properties, the clean-shutdown marker.
// Text forms only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "broker/base/ids.h"
#include "broker/base/result.h"

namespace faultline::log {

// partition.metadata: "version: 0\ntopic_id: <uuid>".
std::string format_partition_metadata(const Uuid& topic_id);
Result<Uuid> parse_partition_metadata(std::string_view text);

// meta.properties, a Java properties file; keys that we do not know are kept.
struct MetaProperties {
  std::string cluster_id;
  int32_t node_id = -1;
  Uuid directory_id;
  std::map<std::string, std::string> others;
  bool operator==(const MetaProperties&) const = default;
};
std::string format_meta_properties(const MetaProperties& meta);
Result<MetaProperties> parse_meta_properties(std::string_view text);

// .kafka_cleanshutdown: {"version":0,"brokerEpoch":N}. An older Kafka leaves the file empty: -1.
std::string format_clean_marker(int64_t broker_epoch);
int64_t parse_clean_marker(std::string_view text);

}  // namespace faultline::log
