// SPDX-License-Identifier: Apache-2.0
// Consumer with manual assignment: reads partitions in order from a position that the application
// may move. poll() fetches from the leaders, one request at a time a broker, and gives whole
// records; control batches are skipped. Where an offset no longer exists auto.offset.reset decides,
// and says so in an event.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "broker/base/ids.h"
#include "broker/client/client_config.h"
#include "broker/client/cluster.h"
#include "broker/wire/compression.h"
#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_fetch_response.h"

namespace faultline::client {

struct ConsumedRecord {
  std::string topic;
  int32_t partition = 0;
  Offset offset = 0;
  int64_t timestamp_ms = 0;
  std::optional<Slice> key;
  std::optional<Slice> value;
  std::vector<std::pair<std::string, std::optional<Slice>>> headers;
};

class Consumer {
 public:
  // `number` tells consumers of one node apart in events.
  Consumer(Env& env, ConsumerConfig config, uint64_t number);

  // Replaces the assignment. Partitions without a position start as auto.offset.reset says.
  void assign(std::vector<TopicPartition> partitions);
  // Requires that the partition is assigned.
  void seek(const TopicPartition& partition, Offset offset);
  // Offset of the next record; nothing before the first fetch decided it.
  std::optional<Offset> position(const TopicPartition& partition) const;
  // As told by the latest fetch; -1 before it.
  Offset high_watermark(const TopicPartition& partition) const;

  // Records that are there, at most max.poll.records; waits up to `wait` for the first. An empty
  // list is no error; broken connections and moved leaders are retried inside. Errors: kCancelled;
  // kOutOfRange with auto.offset.reset=none; kCorrupt with check.crcs.
  Task<Result<std::vector<ConsumedRecord>>> poll(Duration wait);

  // Asks the leader: -2 earliest, -1 latest, -3 of the maximum timestamp, else the first offset
  // whose record has at least this timestamp (-1 when there is none).
  Task<Result<Offset>> offset_for(TopicPartition partition, int64_t timestamp);

 private:
  struct Assigned {
    std::optional<Offset> position;
    Offset high_watermark = -1;
    std::vector<ConsumedRecord> buffered;  // fetched, not yet given
    size_t given = 0;
  };
  struct Fetching {
    TopicPartition id;
    Offset offset = 0;
    int32_t leader = -1;
    EventId event = 0;
  };

  bool has_buffered() const;
  bool is_settled() const;  // every partition has a position
  Task<Result<void>> settle_positions();
  Task<Result<void>> fetch_once(Duration wait);
  // `parts` lie in the frame of the caller, who waits; all have one leader.
  Task<Result<void>> fetch_from(std::span<Fetching> parts, Duration wait);
  Result<void> take_partition(const Fetching& part,
                              const wire::FetchResponse::Topic::Partition& data);
  Result<void> take_response(std::span<const Fetching> parts, const wire::FetchResponse& response);
  Result<void> take_records(const Fetching& part, Assigned& assigned, const Slice& records);
  Result<void> take_batches(const Fetching& part, Assigned& assigned, const Slice& records);
  // All of the batch, or nothing when it fails.
  Result<void> take_batch(const Fetching& part, Assigned& assigned, const Slice& batch);
  void reset_position(const TopicPartition& id, Offset offset, const char* reason);
  std::vector<ConsumedRecord> take_buffered();

  Env& env_;
  const ConsumerConfig config_;
  const uint64_t number_;
  Cluster cluster_;
  wire::Codecs codecs_;
  std::map<TopicPartition, Assigned> assigned_;
  int attempts_ = 0;  // that failed in a row
};

}  // namespace faultline::client
