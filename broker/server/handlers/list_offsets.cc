// SPDX-License-Identifier: Apache-2.0
// ListOffsets (2): offsets by time. Negative timestamps are questions: -1 the end that the client
// may read, -2 the start, -3 the record with the largest timestamp, -4 the local start, -5 the end
// of what is in remote storage (there is none). A record above the readable end is not found.
#include <algorithm>
#include <set>

#include "broker/server/handlers/common.h"
#include "broker/server/handlers/handlers.h"

namespace faultline::server {
namespace {

using wire::KafkaError;
using Request = wire::ListOffsetsRequest;
using Response = wire::ListOffsetsResponse;

constexpr int64_t kLatest = -1;
constexpr int64_t kEarliest = -2;
constexpr int64_t kMaxTimestamp = -3;
constexpr int64_t kEarliestLocal = -4;
constexpr int64_t kLatestTiered = -5;

struct Question {
  std::string topic;
  Request::Topic::Partition partition;
  bool is_read_committed = false;
  int16_t version = 0;
};

// The first version that may ask it.
int first_version(int64_t timestamp) {
  if (timestamp == kLatestTiered) return 9;
  if (timestamp == kEarliestLocal) return 8;
  if (timestamp == kMaxTimestamp) return 7;
  return timestamp < kLatestTiered ? INT16_MAX : 0;
}

Offset readable_end(const log::Log& log, bool is_read_committed) {
  return is_read_committed ? log.last_stable_offset() : log.high_watermark();
}

LeaderEpoch epoch_at(const log::Log& log, Offset offset) {
  return log.leader_epochs().epoch_of(offset).value_or(-1);
}

LeaderEpoch latest_epoch(const Partition& partition) {
  return std::max(partition.log->leader_epochs().latest().value_or(-1), partition.leader_epoch);
}

Task<Result<std::optional<log::TimestampOffset>>> search(log::Log* log, int64_t timestamp) {
  if (timestamp == kMaxTimestamp) {
    auto found = co_await log->find_max_timestamp();
    co_return found;
  }
  auto found = co_await log->find_timestamp(timestamp);
  co_return found;
}

Task<Response::Topic::Partition> answer(BrokerContext& broker, Question question) {
  Response::Topic::Partition entry;
  entry.partition_index = question.partition.partition_index;
  const int64_t timestamp = question.partition.timestamp;
  if (question.version < first_version(timestamp)) {
    entry.error_code = KafkaError::kUnsupportedVersion;
    co_return entry;
  }
  const PartitionLookup lookup =
      find_leader(broker, question.topic, question.partition.partition_index,
                  question.partition.current_leader_epoch);
  if (lookup.partition == nullptr) {
    entry.error_code = lookup.error;
    co_return entry;
  }
  const PartitionPin partition(*lookup.partition);
  log::Log& log = *partition->log;
  if (timestamp == kLatestTiered) co_return entry;
  if (timestamp == kLatest) {
    entry.offset = readable_end(log, question.is_read_committed);
    entry.leader_epoch = latest_epoch(*partition);
    co_return entry;
  }
  if (timestamp == kEarliest || timestamp == kEarliestLocal) {
    entry.offset = log.log_start_offset();
    // An empty log is of the epoch in which it became this broker's, as in Kafka.
    const bool is_empty = !log.leader_epochs().latest().has_value();
    entry.leader_epoch = is_empty ? partition->leader_epoch : epoch_at(log, entry.offset);
    co_return entry;
  }
  broker.env.cpu.charge(Work::kLogRead, 1);
  const Result<std::optional<log::TimestampOffset>> found = co_await search(&log, timestamp);
  if (!found) {
    entry.error_code = to_kafka_error(broker, found.error());
    note_refusal(broker, "ListOffsets", question.topic, entry.partition_index, entry.error_code,
                 found.error().to_string());
    co_return entry;
  }
  const std::optional<log::TimestampOffset> at = *found;
  if (!at || at->offset >= readable_end(log, question.is_read_committed)) co_return entry;
  entry.timestamp = at->timestamp_ms;
  entry.offset = at->offset;
  entry.leader_epoch = at->leader_epoch;
  co_return entry;
}

}  // namespace

Task<Response> handle_list_offsets(BrokerContext& broker, RequestInfo info, Request request) {
  Response response;
  std::set<TopicPartition> seen;
  std::set<TopicPartition> doubled;
  for (const Request::Topic& topic : request.topics)
    for (const auto& partition : topic.partitions)
      if (!seen.insert({topic.name, partition.partition_index}).second)
        doubled.insert({topic.name, partition.partition_index});
  for (Request::Topic& topic : request.topics) {
    Response::Topic answers;
    answers.name = topic.name;
    for (const auto& partition : topic.partitions) {
      if (doubled.contains({topic.name, partition.partition_index})) {
        Response::Topic::Partition& entry = answers.partitions.emplace_back();
        entry.partition_index = partition.partition_index;
        entry.error_code = KafkaError::kInvalidRequest;
        continue;
      }
      Question question{topic.name, partition, request.isolation_level == 1, info.version};
      Response::Topic::Partition entry = co_await answer(broker, std::move(question));
      answers.partitions.push_back(std::move(entry));
    }
    response.topics.push_back(std::move(answers));
  }
  co_return response;
}

}  // namespace faultline::server
