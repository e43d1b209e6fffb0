// SPDX-License-Identifier: Apache-2.0
// Programs that read, and the one that creates the topics.
#include "broker/client/admin.h"
#include "broker/client/consumer.h"
#include "broker/env/history_events.h"
#include "scenarios/run/client_programs.h"

namespace faultline::scenarios {
namespace {

constexpr Duration kPollWait = milliseconds(500);
constexpr Duration kRetryAfter = milliseconds(200);
constexpr uint64_t kAuditConsumer = 1000;  // number of the audit's consumer in events

class ConsumerProgram final : public sim::Program {
 public:
  ConsumerProgram(Env& env, std::vector<TopicPartition> partitions, client::ConsumerConfig config)
      : env_(env), consumer_(env, std::move(config), 1) {
    consumer_.assign(std::move(partitions));
  }

  Task<void> run() override {
    while (true) {
      Result<std::vector<client::ConsumedRecord>> records = co_await consumer_.poll(kPollWait);
      if (records) continue;  // events say what was read
      if (records.error().code == ErrorCode::kCancelled) co_return;
      const Result<void> slept = co_await env_.sleep(kRetryAfter);
      if (!slept) co_return;
    }
  }

 private:
  Env& env_;
  client::Consumer consumer_;
};

class SetUpProgram final : public sim::Program {
 public:
  SetUpProgram(Env& env, const Scenario& scenario, client::ConnectionConfig config,
               RunSignals& signals)
      : scenario_(scenario), signals_(signals), admin_(env, std::move(config)) {}

  Task<void> run() override {
    std::vector<client::NewTopic> topics;
    for (const Topic& topic : scenario_.topics) {
      topics.push_back({.name = topic.name,
                        .partitions = static_cast<int32_t>(topic.partitions),
                        .replication_factor = static_cast<int16_t>(topic.replication),
                        .configs = topic.config});
    }
    Result<std::vector<client::TopicResult>> results =
        co_await admin_.create_topics(std::move(topics));
    if (!results) {
      signals_.set_up_error = results.error().to_string();
    } else {
      for (const client::TopicResult& result : *results) {
        if (result.error == wire::KafkaError::kNone ||
            result.error == wire::KafkaError::kTopicAlreadyExists)
          continue;
        signals_.set_up_error =
            result.name + ": " + std::string(wire::to_string(result.error)) + " " + result.message;
      }
    }
    signals_.is_set_up = signals_.set_up_error.empty();
    const Result<void> for_ever = co_await idle_.wait();
    (void)for_ever;
  }

 private:
  const Scenario& scenario_;
  RunSignals& signals_;
  Notifier idle_;
  client::Admin admin_;
};

class AuditProgram final : public sim::Program {
 public:
  AuditProgram(Env& env, std::vector<TopicPartition> partitions, client::ConsumerConfig config,
               RunSignals& signals)
      : env_(env),
        signals_(signals),
        partitions_(std::move(partitions)),
        consumer_(env, std::move(config), kAuditConsumer) {}

  Task<void> run() override {
    for (const TopicPartition& partition : partitions_) {
      const Result<void> read = co_await read_through(partition);
      if (!read) co_return;  // cancelled
    }
    signals_.is_audited = true;
    const Result<void> for_ever = co_await idle_.wait();
    (void)for_ever;
  }

 private:
  static constexpr int64_t kEarliest = -2;
  static constexpr int64_t kLatest = -1;

  // Until the leader answers; the run's own end bounds it.
  Task<Result<Offset>> ask_offset(TopicPartition partition, int64_t which) {
    while (true) {
      Result<Offset> offset = co_await consumer_.offset_for(partition, which);
      if (offset || offset.error().code == ErrorCode::kCancelled) co_return offset;
      CO_TRY(co_await env_.sleep(kRetryAfter));
    }
  }

  Task<Result<void>> read_through(TopicPartition partition) {
    Result<Offset> start = co_await ask_offset(partition, kEarliest);
    if (!start) co_return std::unexpected(start.error());
    Result<Offset> end = co_await ask_offset(partition, kLatest);
    if (!end) co_return std::unexpected(end.error());
    consumer_.assign({partition});
    consumer_.seek(partition, *start);
    while (consumer_.position(partition).value_or(0) < *end) {
      Result<std::vector<client::ConsumedRecord>> records = co_await consumer_.poll(kPollWait);
      if (!records && records.error().code == ErrorCode::kCancelled)
        co_return std::unexpected(records.error());
      if (!records) CO_TRY(co_await env_.sleep(kRetryAfter));
    }
    emit(env_.probe, kAuditConsumer,
         history::ReadThrough{.topic = partition.topic,
                              .partition = partition.partition,
                              .start_offset = *start,
                              .end_offset = *end});
    co_return Result<void>{};
  }

  Env& env_;
  RunSignals& signals_;
  const std::vector<TopicPartition> partitions_;
  Notifier idle_;
  client::Consumer consumer_;
};

}  // namespace

std::unique_ptr<sim::Program> make_consumer_program(Env& env,
                                                    std::vector<TopicPartition> partitions,
                                                    client::ConsumerConfig config) {
  return std::make_unique<ConsumerProgram>(env, std::move(partitions), std::move(config));
}

std::unique_ptr<sim::Program> make_set_up_program(Env& env, const Scenario& scenario,
                                                  client::ConnectionConfig config,
                                                  RunSignals& signals) {
  return std::make_unique<SetUpProgram>(env, scenario, std::move(config), signals);
}

std::unique_ptr<sim::Program> make_audit_program(Env& env, std::vector<TopicPartition> partitions,
                                                 client::ConsumerConfig config,
                                                 RunSignals& signals) {
  return std::make_unique<AuditProgram>(env, std::move(partitions), std::move(config), signals);
}

}  // namespace faultline::scenarios
