// SPDX-License-Identifier: Apache-2.0
// Making topics, removing them, and waiting for a broker that starts.
#include <cstdio>
#include <thread>

#include "broker/wire/messages_create_topics.h"
#include "broker/wire/messages_delete_topics.h"
#include "broker/wire/messages_list_offsets.h"
#include "broker/wire/messages_produce.h"
#include "tests/kafka/load.h"
#include "tests/kafka/load_connection.h"
#include "tests/kafka/load_frames.h"

namespace faultline::load {
namespace {

using std::chrono::milliseconds;
using wire::KafkaError;

constexpr int64_t kLatest = -1;
constexpr int kTries = 5000;
constexpr milliseconds kBetweenTries{2};

// Metadata may tell of a leader before that broker knows its part; this asks the leader itself.
bool has_leaders(LoadConnection& connection, const LoadOptions& options) {
  wire::ListOffsetsRequest request;
  request.replica_id = -1;
  auto& topic = request.topics.emplace_back();
  topic.name = options.topic;
  for (int32_t i = 0; i < options.partitions; ++i) topic.partitions.push_back({i, -1, kLatest});
  const auto response = connection.call(7, request);
  if (!response) die("the broker closed the connection");
  for (const auto& partition : response->topics.at(0).partitions)
    if (partition.error_code != KafkaError::kNone) return false;
  return true;
}

bool try_for_ack(const LoadOptions& options, const Slice& frame) {
  std::optional<LoadConnection> connection = LoadConnection::open(options.port);
  if (!connection || !connection->send(frame.view())) return false;
  const std::optional<Slice> answer = connection->receive();
  return answer && is_success(*answer);
}

}  // namespace

void create_topic(const LoadOptions& options) {
  LoadConnection connection = connect_or_die(options.port);
  wire::CreateTopicsRequest request;
  auto& topic = request.topics.emplace_back();
  topic.name = options.topic;
  topic.num_partitions = options.partitions;
  topic.replication_factor = 1;
  request.timeout_ms = 30'000;
  const auto response = connection.call(6, request);
  if (!response) die("the broker closed the connection");
  if (response->topics.at(0).error_code != KafkaError::kNone)
    die("cannot create the topic: " + response->topics.at(0).error_message.value_or(""));
  for (int i = 0; i < kTries; ++i) {
    if (has_leaders(connection, options)) return;
    std::this_thread::sleep_for(kBetweenTries);
  }
  die("the topic gets no leaders");
}

void delete_topic(const LoadOptions& options) {
  LoadConnection connection = connect_or_die(options.port);
  wire::DeleteTopicsRequest request;
  request.topic_names.push_back(options.topic);
  request.timeout_ms = 30'000;
  if (!connection.call(5, request)) die("the broker closed the connection");
}

void await_first_ack(const LoadOptions& options) {
  const Slice frame = produce_frame(options, 0, 1);
  for (int i = 0; i < 20 * kTries; ++i) {
    if (try_for_ack(options, frame)) {
      const std::chrono::duration<double> now = std::chrono::steady_clock::now().time_since_epoch();
      std::printf("{\"monotonic_s\": %.6f}\n", now.count());
      return;
    }
    std::this_thread::sleep_for(kBetweenTries);
  }
  die("no ack");
}

}  // namespace faultline::load
