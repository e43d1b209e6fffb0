// SPDX-License-Identifier: Apache-2.0
// DescribeLogDirs (35): how large the partitions in the log directory are, and its disk (KIP-827).
// Partitions that are not hosted are left out, as in Kafka.
#include <algorithm>

#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::DescribeLogDirsRequest;
using Response = wire::DescribeLogDirsResponse;

bool is_wanted(const Request& request, const Partition& partition) {
  if (!request.topics) return true;
  for (const Request::Topic& topic : *request.topics) {
    const auto& indexes = topic.partitions;
    const bool is_listed =
        std::find(indexes.begin(), indexes.end(), partition.index) != indexes.end();
    if (topic.topic == partition.topic->name && is_listed) return true;
  }
  return false;
}

// Kafka's largest number stands for what is larger.
int64_t as_kafka_bytes(uint64_t bytes) {
  return static_cast<int64_t>(std::min<uint64_t>(bytes, INT64_MAX));
}

void add_partition(const Partition& partition, Response::Result& result) {
  const bool is_same = !result.topics.empty() && result.topics.back().name == partition.topic->name;
  if (!is_same) result.topics.emplace_back().name = partition.topic->name;
  Response::Result::Topic::Partition entry;
  entry.partition_index = partition.index;
  entry.partition_size = partition.log->size_bytes();
  entry.offset_lag =
      std::max<int64_t>(partition.log->high_watermark() - partition.log->log_end_offset(), 0);
  result.topics.back().partitions.push_back(entry);
}

}  // namespace

Task<Response> handle_describe_log_dirs(BrokerContext& broker, RequestInfo, Request request) {
  Response response;
  Response::Result& result = response.results.emplace_back();
  const BrokerConfig& config = broker.config;
  result.log_dir = config.log_dir_path.empty() ? config.log_dir : config.log_dir_path;
  if (broker.health.has_failed()) {
    result.error_code = KafkaError::kKafkaStorageError;
    co_return response;
  }
  if (const uint64_t total_bytes = broker.env.disk.total_bytes(); total_bytes > 0) {
    result.total_bytes = as_kafka_bytes(total_bytes);
    result.usable_bytes = as_kafka_bytes(broker.env.disk.free_bytes());
  }
  for (const Partition* partition : broker.partitions.all())
    if (is_wanted(request, *partition)) add_partition(*partition, result);
  co_return response;
}

}  // namespace faultline::server
