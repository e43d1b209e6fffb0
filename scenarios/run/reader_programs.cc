// SPDX-License-Identifier: Apache-2.0
// Programs that read, and the one that creates the topics.
#include "broker/client/admin.h"
#include "broker/client/consumer.h"
#include "scenarios/run/client_programs.h"

namespace faultline::scenarios {
namespace {

constexpr Duration kPollWait = milliseconds(500);
constexpr Duration kRetryAfter = milliseconds(200);

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

}  // namespace faultline::scenarios
