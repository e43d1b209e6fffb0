// SPDX-License-Identifier: Apache-2.0
// What several handlers share: finding the partition that a request names, and Kafka's code for an
// error of a log.
#pragma once

#include <string>
#include <string_view>

#include "broker/server/broker_context.h"
#include "broker/wire/error_codes.h"

namespace faultline::server {

// What anybody may do without an authorizer, as bits of Kafka's AclOperation.
constexpr int32_t kTopicOperations = 0b1101'1111'1000;
constexpr int32_t kClusterOperations = 0b1'1111'1010'0000;

// Either the partition, or why it cannot be used. Its image is valid until the next await.
struct PartitionLookup {
  Partition* partition = nullptr;
  wire::KafkaError error = wire::KafkaError::kNone;
  const metadata::PartitionImage* image = nullptr;
};

// `current_leader_epoch` is the client's, -1 when it does not say (KIP-320).
PartitionLookup find_leader(BrokerContext& broker, std::string_view topic, int32_t index,
                            LeaderEpoch current_leader_epoch = -1);

// Where an epoch of the partition ends (KIP-101). The present epoch counts from the election on,
// also before anything is written in it.
log::EpochEnd end_of_epoch(const Partition& partition, LeaderEpoch epoch);

// The topic's name where the request carries an id; null when there is no such topic.
const std::string* topic_name_of(BrokerContext& broker, const Uuid& id);

// Gives the logs of what was just decided a moment to follow, so that the client's next request
// finds them. Kafka answers without: being late is no error.
Task<void> await_logs(BrokerContext& broker);

// Reports what ends the log directory.
wire::KafkaError to_kafka_error(BrokerContext& broker, const Error& error);

// Explains to people why a part of a request failed.
void note_refusal(BrokerContext& broker, std::string_view api, std::string_view topic,
                  int32_t partition, wire::KafkaError error, std::string detail = {});

}  // namespace faultline::server
