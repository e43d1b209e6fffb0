// SPDX-License-Identifier: Apache-2.0
// The usual requests, short to write.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "broker/env/history_events.h"
#include "broker/server/server_events.h"
#include "broker/wire/messages_api_versions.h"
#include "broker/wire/messages_configs.h"
#include "broker/wire/messages_create_topics.h"
#include "broker/wire/messages_delete_topics.h"
#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_list_offsets.h"
#include "broker/wire/messages_metadata.h"
#include "broker/wire/messages_produce.h"
#include "broker/wire/messages_producer_id.h"
#include "tests/broker/server/server_fixture.h"

namespace faultline::server {

using Configs = std::map<std::string, std::string>;
using wire::KafkaError;
using Produced = wire::ProduceResponse::Topic::Partition;
using Fetched = wire::FetchResponse::Topic::Partition;
using Listed = wire::ListOffsetsResponse::Topic::Partition;

inline wire::CreateTopicsRequest create_request(const std::string& name, int32_t partitions = 1,
                                                const Configs& configs = {}) {
  wire::CreateTopicsRequest request;
  auto& topic = request.topics.emplace_back();
  topic.name = name;
  topic.num_partitions = partitions;
  topic.replication_factor = 1;
  for (const auto& [key, value] : configs) topic.configs.push_back({key, value});
  return request;
}

inline wire::ProduceRequest produce_request(const std::string& topic, Slice batch,
                                            int16_t acks = -1) {
  wire::ProduceRequest request;
  request.acks = acks;
  request.timeout_ms = 1000;
  auto& data = request.topic_data.emplace_back();
  data.name = topic;
  data.partition_data.push_back({0, std::move(batch)});
  return request;
}

inline wire::FetchRequest fetch_request(const std::string& topic, int64_t offset,
                                        int32_t wait_ms = 0) {
  wire::FetchRequest request;
  request.max_wait_ms = wait_ms;
  request.min_bytes = 1;
  auto& wanted = request.topics.emplace_back();
  wanted.topic = topic;
  auto& partition = wanted.partitions.emplace_back();
  partition.fetch_offset = offset;
  partition.partition_max_bytes = 1 << 20;
  return request;
}

inline wire::ListOffsetsRequest list_request(const std::string& topic, int64_t timestamp) {
  wire::ListOffsetsRequest request;
  request.replica_id = -1;
  auto& wanted = request.topics.emplace_back();
  wanted.name = topic;
  wanted.partitions.push_back({0, -1, timestamp});
  return request;
}

inline wire::MetadataRequest metadata_request(const std::string& topic, bool may_create = true) {
  wire::MetadataRequest request;
  request.topics.emplace();
  request.topics->push_back({Uuid{}, topic});
  request.allow_auto_topic_creation = may_create;
  return request;
}

// A running broker and one client of it.
class BrokerTest : public ::testing::Test {
 protected:
  void start() {
    ASSERT_TRUE(machine_.boot()) << machine_.failure->to_string();
    client_ = std::make_unique<TestClient>(machine_);
  }
  void kill_and_start() {
    client_.reset();
    machine_.kill();
    start();
  }
  void make_topic(const std::string& name, const Configs& configs = {}, int32_t partitions = 1) {
    const auto response = client_->call(7, create_request(name, partitions, configs));
    ASSERT_EQ(response.topics.at(0).error_code, KafkaError::kNone)
        << response.topics.at(0).error_message.value_or("");
  }
  Produced put(const std::string& topic, Slice batch, int version = 12) {
    return only(client_->call(version, produce_request(topic, std::move(batch))));
  }
  Fetched get(const std::string& topic, int64_t offset) {
    return only(client_->call(12, fetch_request(topic, offset)));
  }
  Listed list(const std::string& topic, int64_t timestamp, int version = 9) {
    const auto response = client_->call(version, list_request(topic, timestamp));
    return response.topics.at(0).partitions.at(0);
  }
  static Produced only(const wire::ProduceResponse& response) {
    return response.responses.at(0).partition_responses.at(0);
  }
  static Fetched only(const wire::FetchResponse& response) {
    return response.responses.at(0).partitions.at(0);
  }

  TestMachine machine_;
  std::unique_ptr<TestClient> client_;
};

}  // namespace faultline::server
