// SPDX-License-Identifier: Apache-2.0
// Goal: each checker that no storage rule trips in mutants_test.cc is tripped by a bug in a running
// broker, and is content without it. Method: something sits in the network or disk port of a real
// client or broker and does what a broker with the bug would do; the same run in which it only
// looks on must hold.
#include <gtest/gtest.h>

#include "broker/wire/messages_fetch.h"
#include "broker/wire/messages_fetch_response.h"
#include "broker/wire/messages_produce.h"
#include "broker/wire/record_batch.h"
#include "scenarios/run/simulation.h"
#include "scenarios/schema/parse.h"
#include "tests/scenarios/run/meddling_disk.h"
#include "tests/scenarios/run/meddling_network.h"

namespace faultline::scenarios {
namespace {

using testing::Meddler;
using wire::FetchRequest;
using wire::FetchResponse;
using wire::ProduceRequest;
using wire::ProduceResponse;

auto& partitions_of(ProduceResponse::Topic& topic) { return topic.partition_responses; }
auto& partitions_of(FetchResponse::Topic& topic) { return topic.partitions; }

// Changes every `every`-th answer to a produce or fetch request that it can do something with.
template <class Request>
class AnswerMeddler : public Meddler {
 public:
  explicit AnswerMeddler(uint64_t every) : every_(every) {}

  std::optional<Slices> replace(const wire::RequestHeader& header, const Slice& body) override {
    if (header.api_key != static_cast<int16_t>(Request::kKey)) return std::nullopt;
    auto response = Codec<typename Request::Response>::decode(body, header.api_version);
    if (!response) return std::nullopt;
    for (auto& topic : response->responses) {
      for (auto& partition : partitions_of(topic)) {
        if (partition.error_code != wire::KafkaError::kNone) continue;
        if (++seen_ % every_ == 0 && !change(partition)) --seen_;
      }
    }
    return wire::encode_response<Request>(header.api_version, header.correlation_id, *response);
  }

 protected:
  // False: not this one, try the next.
  using Partition = typename Request::Response::Topic::Partition;
  virtual bool change(Partition& partition) = 0;

 private:
  const uint64_t every_;
  uint64_t seen_ = 0;
};

class AcksAnEarlierOffset final : public AnswerMeddler<ProduceRequest> {
 public:
  AcksAnEarlierOffset() : AnswerMeddler(40) {}
  bool change(ProduceResponse::Topic::Partition& partition) override {
    --partition.base_offset;
    return true;
  }
};

class RefusesWhatItAppended final : public AnswerMeddler<ProduceRequest> {
 public:
  RefusesWhatItAppended() : AnswerMeddler(40) {}
  bool change(ProduceResponse::Topic::Partition& partition) override {
    partition.error_code = wire::KafkaError::kPolicyViolation;
    partition.base_offset = -1;
    return true;
  }
};

class ServesAStaleCopy final : public AnswerMeddler<FetchRequest> {
 public:
  ServesAStaleCopy() : AnswerMeddler(20) {}
  bool change(FetchResponse::Topic::Partition& partition) override {
    if (partition.high_watermark < 50) return false;
    partition.high_watermark -= 30;
    partition.records = Slice();
    return true;
  }
};

class SkipsABatch final : public AnswerMeddler<FetchRequest> {
 public:
  SkipsABatch() : AnswerMeddler(1) {}
  bool change(FetchResponse::Topic::Partition& partition) override {
    if (!partition.records || partition.records->empty()) return false;
    const Result<wire::BatchView> first = wire::parse_batch(partition.records->view());
    if (!first || first->size() == partition.records->size()) return false;
    partition.records = partition.records->subslice(first->size());
    return true;
  }
};

// Answers some produce requests itself: the record has to be sent again, behind the next ones.
class TurnsRequestsAway final : public Meddler {
 public:
  std::optional<Slices> answer(const wire::ReceivedRequest& request) override {
    if (request.header.api_key != static_cast<int16_t>(ProduceRequest::kKey)) return std::nullopt;
    if (++seen_ % 50 != 0) return std::nullopt;
    const int version = request.header.api_version;
    const auto produce = Codec<ProduceRequest>::decode(request.body, version);
    ASSERT(produce.has_value());
    ProduceResponse response;
    for (const auto& topic : produce->topic_data) {
      auto& answers = response.responses.emplace_back();
      answers.name = topic.name;
      answers.topic_id = topic.topic_id;
      for (const auto& partition : topic.partition_data) {
        auto& answer = answers.partition_responses.emplace_back();
        answer.index = partition.index;
        answer.error_code = wire::KafkaError::kNotEnoughReplicas;
        answer.base_offset = -1;
      }
    }
    return wire::encode_response<ProduceRequest>(version, request.header.correlation_id, response);
  }

 private:
  uint64_t seen_ = 0;
};

// The real program behind a network port that is read along.
class MeddledClient final : public sim::Program {
 public:
  MeddledClient(Env& env, std::unique_ptr<Meddler> meddler, const sim::Node::ProgramFactory& real)
      : meddler_(std::move(meddler)),
        network_(env.network, env.executor, *meddler_),
        env_{env.executor, env.clock,  env.timers, network_,
             env.disk,     env.random, env.cpu,    env.probe},
        real_(real(env_)) {}
  Task<void> run() override { return real_->run(); }

 private:
  std::unique_ptr<Meddler> meddler_;
  testing::MeddlingNetwork network_;
  Env env_;
  std::unique_ptr<sim::Program> real_;
};

class MeddledBroker final : public sim::Program {
 public:
  MeddledBroker(Env& env, testing::ChangeWrite change, const sim::Node::ProgramFactory& real)
      : disk_(env.disk, env.executor, std::move(change)),
        env_{env.executor, env.clock,  env.timers, env.network,
             disk_,        env.random, env.cpu,    env.probe},
        real_(real(env_)) {}
  Task<void> run() override { return real_->run(); }

 private:
  testing::MeddlingDisk disk_;
  Env env_;
  std::unique_ptr<sim::Program> real_;
};

template <class SomeMeddler>
WrapProgram meddle_with(const char* node) {
  return [node](const std::string& name, Env& env,
                const sim::Node::ProgramFactory& real) -> std::unique_ptr<sim::Program> {
    if (name != node) return real(env);
    return std::make_unique<MeddledClient>(env, std::make_unique<SomeMeddler>(), real);
  };
}

Scenario parse(const std::string& more) {
  const std::string text = R"({ "version": 1, "name": "meddled",
    "cluster": { "brokers": ["b1"], "config": { "log.flush.offset.checkpoint.interval.ms": 500 } },
    "topics": { "orders": { "partitions": 1, "config": { "internal.segment.bytes": "64KiB" } } },
    "clients": [
      { "id": "p1", "type": "producer", "topic": "orders", "rate": "400/s", "linger": 0,
        "value_size": ["100B", "2KiB"], "config": { "batch.size": 1 } },
      { "id": "c1", "type": "consumer", "topic": "orders", "config": { "auto.offset.reset": "earliest" } } ],
    "until": { "time": "6s", "settle": "2s" })" +
                           more + " }";
  ParseOutcome outcome = parse_scenario(text, "meddled.json");
  EXPECT_TRUE(outcome.ok()) << outcome.to_string();
  return std::move(outcome.scenario);
}

void expect_held(const Scenario& scenario, const WrapProgram& wrap) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const RunResult run = run_scenario(scenario, {.seed = seed, .wrap = wrap});
    EXPECT_EQ(run.report.verdict, sim::Verdict::kHeld) << sim::report_text(run.report);
  }
}

void expect_violated(const Scenario& scenario, const WrapProgram& wrap, const char* property) {
  std::string told;
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const RunResult run = run_scenario(scenario, {.seed = seed, .wrap = wrap});
    told = sim::report_text(run.report);
    const sim::PropertyResult* result = run.report.property(property);
    ASSERT_NE(result, nullptr);
    if (run.report.verdict == sim::Verdict::kViolated && result->violations > 0) return;
  }
  FAIL() << property << " did not notice\n" << told;
}

TEST(CheckersInRuns, all_hold_while_the_meddlers_only_look_on) {
  expect_held(parse(""), meddle_with<Meddler>("p1"));
  expect_held(parse(""), meddle_with<Meddler>("c1"));
}

TEST(CheckersInRuns, I7_trips_when_a_reader_is_not_given_a_batch) {
  expect_violated(parse(""), meddle_with<SkipsABatch>("c1"), "I7");
}

TEST(CheckersInRuns, R1_trips_when_a_fetch_is_answered_from_a_stale_copy) {
  expect_violated(parse(""), meddle_with<ServesAStaleCopy>("c1"), "R1");
}

TEST(CheckersInRuns, H1_trips_when_an_ack_names_the_offset_of_another_record) {
  expect_violated(parse(""), meddle_with<AcksAnEarlierOffset>("p1"), "H1");
}

TEST(CheckersInRuns, H6_trips_when_a_refused_record_was_appended) {
  expect_violated(parse(""), meddle_with<RefusesWhatItAppended>("p1"), "H6");
}

TEST(CheckersInRuns, H4_trips_when_a_broker_takes_a_batch_whose_predecessor_is_missing) {
  const WrapProgram turn_away = meddle_with<TurnsRequestsAway>("p1");
  expect_held(parse(""), turn_away);
  expect_violated(parse(R"(, "rules_off": ["refuse_sequence_gaps"])"), turn_away, "H4");
}

// A writer of time indexes that is off by a millisecond: nobody reads wrong data yet.
TEST(CheckersInRuns, S2_trips_when_an_index_differs_from_one_rebuilt) {
  const Scenario scenario =
      parse(R"(, "faults": { "timeline": [ { "at": "4s", "kind": "kill" } ] })");
  const auto meddle = [](bool is_wrong) -> WrapProgram {
    return [is_wrong](const std::string& name, Env& env,
                      const sim::Node::ProgramFactory& real) -> std::unique_ptr<sim::Program> {
      if (name != "b1") return real(env);
      const auto change = [is_wrong](const std::string& path, WriteAt& write) {
        if (!is_wrong || !path.ends_with(".timeindex") || write.bytes.empty()) return;
        Buffer changed;
        const Slice& entries = write.bytes.front();
        uint8_t* to = changed.extend(entries.size());
        std::ranges::copy(entries.view(), to);
        --to[7];  // the last byte of the first timestamp
        write.bytes.front() = std::move(changed).freeze();
      };
      return std::make_unique<MeddledBroker>(env, change, real);
    };
  };
  expect_held(scenario, meddle(false));
  expect_violated(scenario, meddle(true), "S2");
}

}  // namespace
}  // namespace faultline::scenarios
