// SPDX-License-Identifier: Apache-2.0
// Producer: collects records into batches, sends them to the leaders of their partitions and
// retries as Kafka's producer does. Decisions are PartitionCore's; this class waits, sends and
// reports. Every accepted record is answered exactly once through SendListener.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "broker/base/ids.h"
#include "broker/client/client_config.h"
#include "broker/client/cluster.h"
#include "broker/client/partitioner.h"
#include "broker/client/producer_core.h"
#include "broker/client/producer_record.h"
#include "broker/env/alarm.h"
#include "broker/wire/batch_builder.h"
#include "broker/wire/messages_produce.h"

namespace faultline::client {

class Producer {
 public:
  // `number` tells producers of one node apart in events. The listener outlives the producer.
  Producer(Env& env, ProducerConfig config, uint64_t number, SendListener& listener);

  // Queues a record; waits for metadata and for room in buffer.memory, at most max.block.ms. An
  // error means that the record was not accepted and nothing will be reported for it.
  Task<Result<void>> send(ProducerRecord record, uint64_t tag);
  // Sends what is queued without lingering and waits until all records accepted before this call
  // are answered.
  Task<Result<void>> flush();

  size_t unanswered() const { return unanswered_; }

 private:
  struct Item {  // one accepted record
    uint64_t tag = 0;
    int64_t send_id = 0;
    int64_t timestamp_ms = 0;
  };
  struct OpenBatch {
    wire::BatchBuilder builder;
    Instant created;
    std::vector<Item> items;
    int64_t memory = 0;  // the bounds of its records
  };
  struct ClosedBatch {
    Slice bytes;
    std::vector<Item> items;
    int64_t memory = 0;
  };
  struct Partition {
    TopicPartition id;
    std::optional<OpenBatch> open;
    PartitionCore core;
    std::map<uint64_t, ClosedBatch> closed;  // by batch id, until answered
    Instant look_again_at{};                 // it had no leader
    int lookups_failed = 0;
  };
  struct Ready {
    int32_t leader = -1;
    Partition* partition = nullptr;
  };
  struct Outgoing {
    Partition* partition = nullptr;
    CoreBatch batch;
  };
  struct Exchange {
    std::optional<Error> failure;  // no answer came
    bool is_unsent = false;        // not one byte left: there was no broker to take it
    wire::ProduceResponse response;
  };

  Task<Result<int32_t>> wait_for_topic(std::string topic, Instant deadline);
  Task<Result<void>> wait_for_memory(int64_t bytes, Instant deadline);
  Task<Result<void>> wait_for_answer();
  Result<int32_t> choose_partition(const ProducerRecord& record, int32_t count);
  bool has_unanswered_up_to(int64_t send_id) const;
  void append(Partition& partition, const ProducerRecord& record, uint64_t tag);
  void close_batch(Partition& partition);
  Partition& partition_state(TopicPartition id);

  Task<void> run_sender();
  Task<Result<void>> obtain_producer_id();
  bool find_sendable();
  Task<Result<void>> send_ready();
  void close_ripe_batches(Instant now);
  Instant ripe_at(const OpenBatch& open) const;
  void expire(Partition& partition);
  void raise_epochs();
  Task<Result<int32_t>> leader_for(Partition& partition);
  std::vector<Outgoing> take_batches(std::span<const Ready> ready);
  bool has_sendable(const Partition& partition, Instant now) const;
  wire::ProduceRequest make_request(const std::vector<Outgoing>& outgoing);
  Task<void> send_request(int32_t broker_id, uint64_t turn, std::vector<Outgoing> outgoing);
  void finish_exchange(Outgoing& outgoing, const Exchange& exchange);
  bool can_close(const Partition& partition) const;
  void on_response(Outgoing& outgoing, const wire::ProduceResponse& response);
  void on_answer(Outgoing& outgoing, wire::KafkaError error, const SendResult& result);
  void finish(Partition& partition, uint64_t batch_id, const SendResult& result);
  Slice stamped(const Slice& batch, const CoreBatch& core, ProducerIdentity identity) const;
  void wake_sender();
  Instant next_look() const;

  Env& env_;
  const ProducerConfig config_;
  const ProducerRules rules_;
  const uint64_t number_;
  SendListener& listener_;
  Cluster cluster_;
  std::map<TopicPartition, Partition> partitions_;     // never erased: pointers stay
  std::map<std::string, KeylessPartitioner> keyless_;  // by topic
  // Requests to one broker are written in the order in which their batches were taken, whichever of
  // their tasks runs first.
  struct Lane {
    int32_t in_flight = 0;
    uint64_t turns_given = 0;
    uint64_t turn = 0;  // whose it is
  };
  std::map<int32_t, Lane> lanes_;  // by broker
  Notifier turn_passed_;
  ProducerIdentity identity_;
  wire::Codecs codecs_;
  uint64_t last_batch_id_ = 0;
  int64_t last_send_id_ = 0;
  size_t unanswered_ = 0;
  int64_t memory_used_ = 0;
  int64_t flush_up_to_ = 0;  // no lingering for records up to this send id
  int failures_in_a_row_ = 0;
  Alarm sender_alarm_;      // the sender sleeps until a batch can go or expires,
  bool must_look_ = false;  // and not at all when something changed since it looked
  Notifier answered_;       // memory was freed, or records answered
  Scope scope_;
};

}  // namespace faultline::client
